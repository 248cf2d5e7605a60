import { encodeUtf8 } from '../utf8.js';

/** A place in the tree of an object's names. */
export interface KeyNode {
  readonly children: Map<number, number>;
  readonly depth: number;
  /** Names that end below or here. */
  readonly below: number[];
  /** Name that ends here; -1 if none does. */
  name: number;
  /** By class of undeclared names: what of its body may follow; undefined where not asked for yet. */
  readonly free: (number | undefined)[];
}

/** The names of an object as a prefix tree over the bytes between their quotes, as JSON.stringify writes them. */
export class KeyTree {
  readonly nodes: KeyNode[] = [{ children: new Map(), depth: 0, below: [], name: -1, free: [] }];
  /** By name: bytes between the quotes. */
  readonly lengths: number[] = [];

  /** Adds the next name and returns the node where it ends. */
  insert(text: string): number {
    const name = this.lengths.length;
    const bytes = encodeUtf8(JSON.stringify(text).slice(1, -1));
    this.lengths.push(bytes.length);
    let node = 0;
    this.nodes[0]!.below.push(name);
    for (const byte of bytes) {
      let child = this.nodes[node]!.children.get(byte);
      if (child === undefined) {
        const depth = this.nodes[node]!.depth + 1;
        child = this.nodes.push({ children: new Map(), depth, below: [], name: -1, free: [] }) - 1;
        this.nodes[node]!.children.set(byte, child);
      }
      node = child;
      this.nodes[node]!.below.push(name);
    }
    this.nodes[node]!.name = name;
    return node;
  }
}
