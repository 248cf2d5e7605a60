import { gguf } from '@huggingface/gguf';
import fc from 'fast-check';
import { getLlama, type LlamaModel } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pullModel } from '../models/index.js';
import { corpus, everyCharacter, expectSameIds, randomPieces } from './compare-tokenizers.test-support.js';
import { createTokenizer, type Tokenizer, tokenizerFingerprint } from './index.js';

let tokenizer: Tokenizer;
let reference: LlamaModel;

beforeAll(async () => {
  const path = await pullModel('smollm2-135m');
  const { metadata } = await gguf(path, { allowLocalFile: true });
  tokenizer = createTokenizer(metadata as unknown as Record<string, unknown>);
  const llama = await getLlama({ gpu: false, maxThreads: 1 });
  reference = await llama.loadModel({ modelPath: path, vocabOnly: true });
});
afterAll(() => reference?.dispose());

describe("ids are llama.cpp's", () => {
  it.each(Object.entries(corpus))('for %s', (_kind, texts) => {
    for (const text of texts) expectSameIds(tokenizer, reference, text);
    expectSameIds(tokenizer, reference, texts.join(''));
    expectSameIds(tokenizer, reference, texts.join(' \n'));
  });

  it('for every character, beside a letter, a space and a digit', () => {
    for (const text of everyCharacter()) {
      const ids = reference.tokenize(text, false);
      if (tokenizer.encode(text, { special: false }).join() !== ids.join()) {
        expectSameIds(tokenizer, reference, text);
      }
    }
  });

  it('for random text', () => {
    fc.assert(
      fc.property(randomPieces, (pieces) => expectSameIds(tokenizer, reference, pieces.join(''))),
      { numRuns: 1_500 },
    );
  });
});

describe('the vocabulary', () => {
  it("has llama.cpp's size, end tokens and texts", () => {
    expect(tokenizer.vocabularySize).toBe(reference.fileInfo.metadata.tokenizer.ggml.tokens.length);
    expect(tokenizer.endOfTurnToken).toBe(reference.tokens.eos);
    for (const token of tokenizer.endTokens) expect(reference.isEogToken(token as never)).toBe(true);
    for (let token = 0; token < tokenizer.vocabularySize; token++) {
      const text = reference.detokenize([token as never], true);
      if (tokenizer.decode([token]) !== text)
        expect({ token, text: tokenizer.decode([token]) }).toEqual({ token, text });
      expect(tokenizer.isSpecial(token)).toBe(reference.isSpecialToken(token as never));
    }
  });

  it('says which bytes each token stands for', () => {
    for (const text of Object.values(corpus).flat()) {
      const ids = tokenizer.encode(text, { special: false });
      const bytes = Buffer.concat(ids.map((id) => tokenizer.tokenBytes(id)));
      // The vocabulary has no token for some bytes; where it has all, nothing may be lost.
      if (tokenizer.decode(ids) === text) expect(bytes.equals(Buffer.from(text))).toBe(true);
    }
    expect(tokenizer.decode(tokenizer.encode(corpus.emoji!.join('')))).toBe(corpus.emoji!.join(''));
  });

  it('has the fingerprint that adapters trained on it carry', () => {
    expect(tokenizerFingerprint(tokenizer)).toMatchInlineSnapshot(
      `"0d2172c323f7d38eb8073347471ab44a3d4656a67d73d117c38cb9da67a96788"`,
    );
  });
});
