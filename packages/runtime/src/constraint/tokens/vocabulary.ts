import type { Tokenizer } from '@tooltune/sdk';
import { type StringStyle, StringTokens } from './string-tokens.js';
import { buildTokenTrie, type TokenTrie } from './token-trie.js';

/** What the engine needs of a tokenizer. */
export type VocabularyTokenizer = Pick<
  Tokenizer,
  'vocabularySize' | 'tokenBytes' | 'isSpecial' | 'endTokens' | 'encode'
>;

/** A model's tokens, prepared for masks. Built once per model, and shared by all its constraints. */
export interface Vocabulary {
  /** Number of token ids. */
  readonly size: number;
  readonly endTokens: readonly number[];
  /** Bytes of the longest token. */
  readonly longestToken: number;
  /** By byte: 1 when it is a token of its own. What needs other bytes (SmolLM2 lacks 21) is never written. */
  readonly singleBytes: Uint8Array;
  /** True when every byte is a token of its own. */
  readonly writesAllBytes: boolean;
  /** All tokens that stand for text. */
  readonly trie: TokenTrie;
  /** What the tokens do inside a JSON string. */
  stringTokens(style: StringStyle): StringTokens;
  /** Bytes of a token; empty for special ones. Do not modify. */
  tokenBytes(token: number): Uint8Array;
  isSpecial(token: number): boolean;
  /** The tokenizer's own tokens of a text; the text of special tokens is text. */
  encode(text: string): number[];
}

/** Prepares a tokenizer's vocabulary; 50,000 tokens take tens of milliseconds. */
export function createVocabulary(tokenizer: VocabularyTokenizer): Vocabulary {
  const size = tokenizer.vocabularySize;
  const offsets = new Int32Array(size + 1);
  let flat = new Uint8Array(size * 8);
  const text = new Int32Array(size);
  const singles = new Uint8Array(256);
  let textCount = 0;
  let longestToken = 0;
  for (let token = 0; token < size; token++) {
    const bytes = tokenizer.isSpecial(token) ? new Uint8Array() : tokenizer.tokenBytes(token);
    const end = offsets[token]! + bytes.length;
    offsets[token + 1] = end;
    if (end > flat.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(flat);
      flat = larger;
    }
    flat.set(bytes, offsets[token]);
    if (bytes.length === 0) continue;
    longestToken = Math.max(longestToken, bytes.length);
    if (bytes.length === 1) singles[bytes[0]!] = 1;
    text[textCount++] = token;
  }
  const tokenBytes = { bytes: flat, offsets };
  const styles = new Map<StringStyle, StringTokens>();
  for (const style of ['free', 'canonical'] as const) styles.set(style, new StringTokens(tokenBytes, singles, style));
  return {
    size,
    endTokens: [...tokenizer.endTokens],
    longestToken,
    singleBytes: singles,
    writesAllBytes: singles.every((single) => single === 1),
    trie: buildTokenTrie(tokenBytes, text.subarray(0, textCount)),
    stringTokens: (style) => styles.get(style)!,
    tokenBytes: (token) => flat.subarray(offsets[token]!, offsets[token + 1]!),
    isSpecial: (token) => tokenizer.isSpecial(token),
    encode: (value) => tokenizer.encode(value, { special: false }),
  };
}
