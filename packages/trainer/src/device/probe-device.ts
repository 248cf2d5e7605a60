import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { Graph, writeOnnxModel } from '../graph/index.js';
import type { DeviceName } from './device.js';

/** Whether a device computes, and if not why. */
export type DeviceProbe = { works: true } | { works: false; reason: string };

const { resolve } = createRequire(import.meta.url);

/** Drivers take some seconds to start at most; one that hangs is not waited for. */
const timeoutMilliseconds = 60_000;

const probes = new Map<DeviceName, Promise<DeviceProbe>>();

/** Tries a device, once in the life of this process. Never throws. */
export function probeDevice(device: DeviceName): Promise<DeviceProbe> {
  let probe = probes.get(device);
  if (probe === undefined) {
    probe = tryDevice(device);
    probes.set(device, probe);
  }
  return probe;
}

async function tryDevice(device: DeviceName): Promise<DeviceProbe> {
  if (device === 'cpu') return { works: true };
  const missing = device === 'cuda' ? missingCudaFiles() : null;
  return missing === null ? multiplyOn(device) : { works: false, reason: missing };
}

/** onnxruntime-node's package leaves CUDA's files to its install script, which many installations do not run. */
function missingCudaFiles(): string | null {
  const platform = `${process.platform}/${process.arch}`;
  if (platform !== 'linux/x64') return `onnxruntime-node has CUDA for linux/x64 only, and this is ${platform}`;
  const folder = dirname(dirname(resolve('onnxruntime-node')));
  if (existsSync(join(folder, 'bin/napi-v6', platform, 'libonnxruntime_providers_cuda.so'))) return null;
  const script = join(folder, 'script/install.js');
  return `onnxruntime's files for CUDA are not installed: run \`node ${script} --onnxruntime-node-install=cuda12\``;
}

/**
 * Multiplies two matrices on the device in a child process. The processor may not step in, and on Linux a file of a graphics
 * card must be open in the end: Vulkan drivers that draw on the processor (SwiftShader, llvmpipe) pass for a graphics card
 * with WebGPU, and are far slower than the processor as such. Sent over IPC: drivers write to stdout and stderr.
 */
const probeSource = `
const [onnxRuntimePath, device, model] = process.argv.slice(1);
const { InferenceSession, Tensor, listSupportedBackends } = require(onnxRuntimePath);
const { readdirSync, readlinkSync } = require('node:fs');
const isCard = (descriptor) => {
  try {
    return /^\\/dev\\/(dri\\/|nvidia|dxg)/.test(readlinkSync('/proc/self/fd/' + descriptor));
  } catch {
    return false;
  }
};
async function probe() {
  if (!listSupportedBackends().some(({ name }) => name === device)) {
    return 'onnxruntime-node does not have it for ' + process.platform + '/' + process.arch;
  }
  const session = await InferenceSession.create(Buffer.from(model, 'base64'), {
    executionProviders: [device],
    graphOptimizationLevel: 'disabled',
    extra: { session: { disable_cpu_ep_fallback: '1' } },
    logSeverityLevel: 3,
  });
  const { y } = await session.run({ x: new Tensor('float32', [1, 2, 3, 4], [2, 2]) });
  const result = [...(await y.getData())].join();
  if (result !== '7,10,15,22') return 'it computes wrong: a product of matrices gave ' + result;
  const software = process.platform === 'linux' && !readdirSync('/proc/self/fd').some(isCard);
  return software && process.env.TOOLTUNE_SOFTWARE_GPU !== '1'
    ? 'what it found is no graphics card but a driver that computes on the processor'
    : null;
}
probe().then(
  (reason) => process.send({ reason }),
  (error) => process.send({ reason: String(error.message) }),
);
`;

async function multiplyOn(device: DeviceName): Promise<DeviceProbe> {
  const graph = new Graph();
  const x = graph.input('x', 'float32', [2, 2]);
  graph.output(graph.node('MatMul', [x, x]), 'y', [2, 2]);
  const model = Buffer.from(writeOnnxModel(graph).model).toString('base64');
  const child = spawn(process.execPath, ['-e', probeSource, resolve('onnxruntime-node'), device, model], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    timeout: timeoutMilliseconds,
    killSignal: 'SIGKILL',
  });
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (said += text));
  let answer: { reason: string | null } | undefined;
  child.on('message', (message: { reason: string | null }) => {
    answer = message;
    // It has nothing left to say, and a driver may be slow to shut down.
    if (message.reason === null) child.kill('SIGKILL');
  });
  const ended = await new Promise<string>((settle) => {
    child.on('error', ({ message }) => settle(message));
    child.on('close', (code, signal) => settle(signal === null ? `exit code ${code}` : `signal ${signal}`));
  });
  if (answer?.reason === null) return { works: true };
  return { works: false, reason: describe(answer?.reason ?? `the process that tried it ended with ${ended}`, said) };
}

/** onnxruntime's message without the place in its sources, and what the driver said. */
function describe(message: string, said: string): string {
  const reason = oneLine(/CUDA failure \d+: [^;]*/.exec(message)?.[0] ?? message.replace(/^.* was false\. /s, ''));
  const log = oneLine(said);
  return log === '' ? reason : `${reason} (${log.length > 400 ? `…${log.slice(-400)}` : log})`;
}

/** onnxruntime colours its log. */
function oneLine(text: string): string {
  return stripVTControlCharacters(text).replace(/\s+/g, ' ').trim();
}
