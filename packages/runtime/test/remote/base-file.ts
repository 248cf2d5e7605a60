import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { writeTinyModel } from '../../../trainer/test/tiny-model.js';

/** A base model of random weights, of which remote runtimes read the tokenizer and the chat template. */
export async function createBaseFile(): Promise<{ path: string; remove(): Promise<void> }> {
  const folder = await mkdtemp(join(tmpdir(), 'tooltune-remote-'));
  const path = join(folder, 'base.gguf');
  await writeTinyModel(path, {});
  return { path, remove: () => rm(folder, { recursive: true, force: true }) };
}
