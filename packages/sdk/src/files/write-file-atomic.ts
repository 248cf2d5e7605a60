import { randomUUID } from 'node:crypto';
import { open, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileErrorFrom } from './file-error.js';

/**
 * Writes a file so that others see the old content or the new, never a part: to a temporary file beside it, flushed to
 * the disk, then renamed. Whatever goes wrong, the temporary file is removed. The folder must exist.
 * @throws FileError
 */
export async function writeFileAtomic(path: string, data: string | Uint8Array): Promise<void> {
  const temporary = join(dirname(path), `.${basename(path)}.${randomUUID()}.tmp`);
  try {
    const file = await open(temporary, 'wx');
    try {
      await file.writeFile(data);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw fileErrorFrom(error, path, 'write');
  }
}
