import { existsSync } from 'node:fs';
import fc from 'fast-check';
import { getLlama, type LlamaModel } from 'node-llama-cpp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { modelPath } from '../models/index.js';
import { corpus, everyCharacter, expectSameIds, randomPieces } from './compare-tokenizers.test-support.js';
import { createTokenizer, type Tokenizer } from './index.js';

// 253 MB, so not pulled for this alone: `tooltune models pull gemma3-270m`.
const path = modelPath('gemma3-270m');

let tokenizer: Tokenizer;
let reference: LlamaModel;

const gemmaTexts = [
  '<start_of_turn>user\nhi<end_of_turn>\n<start_of_turn>model\n',
  '<bos><eos><unk><pad><mask>[multimodal]<unused0>a<unused6098>',
  '<table><tr><td>1</td></tr></table></s><strong>a</strong>',
  '▁a▁▁b ▁ c',
  '<0x41><0xE2><0xff>',
  ' a',
  'a ',
  `${'\n'.repeat(70)}${'\t'.repeat(40)}${' '.repeat(70)}`,
];

describe.skipIf(!existsSync(path))('the tokenizer of Gemma 3', () => {
  beforeAll(async () => {
    const llama = await getLlama({ gpu: false, maxThreads: 1 });
    reference = await llama.loadModel({ modelPath: path, vocabOnly: true });
    // Not read with @huggingface/gguf, which drops the byte order mark that six tokens begin with.
    const entries = Object.entries(reference.fileInfo.metadata.tokenizer.ggml);
    tokenizer = createTokenizer(Object.fromEntries(entries.map(([key, value]) => [`tokenizer.ggml.${key}`, value])));
  });
  afterAll(() => reference?.dispose());

  it.each([...Object.entries(corpus), ['Gemma', gemmaTexts] as const])("has llama.cpp's ids for %s", (_kind, texts) => {
    for (const text of texts) expectSameIds(tokenizer, reference, text);
    expectSameIds(tokenizer, reference, texts.join(''));
    expectSameIds(tokenizer, reference, texts.join(' \n'));
  });

  it("has llama.cpp's ids for every character, beside a letter, a space and a digit", () => {
    for (const text of everyCharacter()) {
      const ids = reference.tokenize(text, false);
      if (tokenizer.encode(text, { special: false }).join() !== ids.join()) {
        expectSameIds(tokenizer, reference, text);
      }
    }
  });

  it("has llama.cpp's ids for random text", () => {
    fc.assert(
      fc.property(randomPieces, fc.constantFrom(...gemmaTexts), (pieces, text) =>
        expectSameIds(tokenizer, reference, pieces.join('') + text),
      ),
      { numRuns: 1_500 },
    );
  });

  it("has llama.cpp's size, end tokens and texts", () => {
    expect(tokenizer.vocabularySize).toBe(reference.fileInfo.metadata.tokenizer.ggml.tokens.length);
    for (const token of tokenizer.endTokens) expect(reference.isEogToken(token as never)).toBe(true);
    for (let token = 0; token < tokenizer.vocabularySize; token++) {
      const text = reference.detokenize([token as never], true);
      if (tokenizer.decode([token]) !== text) {
        expect({ token, text: tokenizer.decode([token]) }).toEqual({ token, text });
      }
      if (tokenizer.isSpecial(token) !== reference.isSpecialToken(token as never)) {
        expect({ token, text, special: tokenizer.isSpecial(token) }).toEqual({ token, text, special: 'the other' });
      }
    }
  });

  it('says which bytes each token stands for', () => {
    for (const text of [...Object.values(corpus).flat(), ...gemmaTexts]) {
      const ids = tokenizer.encode(text, { special: false });
      const bytes = Buffer.concat(ids.map((id) => tokenizer.tokenBytes(id)));
      const read = text.replace(/\p{Surrogate}/gu, '\ufffd').replaceAll('▁', ' ');
      expect(bytes.toString('utf8')).toBe(read);
    }
  });
});
