import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import type { KeyClass } from './key-classes.js';
import type { KeyTree } from './key-tree.js';
import { ShortestTexts } from './shortest-texts.js';

/** How names that an object does not know go on from the places in the tree of those that it does. */
export class UndeclaredNames {
  private readonly arena: ExpressionArena;
  private readonly tree: KeyTree;
  private readonly classes: readonly KeyClass[];
  /** By node and class; what lies ahead of a node is forgotten when names are added below it. */
  private readonly rests = new Map<number, number>();
  private readonly open = new Map<number, boolean>();
  private readonly lengths = new Map<number, number>();

  constructor(arena: ExpressionArena, tree: KeyTree, classes: readonly KeyClass[]) {
    this.arena = arena;
    this.tree = tree;
    this.classes = classes;
  }

  /** A name was added at the node or below it. */
  forget(node: number): void {
    for (const index of this.classes.keys()) {
      this.open.delete(this.key(node, index));
      this.lengths.delete(this.key(node, index));
    }
  }

  private key(node: number, index: number): number {
    return node * this.classes.length + index;
  }

  /** The names of a class, known ones too. */
  namesOf(index: number): ShortestTexts {
    return ShortestTexts.of(this.arena, this.classes[index]!.body);
  }

  /** What of a class's names may follow the bytes of a node, that of known names too. */
  rest(node: number, index: number): number {
    // Not recursive: names can be thousands of bytes long.
    const way: number[] = [];
    let place = node;
    while (place > 0 && !this.rests.has(this.key(place, index))) {
      way.push(place);
      place = this.tree.node(place).parent;
    }
    let rest = place === 0 ? this.classes[index]!.body : this.rests.get(this.key(place, index))!;
    for (const next of way.reverse()) {
      if (rest !== NOTHING) rest = this.arena.derivative(rest, this.tree.node(next).byte);
      this.rests.set(this.key(next, index), rest);
    }
    return rest;
  }

  /** Whether some name of a class that is not known goes on from a node. */
  isOpen(node: number, index: number): boolean {
    const key = this.key(node, index);
    let open = this.open.get(key);
    if (open === undefined) this.open.set(key, (open = this.findOpen(node, index)));
    return open;
  }

  private findOpen(node: number, index: number): boolean {
    const rest = this.rest(node, index);
    if (rest === NOTHING) return false;
    const { children, name } = this.tree.node(node);
    if (name < 0 && (children.size === 0 || this.arena.isNullable(rest))) return true;
    const offset = this.arena.rowOffset(rest);
    const isFree = (byte: number) => this.arena.rows[offset + byte] !== NOTHING && !children.has(byte);
    for (let byte = 0; byte < 256; byte++) if (isFree(byte)) return true;
    for (const child of children.values()) if (this.isOpen(child, index)) return true;
    return false;
  }

  /** Bytes from a node to the end of the shortest name of a class that is not known; Infinity where there is none. */
  shortest(node: number, index: number): number {
    const key = this.key(node, index);
    let length = this.lengths.get(key);
    if (length === undefined) this.lengths.set(key, (length = this.findShortest(node, index)));
    return length;
  }

  private findShortest(node: number, index: number): number {
    const { arena } = this;
    const rest = this.rest(node, index);
    if (rest === NOTHING) return Number.POSITIVE_INFINITY;
    const { children, name } = this.tree.node(node);
    if (name < 0 && arena.isNullable(rest)) return 0;
    let least = Number.POSITIVE_INFINITY;
    let previous = NOTHING;
    for (let byte = 0; byte < 256; byte++) {
      const after = arena.derivative(rest, byte);
      if (after === NOTHING || after === previous || children.has(byte)) continue;
      previous = after;
      least = Math.min(least, 1 + arena.minimumLength(after));
    }
    for (const [byte, child] of children) {
      const after = arena.derivative(rest, byte);
      // Known names only make it longer.
      if (after !== NOTHING && 1 + arena.minimumLength(after) < least) {
        least = Math.min(least, 1 + this.shortest(child, index));
      }
    }
    return least;
  }
}
