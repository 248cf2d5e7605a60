import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer } from './index.js';
import { tinySentencePieces } from './tiny-metadata.test-support.js';

const metadata = tinySentencePieces();
const tokens = metadata['tokenizer.ggml.tokens'] as string[];
const tokenizer = createTokenizer(metadata);
const text = (ids: readonly number[]) => ids.map((id) => tokens[id]);

describe('encode', () => {
  it('merges the neighbours with the highest score first, over the whole text', () => {
    // `he` comes before `el`, `lo` before `ll`; `hello` cannot be reached from them.
    expect(text(tokenizer.encode('hello'))).toEqual(['he', 'l', 'lo']);
    expect(text(tokenizer.encode('hell'))).toEqual(['he', 'll']);
    expect(text(tokenizer.encode('ell'))).toEqual(['el', 'l']);
    expect(text(tokenizer.encode('lll'))).toEqual(['ll', 'l']);
    expect(tokenizer.encode('')).toEqual([]);
  });

  it('takes a space for part of a word, and adds none', () => {
    expect(text(tokenizer.encode('he he'))).toEqual(['he', '▁he']);
  });

  it.each([true, undefined])(
    'adds one before every text and behind every token cut out, if the file says %s',
    (prefix) => {
      const spaced = createTokenizer(tinySentencePieces({ 'tokenizer.ggml.add_space_prefix': prefix }));
      expect(text(spaced.encode('he he'))).toEqual(['▁he', '▁he']);
      expect(text(spaced.encode('he   he<eos>hello'))).toEqual(['▁he', '   ', '▁he', '<eos>', '▁he', 'l', 'lo']);
      expect(text(spaced.encode('he<eos>he', { continues: true }))).toEqual(['he', '<eos>', '▁he']);
      expect(spaced.encode('')).toEqual([]);
      expect(spaced.decode(spaced.encode('hello'))).toBe(' hello');
    },
  );

  it('cuts out user-defined tokens first, the longest first', () => {
    expect(text(tokenizer.encode('he   he'))).toEqual(['he', '   ', 'he']);
    expect(text(tokenizer.encode('he  he'))).toEqual(['he', '  ', 'he']);
  });

  it('writes characters that are no token as their bytes', () => {
    expect(text(tokenizer.encode('hé€'))).toEqual(['h', '<0xC3>', '<0xA9>', '<0xE2>', '<0x82>', '<0xAC>']);
  });

  it('takes the text of a special token for that token only where that is wanted', () => {
    expect(tokenizer.encode('<end_of_turn>he')).toEqual([tokens.indexOf('<end_of_turn>'), tokens.indexOf('he')]);
    const ids = tokenizer.encode('<end_of_turn>', { special: false });
    expect(ids.some((id) => tokenizer.isSpecial(id))).toBe(false);
  });

  it('is undone by decode and by tokenBytes', () => {
    const piece = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('hello', ' he', '  ', 'l', '<end_of_turn>'));
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        // The written space is read as a space, as in the model's own tokenizer.
        const written = pieces.join('').replaceAll('▁', ' ');
        const ids = tokenizer.encode(written, { special: false });
        expect(tokenizer.decode(ids)).toBe(written);
        const bytes = ids.flatMap((id) => [...tokenizer.tokenBytes(id)]);
        expect(Uint8Array.from(bytes)).toEqual(new TextEncoder().encode(written));
      }),
    );
  });
});

describe('what cannot be built', () => {
  const list = (change: (list: unknown[]) => void, key: string) => {
    const changed = [...(metadata[key] as unknown[])];
    change(changed);
    return { [key]: changed };
  };
  it.each([
    [{ 'tokenizer.ggml.scores': undefined }, 'tokenizer/metadata', /scores/],
    [list((scores) => scores.pop(), 'tokenizer.ggml.scores'), 'tokenizer/metadata', /scores/],
    [list((types) => (types[10] = 1), 'tokenizer.ggml.token_type'), 'tokenizer/metadata', /the byte 6/],
    [list((texts) => (texts[10] = 'byte'), 'tokenizer.ggml.tokens'), 'tokenizer/metadata', /Token 10 is "byte"/],
    [list((texts) => (texts[texts.length - 1] = 'h'), 'tokenizer.ggml.tokens'), 'tokenizer/metadata', /both "h"/],
  ])('is refused by name: case %#', (changes, code, message) => {
    expect(() => createTokenizer(tinySentencePieces(changes))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});
