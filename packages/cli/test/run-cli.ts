import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const repository = fileURLToPath(new URL('../../..', import.meta.url));

export interface CliResult {
  exitCode: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string;
  cwd?: string;
  env?: NodeJS.ProcessEnv;
  /** Sends SIGINT, as Ctrl-C does, when this text has come on stdout. */
  interruptAt?: string;
  /** The same for stderr. */
  interruptAtNotice?: string;
}

export interface BundledCli {
  /** The bundle, for those who start it themselves. */
  program: string;
  /** Runs `tooltune ...argv` as a process of its own, without a terminal. */
  run(argv: readonly string[], options?: RunOptions): Promise<CliResult>;
  remove(): Promise<void>;
}

/** Bundles the command from the sources, so that its tests need no build and see every change. */
export async function bundleCli(): Promise<BundledCli> {
  const cache = join(repository, 'packages/cli/.cache');
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, 'cli-'));
  const source = (name: string) => join(repository, 'packages', name, 'src');
  await build({
    stdin: {
      contents:
        "import { runTooltune } from './index.ts'; process.exitCode = await runTooltune(process.argv.slice(2));",
      resolveDir: source('cli'),
      loader: 'ts',
    },
    outdir: join(folder, 'dist'),
    entryNames: 'tooltune',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    // Keeps the trainer and the runtime out of what every command loads.
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    alias: {
      '@tooltune/sdk/advise': join(source('sdk'), 'advise/index.ts'),
      '@tooltune/sdk/checks': join(source('sdk'), 'checks/index.ts'),
      '@tooltune/sdk/codegen': join(source('sdk'), 'codegen/index.ts'),
      '@tooltune/sdk/drift': join(source('sdk'), 'drift/index.ts'),
      '@tooltune/sdk/files': join(source('sdk'), 'files/index.ts'),
      '@tooltune/sdk/formats': join(source('sdk'), 'formats/index.ts'),
      '@tooltune/sdk/generate': join(source('sdk'), 'generate/index.ts'),
      '@tooltune/sdk/harvest': join(source('sdk'), 'harvest/index.ts'),
      '@tooltune/sdk/mcp': join(source('sdk'), 'mcp/index.ts'),
      '@tooltune/sdk/models': join(source('sdk'), 'models/index.ts'),
      '@tooltune/sdk/openapi': join(source('sdk'), 'openapi/index.ts'),
      '@tooltune/sdk': join(source('sdk'), 'index.ts'),
      '@tooltune/trainer': join(source('trainer'), 'index.ts'),
      '@tooltune/runtime/constraint': join(source('runtime'), 'constraint/index.ts'),
      '@tooltune/runtime/mcp': join(source('runtime'), 'integrations/mcp/index.ts'),
      '@tooltune/runtime/remote': join(source('runtime'), 'remote/index.ts'),
      '@tooltune/runtime/observe': join(source('runtime'), 'observe/index.ts'),
      '@tooltune/server': join(source('server'), 'index.ts'),
      '@tooltune/runtime': join(source('runtime'), 'index.ts'),
    },
  });
  // Where the trainer's modules look for it: beside the folder that they are in.
  await symlink(join(repository, 'packages/trainer/data'), join(folder, 'data'), 'junction');
  const program = join(folder, 'dist', 'tooltune.mjs');
  return {
    program,
    run: (argv, options = {}) => runProcess([program, ...argv], options),
    remove: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Runs `node ...argv` to its end. */
export function runProcess(argv: readonly string[], options: RunOptions = {}): Promise<CliResult> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [...argv], {
      cwd: options.cwd ?? repository,
      env: { ...process.env, ...options.env },
    });
    let stdout = '';
    let stderr = '';
    let interrupted = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text;
      if (options.interruptAt !== undefined && !interrupted && stdout.includes(options.interruptAt)) {
        interrupted = child.kill('SIGINT');
      }
    });
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      stderr += text;
      if (options.interruptAtNotice !== undefined && !interrupted && stderr.includes(options.interruptAtNotice)) {
        interrupted = child.kill('SIGINT');
      }
    });
    child.on('error', reject);
    child.on('close', (exitCode) => resolve({ exitCode, stdout, stderr }));
    child.stdin.end(options.input ?? '');
  });
}
