import type { Tokenizer } from '@tooltune/sdk';
import { ClassMasks, readTokenClasses, type TokenClasses } from './character-classes.js';
import { readCrossingTokens } from './crossing-tokens.js';
import { readStringTokens, type StringStyle, StringTokens, type StringTokensData } from './string-tokens.js';
import { buildTokenTrie, type TokenBytes, type TokenTrie } from './token-trie.js';

/** What the engine needs of a tokenizer. */
export type VocabularyTokenizer = Pick<
  Tokenizer,
  'vocabularySize' | 'tokenBytes' | 'isSpecial' | 'endTokens' | 'encode'
>;

/**
 * A model's tokens, prepared for masks, as plain data: a worker can be sent it, or share it, as the arrays stand in
 * shared memory where the platform has it.
 */
export interface VocabularyData {
  /** Number of token ids. */
  readonly size: number;
  readonly endTokens: readonly number[];
  /** Bytes of all tokens; none for special ones. */
  readonly tokenBytes: TokenBytes;
  /** By token: 1 for special ones. */
  readonly special: Uint8Array;
  /** By byte: 1 when it is a token of its own. What needs other bytes (SmolLM2 lacks 21) is never written. */
  readonly singleBytes: Uint8Array;
  /** All tokens that stand for text. */
  readonly trie: TokenTrie;
  readonly strings: Readonly<Record<StringStyle, StringTokensData>>;
  readonly classes: TokenClasses;
  /** Tokens that may end the name of a property and get to the next one, ascending. */
  readonly crossing: Int32Array;
}

/** A model's tokens, prepared for masks. Built once per model, and shared by all its constraints. */
export interface Vocabulary {
  readonly data: VocabularyData;
  readonly size: number;
  readonly endTokens: readonly number[];
  /** Bytes of the longest token. */
  readonly longestToken: number;
  readonly singleBytes: Uint8Array;
  /** True when every byte is a token of its own. */
  readonly writesAllBytes: boolean;
  readonly trie: TokenTrie;
  /** Tokens by the characters that they consist of. */
  readonly classMasks: ClassMasks;
  /** Tokens that may end the name of a property and get to the next one. */
  readonly crossing: ReadonlySet<number>;
  /** What the tokens do inside a JSON string. */
  stringTokens(style: StringStyle): StringTokens;
  /** Bytes of a token; empty for special ones. Do not modify. */
  tokenBytes(token: number): Uint8Array;
  isSpecial(token: number): boolean;
  /** The tokenizer's own tokens of a text; the text of special tokens is text. */
  encode(text: string): number[];
}

/** Prepares a tokenizer's vocabulary; 50,000 tokens take tens of milliseconds, 262,000 about 200. */
export function createVocabulary(tokenizer: VocabularyTokenizer): Vocabulary {
  return openVocabulary(readVocabulary(tokenizer), (text) =>
    tokenizer.encode(text, { special: false, continues: true }),
  );
}

/**
 * A vocabulary of data that another one was created with, in this thread or another.
 * @param encode The tokenizer's own tokens of a text; the text of special tokens is text. Without it forced text is never
 * found, as it could not be cut as the tokenizer would.
 */
export function openVocabulary(data: VocabularyData, encode: (text: string) => number[] = () => []): Vocabulary {
  const { size, endTokens, singleBytes, trie, special } = data;
  const { bytes, offsets } = data.tokenBytes;
  const strings = { free: new StringTokens(data.strings.free), canonical: new StringTokens(data.strings.canonical) };
  return {
    data,
    size,
    endTokens,
    longestToken: trie.maximumDepth,
    singleBytes,
    writesAllBytes: singleBytes.every((single) => single === 1),
    trie,
    classMasks: new ClassMasks(data.classes.tokens),
    crossing: new Set(data.crossing),
    stringTokens: (style) => strings[style],
    tokenBytes: (token) => bytes.subarray(offsets[token]!, offsets[token + 1]!),
    isSpecial: (token) => special[token] === 1,
    encode,
  };
}

function readVocabulary(tokenizer: VocabularyTokenizer): VocabularyData {
  const size = tokenizer.vocabularySize;
  const offsets = new Int32Array(size + 1);
  const special = new Uint8Array(size);
  const singleBytes = new Uint8Array(256);
  let bytes = new Uint8Array(size * 8);
  for (let token = 0; token < size; token++) {
    special[token] = tokenizer.isSpecial(token) ? 1 : 0;
    const own = special[token] === 1 ? new Uint8Array() : tokenizer.tokenBytes(token);
    const start = offsets[token]!;
    const end = start + own.length;
    offsets[token + 1] = end;
    if (end > bytes.length) {
      const larger = new Uint8Array(2 * end);
      larger.set(bytes);
      bytes = larger;
    }
    bytes.set(own, start);
    if (own.length === 1) singleBytes[own[0]!] = 1;
  }
  const tokenBytes = { bytes: bytes.slice(0, offsets[size]), offsets };
  const trie = buildTokenTrie(tokenBytes);
  const canonical = readStringTokens(tokenBytes, singleBytes, 'canonical');
  return shared({
    size,
    endTokens: [...tokenizer.endTokens],
    tokenBytes,
    special,
    singleBytes,
    trie,
    strings: {
      free: readStringTokens(tokenBytes, singleBytes, 'free'),
      canonical,
    },
    classes: readTokenClasses(tokenBytes, trie, canonical.inside),
    crossing: readCrossingTokens(tokenBytes),
  });
}

/** The same data with its arrays in shared memory, where there is such. */
function shared<T>(value: T): T {
  if (typeof SharedArrayBuffer === 'undefined' || typeof value !== 'object' || value === null) return value;
  if (ArrayBuffer.isView(value)) {
    const view = value as unknown as Uint8Array;
    const Type = view.constructor as new (buffer: SharedArrayBuffer) => Uint8Array;
    const copy = new Type(new SharedArrayBuffer(view.byteLength));
    copy.set(view);
    return copy as unknown as T;
  }
  if (Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, shared(entry)])) as T;
}
