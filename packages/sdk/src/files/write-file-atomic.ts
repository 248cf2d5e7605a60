import { randomUUID } from 'node:crypto';
import { open, rename, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { TooltuneError } from '../errors/index.js';
import { fileErrorFrom } from './file-error.js';

/**
 * Writes a file so that others see the old content or the new, never a part: to a temporary file beside it, flushed to
 * the disk, then renamed. Whatever goes wrong, the temporary file is removed. The folder must exist.
 * @throws FileError
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  await replaceFile(path, (temporary) =>
    writeFile(temporary, data).catch((error: unknown) => {
      throw fileErrorFrom(error, path, 'write');
    }),
  );
}

/**
 * The same for what is too large to be held at once: `write` writes the temporary file, whose path it is given.
 * @throws FileError, or what `write` throws on purpose, an aborted signal's reason among it
 */
export async function replaceFile(path: string, write: (temporary: string) => Promise<void>): Promise<void> {
  const temporary = join(dirname(path), `${temporaryPrefix(path)}${randomUUID()}${temporarySuffix}`);
  try {
    await write(temporary);
    const file = await open(temporary, 'r+');
    await file.sync().finally(() => file.close());
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw isSystemError(error) && !TooltuneError.isInstance(error) ? fileErrorFrom(error, path, 'write') : error;
  }
}

/** Whether a name is that of a temporary file of `path`: a process that is killed while it writes leaves one. */
export function isTemporaryFileOf(path: string, name: string): boolean {
  return name.startsWith(temporaryPrefix(path)) && name.endsWith(temporarySuffix);
}

const temporarySuffix = '.tmp';

function temporaryPrefix(path: string): string {
  return `.${basename(path)}.`;
}

function isSystemError(error: unknown): boolean {
  return error instanceof Error && 'syscall' in error;
}
