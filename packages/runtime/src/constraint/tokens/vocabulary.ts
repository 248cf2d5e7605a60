import type { Tokenizer } from '@tooltune/sdk';
import { decodeUtf8 } from '../utf8.js';
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
  /** All tokens that stand for text. */
  readonly trie: TokenTrie;
  /** The tokens that are not in `plainMask`. */
  readonly otherTrie: TokenTrie;
  /**
   * Tokens of at most 16 whole characters that a JSON string takes as they are: no quote, backslash or control
   * character. Inside a string with room they are all allowed, whatever follows it.
   */
  readonly plainMask: Uint32Array;
  /** Most characters of a token in plainMask. */
  readonly plainCharacters: number;
  /** Bytes of a token; empty for special ones. Do not modify. */
  tokenBytes(token: number): Uint8Array;
  isSpecial(token: number): boolean;
  /** The tokenizer's own tokens of a text; the text of special tokens is text. */
  encode(text: string): number[];
}

const PLAIN_CHARACTERS = 16;

/** Prepares a tokenizer's vocabulary; 50,000 tokens take tens of milliseconds. */
export function createVocabulary(tokenizer: VocabularyTokenizer): Vocabulary {
  const size = tokenizer.vocabularySize;
  const offsets = new Int32Array(size + 1);
  const parts: Uint8Array[] = [];
  const plainMask = new Uint32Array((size + 31) >>> 5);
  const text = new Int32Array(size);
  const other = new Int32Array(size);
  const singles = new Uint8Array(256);
  let textCount = 0;
  let otherCount = 0;
  let longestToken = 0;
  for (let token = 0; token < size; token++) {
    const bytes = tokenizer.isSpecial(token) ? new Uint8Array() : tokenizer.tokenBytes(token);
    parts.push(bytes);
    offsets[token + 1] = offsets[token]! + bytes.length;
    if (bytes.length === 0) continue;
    longestToken = Math.max(longestToken, bytes.length);
    if (bytes.length === 1) singles[bytes[0]!] = 1;
    text[textCount++] = token;
    if (isPlain(bytes)) plainMask[token >>> 5]! |= 1 << (token & 31);
    else other[otherCount++] = token;
  }
  const flat = new Uint8Array(offsets[size]!);
  for (const [token, bytes] of parts.entries()) flat.set(bytes, offsets[token]!);
  const tokenBytes = { bytes: flat, offsets };
  return {
    size,
    endTokens: [...tokenizer.endTokens],
    longestToken,
    singleBytes: singles,
    trie: buildTokenTrie(tokenBytes, text.subarray(0, textCount)),
    otherTrie: buildTokenTrie(tokenBytes, other.subarray(0, otherCount)),
    plainMask,
    plainCharacters: PLAIN_CHARACTERS,
    tokenBytes: (token) => flat.subarray(offsets[token]!, offsets[token + 1]!),
    isSpecial: (token) => tokenizer.isSpecial(token),
    encode: (value) => tokenizer.encode(value, { special: false }),
  };
}

function isPlain(bytes: Uint8Array): boolean {
  let characters = 0;
  let isAscii = true;
  for (const byte of bytes) {
    if (byte < 0x20 || byte === 0x22 || byte === 0x5c) return false;
    if (byte >= 0x80) isAscii = false;
    if ((byte & 0xc0) !== 0x80) characters++;
  }
  return characters <= PLAIN_CHARACTERS && (isAscii || decodeUtf8(bytes) !== undefined);
}
