import { mkdir, readFile, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileSha256, writeFileAtomic } from '../files/index.js';
import type { BaseModel } from './base-model.js';

/** Says that a file was hashed and right, so that it need not be hashed at each start. */
interface Marker {
  path: string;
  sha256: string;
  bytes: number;
  modifiedMs: number;
}

/** Whether a file is the model's: `missing` if there is none, else by its size and checksum. */
export type FileState = 'right' | 'wrong' | 'missing';

/**
 * Checks a file against the model's size and SHA-256. A marker at `markerPath` spares hashing a file that has not
 * changed since (size and time of modification); it is written after hashing, where that is possible.
 */
export async function checkFile(path: string, model: BaseModel, markerPath: string): Promise<FileState> {
  const found = await stat(path).catch(() => undefined);
  if (!found?.isFile()) return 'missing';
  if (found.size !== model.bytes) return 'wrong';
  const marker: Marker = { path, sha256: model.sha256, bytes: found.size, modifiedMs: found.mtimeMs };
  const known = await readFile(markerPath, 'utf8').catch(() => undefined);
  if (known === JSON.stringify(marker)) return 'right';
  if ((await fileSha256(path)) !== model.sha256) return 'wrong';
  await writeMarker(path, model, markerPath);
  return 'right';
}

/** Notes that this file has just been hashed. A marker that cannot be written costs time later, nothing else. */
export async function writeMarker(path: string, model: BaseModel, markerPath: string): Promise<void> {
  const { size, mtimeMs } = await stat(path);
  const marker: Marker = { path, sha256: model.sha256, bytes: size, modifiedMs: mtimeMs };
  await mkdir(dirname(markerPath), { recursive: true })
    .then(() => writeFileAtomic(markerPath, JSON.stringify(marker)))
    .catch(() => undefined);
}
