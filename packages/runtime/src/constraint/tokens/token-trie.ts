/** The bytes of all tokens, one after the other: token t is bytes[offsets[t]] to bytes[offsets[t + 1]]. */
export interface TokenBytes {
  bytes: Uint8Array;
  offsets: Int32Array;
}

/**
 * The tokens' bytes as a prefix tree in preorder, so that a walk is one pass over flat arrays: a node's children come
 * right after it, and `skip` is the first node after all that is below it.
 */
export interface TokenTrie {
  readonly nodeCount: number;
  /** Byte that leads to the node. */
  readonly byte: Uint8Array;
  /** Bytes from the root to the node; 1 for the first. */
  readonly depth: Uint16Array;
  readonly skip: Int32Array;
  /** Token whose bytes end at the node, or -1. */
  readonly token: Int32Array;
  /** By token: another token with the same bytes, or -1. */
  readonly twin: Int32Array;
  readonly maximumDepth: number;
}

/** Builds the tree of these tokens; those without bytes are left out. */
export function buildTokenTrie(tokenBytes: TokenBytes): TokenTrie {
  const { bytes, offsets } = tokenBytes;
  const sorted = sortTokens(tokenBytes);
  const capacity = bytes.length;
  const byte = new Uint8Array(capacity);
  const depth = new Uint16Array(capacity);
  const skip = new Int32Array(capacity);
  const token = new Int32Array(capacity).fill(-1);
  const twin = new Int32Array(offsets.length - 1).fill(-1);
  let maximumDepth = 0;
  let count = 0;
  // Nodes of the way to the last token.
  const open: number[] = [];
  for (const id of sorted) {
    const start = offsets[id]!;
    const length = offsets[id + 1]! - start;
    let common = 0;
    while (common < open.length && common < length && byte[open[common]!] === bytes[start + common]) common++;
    while (open.length > common) skip[open.pop()!] = count;
    for (let index = common; index < length; index++) {
      byte[count] = bytes[start + index]!;
      depth[count] = index + 1;
      open.push(count++);
    }
    if (length > maximumDepth) maximumDepth = length;
    const node = open[length - 1]!;
    twin[id] = token[node]!;
    token[node] = id;
  }
  while (open.length > 0) skip[open.pop()!] = count;
  return {
    nodeCount: count,
    byte: byte.slice(0, count),
    depth: depth.slice(0, count),
    skip: skip.slice(0, count),
    token: token.slice(0, count),
    twin,
    maximumDepth,
  };
}

/** Bits of the token's number in a sorting key; the others are its first bytes. */
const NUMBER_BITS = 20;

/**
 * The tokens that have bytes in the order of those. The first five bytes and a half are sorted as numbers, which leaves
 * little to be put right.
 */
function sortTokens({ bytes, offsets }: TokenBytes): Int32Array {
  const written = Int32Array.from({ length: offsets.length - 1 }, (_, token) => token).filter(
    (token) => offsets[token + 1]! > offsets[token]!,
  );
  if (offsets.length > 2 ** NUMBER_BITS) return written.sort((a, b) => compareTokens(bytes, offsets, a, b));
  const keys = new BigUint64Array(written.length);
  // Little-endian, as every platform that runs JavaScript is.
  const halves = new Uint32Array(keys.buffer);
  for (let index = 0; index < written.length; index++) {
    const token = written[index]!;
    const start = offsets[token]!;
    const end = offsets[token + 1]!;
    const at = (place: number) => (start + place < end ? bytes[start + place]! : 0);
    halves[2 * index + 1] = (at(0) << 24) | (at(1) << 16) | (at(2) << 8) | at(3);
    halves[2 * index] = (at(4) << 24) | ((at(5) >>> 4) << NUMBER_BITS) | token;
  }
  keys.sort();
  for (let index = 0; index < written.length; index++) {
    const token = halves[2 * index]! & (2 ** NUMBER_BITS - 1);
    let place = index;
    while (place > 0 && compareTokens(bytes, offsets, written[place - 1]!, token) > 0) {
      written[place] = written[place - 1]!;
      place--;
    }
    written[place] = token;
  }
  return written;
}

function compareTokens(bytes: Uint8Array, offsets: Int32Array, one: number, other: number): number {
  const start = offsets[one]!;
  const otherStart = offsets[other]!;
  const length = offsets[one + 1]! - start;
  const otherLength = offsets[other + 1]! - otherStart;
  const shorter = Math.min(length, otherLength);
  for (let index = 0; index < shorter; index++) {
    const difference = bytes[start + index]! - bytes[otherStart + index]!;
    if (difference !== 0) return difference;
  }
  return length - otherLength;
}

/** The child of a node (-1: the root) that a byte leads to, or -1. */
export function trieChild(trie: TokenTrie, node: number, byte: number): number {
  const end = node < 0 ? trie.nodeCount : trie.skip[node]!;
  for (let child = node + 1; child < end; child = trie.skip[child]!) if (trie.byte[child] === byte) return child;
  return -1;
}
