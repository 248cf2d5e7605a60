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
export function buildTokenTrie({ bytes, offsets }: TokenBytes, tokens: Int32Array): TokenTrie {
  const linked = linkTokens(bytes, offsets, tokens);
  const { count, firstChild, nextSibling } = linked;
  const byte = new Uint8Array(count);
  const depth = new Uint16Array(count);
  const skip = new Int32Array(count);
  const token = new Int32Array(count);
  let maximumDepth = 0;
  let position = 0;
  // Open nodes on the way down: where they stand in the preorder, and their linked node.
  const places: number[] = [];
  const path: number[] = [];
  let node = firstChild[0]!;
  while (true) {
    if (node !== 0) {
      places.push(position);
      path.push(node);
      byte[position] = linked.byte[node]!;
      depth[position] = path.length;
      token[position] = linked.token[node]!;
      maximumDepth = Math.max(maximumDepth, path.length);
      position++;
      node = firstChild[node]!;
    } else {
      const done = path.pop();
      if (done === undefined) break;
      skip[places.pop()!] = position;
      node = nextSibling[done]!;
    }
  }
  return { nodeCount: position, byte, depth, skip, token, twin: linked.twin, maximumDepth };
}

/** The same tree with linked children, those of one node in no order. Node 0 is the root. */
function linkTokens(bytes: Uint8Array, offsets: Int32Array, tokens: Int32Array) {
  let capacity = 1;
  for (const token of tokens) capacity += offsets[token + 1]! - offsets[token]!;
  const byte = new Uint8Array(capacity);
  const firstChild = new Int32Array(capacity);
  const nextSibling = new Int32Array(capacity);
  const token = new Int32Array(capacity).fill(-1);
  const twin = new Int32Array(offsets.length - 1).fill(-1);
  // The first two levels are wide; tables find their children without a search.
  const ones = new Int32Array(256);
  const twos = new Int32Array(65_536);
  let count = 1;
  for (const id of tokens) {
    const start = offsets[id]!;
    const end = offsets[id + 1]!;
    if (end === start) continue;
    let node = 0;
    for (let index = start; index < end; index++) {
      const value = bytes[index]!;
      const level = index - start;
      let found: number;
      if (level === 0) found = ones[value]!;
      else if (level === 1) found = twos[(bytes[start]! << 8) | value]!;
      else {
        found = firstChild[node]!;
        while (found !== 0 && byte[found] !== value) found = nextSibling[found]!;
      }
      if (found === 0) {
        found = count++;
        byte[found] = value;
        nextSibling[found] = firstChild[node]!;
        firstChild[node] = found;
        if (level === 0) ones[value] = found;
        else if (level === 1) twos[(bytes[start]! << 8) | value] = found;
      }
      node = found;
    }
    twin[id] = token[node]!;
    token[node] = id;
  }
  return { count, byte, firstChild, nextSibling, token, twin };
}

/** The child of a node (-1: the root) that a byte leads to, or -1. */
export function trieChild(trie: TokenTrie, node: number, byte: number): number {
  const end = node < 0 ? trie.nodeCount : trie.skip[node]!;
  for (let child = node + 1; child < end; child = trie.skip[child]!) if (trie.byte[child] === byte) return child;
  return -1;
}
