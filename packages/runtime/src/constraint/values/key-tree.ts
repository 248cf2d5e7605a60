import { bodyBytes } from '../strings/json-string.js';

/** A place in the tree of an object's names. */
export interface KeyNode {
  readonly depth: number;
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
  private readonly nodes: KeyNode[] = [newNode(0)];
  /** By name: its bytes, each as a character. */
  readonly bytes: string[] = [];

  /** Adds the next name and returns the nodes on the way to it that have been asked for. */
  insert(text: string): number[] {
    const name = this.bytes.length;
    const bytes = bodyBytes(text);
    this.bytes.push(bytes);
    const way: number[] = [];
    for (let node: number | undefined = 0; node !== undefined; ) {
      const { below, isOpen, depth, children }: KeyNode = this.nodes[node]!;
      below.push(name);
      if (!isOpen) break;
      way.push(node);
      if (depth === bytes.length) this.nodes[node]!.name = name;
      else if (!children.has(bytes.charCodeAt(depth))) children.set(bytes.charCodeAt(depth), this.add(depth + 1));
      node = children.get(bytes.charCodeAt(depth));
    }
    return way;
  }

  private add(depth: number): number {
    return this.nodes.push(newNode(depth)) - 1;
  }

  node(index: number): KeyNode {
    const node = this.nodes[index]!;
    if (!node.isOpen) this.open(node);
    return node;
  }

  private open(node: KeyNode): void {
    node.isOpen = true;
    const { depth, below, children } = node;
    for (const name of below) {
      const bytes = this.bytes[name]!;
      if (bytes.length === depth) {
        node.name = name;
        continue;
      }
      let child = children.get(bytes.charCodeAt(depth));
      if (child === undefined) children.set(bytes.charCodeAt(depth), (child = this.add(depth + 1)));
      this.nodes[child]!.below.push(name);
    }
  }
}

function newNode(depth: number): KeyNode {
  return { depth, below: [], name: -1, children: new Map(), isOpen: false };
}
