import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';

/** A random base model of 80,000 weights in a folder of its own; it knows nothing, so what comes is the constraint's. */
export async function createRandomBase(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tooltune-tiny-'));
  const path = join(folder, 'model.gguf');
  await writeTinyModel(path, { contextLength: 4096 });
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
