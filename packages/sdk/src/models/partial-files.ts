import { readdir, rm, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { ModelError } from './model-error.js';

let count = 0;

/** A path beside the model's file for what is not complete yet, that no other pull uses: `FILE.partial-PID-1`. */
export function partialPath(path: string): string {
  count += 1;
  return `${path}.partial-${process.pid}-${count}`;
}

/** Removes what pulls of processes that are no more have left in a folder. */
export async function removeAbandoned(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const owner = /\.partial-(\d+)-\d+$/.exec(name)?.[1];
    if (owner !== undefined && !isRunning(Number(owner))) {
      await rm(join(folder, name), { recursive: true, force: true });
    }
  }
}

function isRunning(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

/** @throws ModelError `models/no-space` if the folder's device has not this many bytes left */
export async function checkFreeSpace(folder: string, bytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const free = bavail * bsize;
  if (free >= bytes) return;
  throw new ModelError(
    'models/no-space',
    `${folder}: ${megabytes(bytes)} are needed and ${megabytes(free)} are free; free some space, or choose another ` +
      'folder with TOOLTUNE_CACHE',
  );
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}
