import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTokenizer } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { openGguf } from '../src/model/gguf-reader.js';
import { readModelConfig } from '../src/model/read-model-config.js';
import { withLlamaCpp } from './llama-cpp.js';
import { useTemporaryFolder } from './temporary-folder.js';
import { writeTinyModel } from './tiny-model.js';

describe('writeTinyModel', () => {
  const folder = useTemporaryFolder();

  it('writes a model whose sizes are read back', async () => {
    const path = join(folder(), 'model.gguf');
    const config = await writeTinyModel(path, { layers: 3, tiedHead: false });
    expect(readModelConfig(await openGguf(path))).toEqual(config);
  });

  it('writes the same bytes for the same seed, others for another', async () => {
    const bytes = [];
    for (const seed of [1, 1, 2]) {
      const path = join(folder(), 'again.gguf');
      await writeTinyModel(path, { seed });
      bytes.push(await readFile(path));
    }
    expect(bytes[0]!.equals(bytes[1]!)).toBe(true);
    expect(bytes[0]!.equals(bytes[2]!)).toBe(false);
  });

  it('writes a tokenizer that llama.cpp and the sdk read alike', async () => {
    const path = join(folder(), 'model.gguf');
    await writeTinyModel(path);
    const tokenizer = createTokenizer((await openGguf(path)).metadata);
    const text = '<|im_start|>user\nHello the naïve 🦙 name 1234  {"name":"x"}<|im_end|>\n';
    const tokens = await withLlamaCpp({ model: path, contextSize: 64, threads: 1 }, async (model) =>
      model.tokenize(text),
    );
    expect(tokenizer.encode(text)).toEqual(tokens);
    expect(tokenizer.decode(tokens)).toBe(text);
    expect(tokenizer.decode([tokenizer.endOfTurnToken])).toBe('<|im_end|>');
    // `name` is one token, `user` another: the merges are used.
    expect(tokens.length).toBeLessThan(text.length - 10);
  });
});
