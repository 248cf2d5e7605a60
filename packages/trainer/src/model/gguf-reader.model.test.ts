import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { createTokenizer } from '@tooltune/sdk';
import { resolveCacheFolder } from '@tooltune/sdk/models';
import { beforeAll, describe, expect, it } from 'vitest';
import { arrayBytes } from '../array-bytes.js';
import { expandBlockTensor } from './formats/index.js';
import { type GgufFile, openGguf } from './gguf-reader.js';
import { readModelConfig } from './read-model-config.js';

// Skipped where it has not been pulled: `tooltune models pull gemma3-270m`.
const path = join(resolveCacheFolder(), 'models/gemma3-270m/gemma-3-270m-q4_k_m.gguf');

describe.skipIf(!existsSync(path))('the file of Gemma 3 270M, Q4_K_M', () => {
  let file: GgufFile;
  beforeAll(async () => {
    file = await openGguf(path);
  });

  it('holds tensors of five formats, all of which are read', () => {
    const counts: Record<string, number> = {};
    for (const { format } of file.tensors.values()) counts[format] = (counts[format] ?? 0) + 1;
    expect(counts).toEqual({ F32: 109, Q4_K: 27, Q5_0: 81, Q6_K: 9, Q8_0: 10 });
    expect(readModelConfig(file)).toMatchObject({ architecture: 'gemma3', layers: 18, vocabularySize: 262_144 });
  });

  it('gives the values that the gguf package of Python gives, bit for bit', async () => {
    const hash = createHash('sha256');
    for (const name of [...file.tensors.keys()].sort()) hash.update(arrayBytes((await file.readTensor(name)).data));
    // gguf 0.19: sha256 over `quants.dequantize` of each tensor, in the order of their names.
    expect(hash.digest('hex')).toBe('1338c04fc517a9e767cfe72bec8cd46542f5ada7f08e02eb0e6a570a12cfa922');
  });

  it('gives the same values as blocks', async () => {
    for (const name of file.tensors.keys()) {
      const blocks = await file.readBlocks(name);
      if (blocks === null) continue;
      const { data } = await file.readTensor(name);
      // Not with toEqual, which takes minutes for the embedding table.
      expect(Buffer.compare(arrayBytes(expandBlockTensor(blocks)), arrayBytes(data)), name).toBe(0);
    }
  });

  it('has a tokenizer, whose tokens keep the byte order mark that they begin with', () => {
    const tokens = file.metadata['tokenizer.ggml.tokens'] as string[];
    const marked = tokens.filter((token) => token.startsWith('\ufeff'));
    expect(marked).toHaveLength(6);
    const tokenizer = createTokenizer(file.metadata);
    for (const token of marked) {
      expect(tokenizer.tokenBytes(tokens.indexOf(token))).toEqual(new TextEncoder().encode(token));
    }
  });
});
