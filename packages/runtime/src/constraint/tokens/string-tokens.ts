import { ExpressionArena, NOTHING, UNBOUNDED } from '../grammar/expression-arena.js';
import { ALL_CODE_POINTS } from '../strings/code-points.js';
import { canonicalCharacter, stringCharacter } from '../strings/json-string.js';
import type { TokenBytes } from './token-trie.js';

/** Whether the string's characters may be escaped in any way, or only as JSON.stringify does. */
export type StringStyle = 'free' | 'canonical';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OUTSIDE = 0xffff;

/**
 * What the tokens of a vocabulary do inside a JSON string: those that stay in it, and those that close it, by what comes
 * after the closing quote. That is the same for all strings, so it is found out once, and the mask of a string is a copy
 * and a walk over the few texts that can follow a string. Plain data, which workers can share.
 */
export interface StringTokensData {
  /** All tokens that stay inside. */
  readonly inside: Uint32Array;
  /** Most characters of a token that stays inside, one that it leaves unfinished included. */
  readonly longest: number;
  /** By token: characters that it adds before it ends or closes the string; OUTSIDE where it may not come. */
  readonly counts: Uint16Array;
  /**
   * The texts after the closing quote as a prefix tree in preorder, node 0 its root: byte that leads to a node, depth, the
   * first node after its subtree, and its tokens from `firstToken[node]` to `firstToken[node + 1]`.
   */
  readonly byte: Uint8Array;
  readonly depth: Uint16Array;
  readonly skip: Int32Array;
  readonly firstToken: Int32Array;
  readonly tokens: Int32Array;
}

/** Finds out what the tokens do inside a string. */
export function readStringTokens(
  { bytes, offsets }: TokenBytes,
  usableBytes: Uint8Array,
  style: StringStyle,
): StringTokensData {
  const size = offsets.length - 1;
  const arena = new ExpressionArena(usableBytes);
  const character = style === 'free' ? stringCharacter(arena) : canonicalCharacter(arena, ALL_CODE_POINTS);
  const start = arena.repetition(character, 0, UNBOUNDED);
  const inside = new Uint32Array((size + 31) >>> 5);
  const counts = new Uint16Array(size).fill(OUTSIDE);
  const closers = new Map<string, number[]>();
  let longest = 0;
  for (let token = 0; token < size; token++) {
    const end = offsets[token + 1]!;
    let index = offsets[token]!;
    if (index === end) continue;
    let state = start;
    let count = 0;
    for (; index < end; index++) {
      const byte = bytes[index]!;
      if (state === start) {
        if (byte === QUOTE) break;
        if (byte >= 0x20 && byte < 0x7f && byte !== BACKSLASH && usableBytes[byte] === 1) {
          count++;
          continue;
        }
      }
      state = arena.derivative(state, byte);
      if (state === NOTHING) break;
      if (state === start) count++;
    }
    if (state === NOTHING) continue;
    if (index < end) {
      counts[token] = count;
      const rest = String.fromCharCode(...bytes.subarray(index + 1, end));
      const group = closers.get(rest);
      if (group === undefined) closers.set(rest, [token]);
      else group.push(token);
      continue;
    }
    if (state !== start) count++;
    counts[token] = count;
    inside[token >>> 5]! |= 1 << (token & 31);
    if (count > longest) longest = count;
  }
  const tree = suffixTree(closers);
  return {
    inside,
    longest,
    counts,
    byte: Uint8Array.from(tree.byte),
    depth: Uint16Array.from(tree.depth),
    skip: Int32Array.from(tree.skip),
    firstToken: Int32Array.from(tree.firstToken),
    tokens: Int32Array.from(tree.tokens),
  };
}

/** StringTokensData with the masks of strings that have little room. */
export class StringTokens {
  readonly data: StringTokensData;
  private readonly inside: Uint32Array;
  private readonly shorter: (Uint32Array | undefined)[] = [];

  constructor(data: StringTokensData) {
    this.data = data;
    // Its own, as copies out of shared memory are several times slower.
    this.inside = Uint32Array.from(data.inside);
  }

  /** The tokens that stay inside and add at most so many characters. */
  insideWithin(characters: number): Uint32Array {
    const { inside } = this;
    const { longest, counts } = this.data;
    if (characters >= longest) return inside;
    let mask = this.shorter[characters];
    if (mask === undefined) {
      this.shorter[characters] = mask = new Uint32Array(inside.length);
      for (let token = 0; token < counts.length; token++) {
        const bit = 1 << (token & 31);
        if (counts[token]! <= characters && (inside[token >>> 5]! & bit) !== 0) mask[token >>> 5]! |= bit;
      }
    }
    return mask;
  }
}

function suffixTree(closers: ReadonlyMap<string, readonly number[]>) {
  const tree = { byte: [0], depth: [0], skip: [0], firstToken: [0], tokens: [] as number[] };
  const suffixes = [...closers.keys()].sort((a, b) => (a < b ? -1 : 1));
  const path: string[] = [];
  const open = [0];
  const close = (depth: number) => {
    while (path.length > depth) {
      path.pop();
      tree.skip[open.pop()!] = tree.byte.length;
    }
  };
  const grow = (suffix: string) => {
    let common = 0;
    while (common < path.length && path[common] === suffix[common]) common++;
    close(common);
    for (let index = common; index < suffix.length; index++) {
      open.push(tree.byte.length);
      path.push(suffix[index]!);
      tree.byte.push(suffix.charCodeAt(index));
      tree.depth.push(index + 1);
      tree.skip.push(0);
      tree.firstToken.push(tree.tokens.length);
    }
  };
  for (const suffix of suffixes) {
    grow(suffix);
    for (const token of closers.get(suffix)!) tree.tokens.push(token);
  }
  close(0);
  tree.skip[0] = tree.byte.length;
  tree.firstToken.push(tree.tokens.length);
  return tree;
}
