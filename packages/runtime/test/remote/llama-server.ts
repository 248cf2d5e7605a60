import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const built = fileURLToPath(new URL('../../../../.cache/llama-server/llama-server', import.meta.url));

/** The program, where TOOLTUNE_LLAMA_SERVER or `scripts/build-llama-server.mjs` put it; undefined where there is none. */
export function findLlamaServer(): string | undefined {
  const named = process.env.TOOLTUNE_LLAMA_SERVER;
  if (named !== undefined && named !== '') return named;
  return existsSync(built) ? built : undefined;
}

/** Starts it on a free port, with one thread if nothing else is said, and waits until it is ready. */
export async function startLlamaServer(
  program: string,
  flags: Readonly<Record<string, string | number>>,
): Promise<{ url: string; stop(): Promise<void> }> {
  const port = await freePort();
  const all = { '-t': 1, ...flags, '--port': port, '--host': '127.0.0.1' };
  const args = Object.entries(all).flatMap(([flag, value]) => [flag, String(value)]);
  const server = spawn(program, args, { stdio: 'ignore' });
  const url = `http://127.0.0.1:${port}`;
  const stop = async () => {
    const ended = new Promise((resolve) => server.once('exit', resolve));
    if (server.kill()) await ended;
  };
  try {
    await untilReady(url, server);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url, stop };
}

async function untilReady(url: string, server: ChildProcess): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    if (server.exitCode !== null) throw new Error(`llama-server ended with ${server.exitCode}`);
    const response = await fetch(`${url}/health`).catch(() => undefined);
    if (response?.ok) return;
    await sleep(100);
  }
  throw new Error('llama-server was not ready within a minute');
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}
