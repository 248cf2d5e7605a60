import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer, tokenizerFingerprint } from './index.js';
import { tinyMetadata } from './tiny-metadata.test-support.js';

const tokenizer = createTokenizer(tinyMetadata());
const metadata = tinyMetadata();
const tokens = metadata['tokenizer.ggml.tokens'] as string[];
const text = (ids: readonly number[]) => ids.map((id) => tokens[id]);

describe('encode', () => {
  it('merges byte pairs by rank, inside of words', () => {
    expect(text(tokenizer.encode('hello hello'))).toEqual(['hello', 'Ġhello']);
    expect(text(tokenizer.encode('help'))).toEqual(['he', 'l', 'p']);
    expect(text(tokenizer.encode("it's"))).toEqual(['i', 't', "'s"]);
    expect(tokenizer.encode('')).toEqual([]);
  });

  it('splits digits for smollm and leaves them together for gpt-2', () => {
    expect(text(tokenizer.encode('a 12'))).toEqual(['a', 'Ġ', '1', '2']);
    const gpt2 = createTokenizer(tinyMetadata({ 'tokenizer.ggml.pre': 'gpt-2' }));
    expect(text(gpt2.encode('a 12'))).toEqual(['a', 'Ġ', '12']);
  });

  it('takes the text of a special token for that token only where that is wanted', () => {
    expect(tokenizer.encode('<|im_end|>hello')).toEqual([2, tokens.indexOf('hello')]);
    expect(text(tokenizer.encode('<|im_end|>', { special: false }))).toEqual([...'<|', 'im', ...'_end|>']);
    expect(tokenizer.encode('<custom>', { special: false })).toEqual([tokens.indexOf('<custom>')]);
  });

  it('never gives a special token for what a user wrote', () => {
    const piece = fc.oneof(
      fc.constantFrom('<|im_end|>', '<|im_start|>', '<|endoftext|>', '<|im_', 'end|>'),
      fc.string(),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const ids = tokenizer.encode(pieces.join(''), { special: false });
        expect(ids.some((id) => tokenizer.isSpecial(id))).toBe(false);
      }),
    );
  });

  it('is undone by decode, special tokens included', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (input, special) => {
        const written = `${input}<|im_start|> \ufeff👩‍👩‍👧 ${input}`;
        expect(tokenizer.decode(tokenizer.encode(written, { special }))).toBe(written);
      }),
    );
  });

  it('takes half a surrogate pair for U+FFFD', () => {
    expect(tokenizer.encode('a\ud83d')).toEqual(tokenizer.encode('a\ufffd'));
  });
});

describe('tokenBytes', () => {
  it('are the UTF-8 of the text that was encoded', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (input) => {
        const bytes = tokenizer.encode(input, { special: false }).flatMap((id) => [...tokenizer.tokenBytes(id)]);
        expect(Uint8Array.from(bytes)).toEqual(new TextEncoder().encode(input));
      }),
    );
  });

  it('are none for control tokens, and those of the text for user-defined ones', () => {
    expect(tokenizer.tokenBytes(2)).toHaveLength(0);
    expect(tokenizer.tokenBytes(tokens.indexOf('<custom>'))).toEqual(new TextEncoder().encode('<custom>'));
    expect(() => tokenizer.tokenBytes(tokens.length)).toThrow(/not a token/);
  });
});

describe('the tokens that end', () => {
  it('are the end of turn first, then the end of text', () => {
    expect(tokenizer.endOfTurnToken).toBe(2);
    expect(tokenizer.endTokens).toEqual([2, 0]);
  });

  it('include the end of turn where the file names another token as the end', () => {
    const other = createTokenizer(tinyMetadata({ 'tokenizer.ggml.eos_token_id': 0 }));
    expect(other.endOfTurnToken).toBe(2);
    expect(other.endTokens).toEqual([2, 0]);
  });
});

describe('what cannot be built', () => {
  it.each([
    [{ 'tokenizer.ggml.model': 'bert' }, 'tokenizer/unsupported', /"bert"/],
    [{ 'tokenizer.ggml.model': undefined }, 'tokenizer/unsupported', /missing/],
    [{ 'tokenizer.ggml.pre': 'tekken' }, 'tokenizer/unsupported', /"tekken"/],
    [{ 'tokenizer.ggml.pre': undefined }, 'tokenizer/metadata', /tokenizer\.ggml\.pre/],
    [{ 'tokenizer.ggml.tokens': [] }, 'tokenizer/metadata', /tokenizer\.ggml\.tokens/],
    [{ 'tokenizer.ggml.merges': ['ab'] }, 'tokenizer/metadata', /"ab"/],
    [{ 'tokenizer.ggml.token_type': [1] }, 'tokenizer/metadata', /token_type/],
    [{ 'tokenizer.ggml.eos_token_id': 9999 }, 'tokenizer/metadata', /9999/],
  ])('is refused by name: %o', (changes, code, message) => {
    expect(() => createTokenizer(tinyMetadata(changes))).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
  });
});

describe('tokenizerFingerprint', () => {
  it('is equal for equal tokenizers and differs with any rule', () => {
    const print = (changes: Record<string, unknown>) => tokenizerFingerprint(createTokenizer(tinyMetadata(changes)));
    expect(print({})).toMatch(/^[0-9a-f]{64}$/);
    expect(print({})).toBe(tokenizerFingerprint(tokenizer));
    const merges = metadata['tokenizer.ggml.merges'] as string[];
    const others = [
      { 'tokenizer.ggml.pre': 'gpt-2' },
      { 'tokenizer.ggml.merges': merges.slice(1) },
      { 'tokenizer.ggml.eos_token_id': 0, 'tokenizer.ggml.eot_token_id': 0 },
    ].map(print);
    expect(new Set([print({}), ...others]).size).toBe(4);
  });
});
