import type { TokenBytes, TokenTrie } from './token-trie.js';

/** Classes of characters by their first byte, as bits. */
export const CLASSES: readonly (readonly (readonly [first: number, last: number])[])[] = [
  [[0x61, 0x7a]],
  [[0x41, 0x5a]],
  [[0x30, 0x39]],
  [[0x20, 0x20]],
  [
    [0x2d, 0x2d],
    [0x5f, 0x5f],
  ],
  [
    [0x21, 0x21],
    [0x23, 0x2c],
    [0x2e, 0x2f],
    [0x3a, 0x40],
    [0x5b, 0x5b],
    [0x5d, 0x5e],
    [0x60, 0x60],
    [0x7b, 0x7f],
  ],
  // U+2028 and U+2029, which `.` does not take, are among these.
  [[0xe2, 0xe2]],
  [
    [0xc2, 0xdf],
    [0xe0, 0xe1],
    [0xe3, 0xf4],
  ],
];
/** The first class of characters of several bytes. */
export const FIRST_LONG_CLASS = 6;
/** Tokens that are not characters of a JSON string, each written as itself. */
const OTHER = 1 << CLASSES.length;

/** Which classes of characters tokens consist of. Plain data, which workers can share. */
export interface TokenClasses {
  /** By token. */
  readonly tokens: Uint16Array;
  /** By node of the trie: those of all tokens that end at it or below. */
  readonly subtrees: Uint16Array;
}

/** @param inside Tokens that stay inside a JSON string. */
export function readTokenClasses({ bytes, offsets }: TokenBytes, trie: TokenTrie, inside: Uint32Array): TokenClasses {
  const classOfByte = new Uint16Array(256);
  for (let byte = 0; byte < 256; byte++) classOfByte[byte] = byte < 0x20 || byte === 0x22 || byte === 0x5c ? OTHER : 0;
  for (const [index, ranges] of CLASSES.entries()) {
    for (const [first, last] of ranges) classOfByte.fill(1 << index, first, last + 1);
  }
  const tokens = new Uint16Array(offsets.length - 1);
  for (let token = 0; token < tokens.length; token++) {
    let classes = ((inside[token >>> 5]! >>> (token & 31)) & 1) === 1 ? 0 : OTHER;
    for (let index = offsets[token]!; index < offsets[token + 1]!; index++) classes |= classOfByte[bytes[index]!]!;
    tokens[token] = classes;
  }
  return { tokens, subtrees: subtreeClasses(trie, tokens) };
}

function subtreeClasses({ nodeCount, depth, token, twin, maximumDepth }: TokenTrie, tokens: Uint16Array): Uint16Array {
  const subtrees = new Uint16Array(nodeCount);
  /** By depth: classes of the nodes of that depth since the last of a lesser one. */
  const below = new Uint16Array(maximumDepth + 2);
  for (let node = nodeCount - 1; node >= 0; node--) {
    const level = depth[node]!;
    let classes = below[level + 1]!;
    below[level + 1] = 0;
    for (let id = token[node]!; id >= 0; id = twin[id]!) classes |= tokens[id]!;
    subtrees[node] = classes;
    below[level]! |= classes;
  }
  return subtrees;
}

/** Masks of the tokens that consist of some classes only. */
export class ClassMasks {
  private readonly tokens: Uint16Array;
  private readonly masks = new Map<number, Uint32Array>();

  constructor(tokens: Uint16Array) {
    this.tokens = tokens;
  }

  /** @param classes Bits of the classes. */
  of(classes: number): Uint32Array {
    let mask = this.masks.get(classes);
    if (mask === undefined) {
      mask = new Uint32Array((this.tokens.length + 31) >>> 5);
      for (let token = 0; token < this.tokens.length; token++) {
        const own = this.tokens[token]!;
        if (own !== 0 && (own & ~classes) === 0) mask[token >>> 5]! |= 1 << (token & 31);
      }
      this.masks.set(classes, mask);
    }
    return mask;
  }
}
