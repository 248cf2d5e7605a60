import { createHash } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { fileSha256 } from '@tooltune/sdk/files';
import type { BaseWeights } from './base-weights.js';
import { openGguf } from './gguf-reader.js';
import { openHuggingFaceFolder, weightFiles } from './hugging-face/index.js';

/** Opens a base model: a GGUF file, or a Hugging Face folder. Throws what `openGguf` and `openHuggingFaceFolder` throw. */
export async function openBase(path: string): Promise<BaseWeights> {
  return (await isFolder(path)) ? openHuggingFaceFolder(path) : openGguf(path);
}

/**
 * SHA-256 (hex) of a base model: of the GGUF file, or, of a folder, of its weight files' own ones, each as a line of 64
 * hexadecimal digits, in the order of the files' names.
 * Throws a FileError, `hugging-face/no-weights` or `hugging-face/bad-index`.
 */
export async function baseSha256(path: string): Promise<string> {
  if (!(await isFolder(path))) return fileSha256(path);
  const hash = createHash('sha256');
  for (const file of await weightFiles(path)) hash.update(`${await fileSha256(file)}\n`);
  return hash.digest('hex');
}

async function isFolder(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
