import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Python of the virtual environment in a folder, made where there is none, with what is required installed into it. */
export async function preparePython(folder: string, requirements: readonly string[]): Promise<string> {
  const python = join(folder, 'bin/python');
  if (!existsSync(python)) await run('python3', ['-m', 'venv', folder]);
  await run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...requirements]);
  return python;
}
