import { bodyBytes } from '../strings/json-string.js';

/** A place in the tree of an object's names. */
export interface KeyNode {
  readonly depth: number;
  /** The node before it, and the byte that leads here; -1 for the root. */
  readonly parent: number;
  readonly byte: number;
  /** Names that end below or here. */
  readonly below: number[];
  /** Name that ends here; -1 if none does. */
  name: number;
  /** By byte: the node after it. */
  readonly children: Map<number, number>;
  /** Whether `name` and `children` have been found out. */
  isOpen: boolean;
}

/**
 * The names of an object as a prefix tree over the bytes between their quotes, as JSON.stringify writes them. What is
 * below a node is found out when the node is first asked for: of thousands of names few are ever come near to.
 */
export class KeyTree {
  private readonly nodes: KeyNode[] = [newNode(0, -1, -1)];
  /** By name: its bytes, each as a character. */
  readonly bytes: string[] = [];

  /** Adds the next name and returns the nodes on the way to it that have been asked for. */
  insert(text: string): number[] {
    const name = this.bytes.length;
    const bytes = bodyBytes(text);
    this.bytes.push(bytes);
    const way: number[] = [];
    for (let node = 0; ; ) {
      const place = this.nodes[node]!;
      place.below.push(name);
      if (!place.isOpen) return way;
      way.push(node);
      if (place.depth === bytes.length) {
        place.name = name;
        return way;
      }
      node = this.child(node, bytes.charCodeAt(place.depth));
    }
  }

  private child(node: number, byte: number): number {
    const { children, depth } = this.nodes[node]!;
    let child = children.get(byte);
    if (child === undefined) {
      child = this.nodes.push(newNode(depth + 1, node, byte)) - 1;
      children.set(byte, child);
    }
    return child;
  }

  node(index: number): KeyNode {
    const node = this.nodes[index]!;
    if (!node.isOpen) this.open(index, node);
    return node;
  }

  private open(index: number, node: KeyNode): void {
    node.isOpen = true;
    for (const name of node.below) {
      const bytes = this.bytes[name]!;
      if (bytes.length === node.depth) node.name = name;
      else this.nodes[this.child(index, bytes.charCodeAt(node.depth))]!.below.push(name);
    }
  }
}

function newNode(depth: number, parent: number, byte: number): KeyNode {
  return { depth, parent, byte, below: [], name: -1, children: new Map(), isOpen: false };
}
