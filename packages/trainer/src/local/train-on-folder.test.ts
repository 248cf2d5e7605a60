import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileSha256 } from '@tooltune/sdk/files';
import { beforeAll, expect, it } from 'vitest';
import { writeHuggingFaceFolder } from '../../test/hugging-face-folder.js';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { trainTiny } from '../../test/tiny-training.js';
import { openGguf } from '../model/gguf-reader.js';

const folder = useTemporaryFolder();

beforeAll(async () => {
  const path = join(folder(), 'model.gguf');
  const config = await writeTinyModel(path);
  await writeHuggingFaceFolder(join(folder(), 'model'), await openGguf(path), config, { shards: 2 });
});

it('trains the same adapter on a Hugging Face folder as on the GGUF file made from it', async () => {
  const model = join(folder(), 'model');
  const { manifest: onFile } = await trainTiny(folder(), 'on-file');
  const { manifest: onFolder } = await trainTiny(folder(), 'on-folder', { base: { id: 'tiny', path: model } });

  const weights = (output: string) => readFile(join(folder(), output, 'adapter.gguf'));
  expect((await weights('on-folder')).equals(await weights('on-file'))).toBe(true);
  // What is served with it must have the same tokenizer and template, whichever file it was read from.
  expect(onFolder.prompt).toEqual(onFile.prompt);
  expect(onFolder.training.trainLoss).toBe(onFile.training.trainLoss);

  const parts = ['model-00001-of-00002.safetensors', 'model-00002-of-00002.safetensors'];
  const hash = createHash('sha256');
  for (const part of parts) hash.update(`${await fileSha256(join(model, part))}\n`);
  expect(onFolder.base).toEqual({ ...onFile.base, sha256: hash.digest('hex') });
});
