import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import type { Vocabulary } from './vocabulary.js';

const QUOTE = 0x22;

/**
 * Which tokens keep to what is preferred: in a string that is preferably a piece of some texts, those after which it can
 * still become one. Tokens that do not reach into such a string keep to it too.
 */
export class PreferredTokens {
  private readonly arena: ExpressionArena;
  private readonly vocabulary: Vocabulary;
  private readonly narrowings = new Map<number, number>();
  /** Expressions by depth on the way down a trie. */
  private readonly path: Int32Array;

  constructor(arena: ExpressionArena, vocabulary: Vocabulary) {
    this.arena = arena;
    this.vocabulary = vocabulary;
    this.path = new Int32Array(vocabulary.trie.maximumDepth + 1);
  }

  /** Whether there is a difference at a state: inside such a string, and right before its opening quote. */
  differAt(expression: number): boolean {
    if (!this.arena.prefers) return false;
    if (this.narrowed(expression) !== expression) return true;
    const inside = this.arena.derivative(expression, QUOTE);
    return inside !== NOTHING && this.narrowed(inside) !== inside;
  }

  /**
   * Sets the bits of the tokens that keep to what is preferred, and clears the others.
   * @param fits Whether the text can be finished after a token in time.
   */
  fill(expression: number, fits: (after: number) => boolean, bits: Uint32Array): void {
    const { arena, path } = this;
    const { nodeCount, byte, depth, skip, token, twin } = this.vocabulary.trie;
    bits.fill(0);
    path[0] = this.narrowed(expression);
    for (let node = 0; node < nodeCount; ) {
      const level = depth[node]!;
      const after = arena.derivative(path[level - 1]!, byte[node]!);
      if (after === NOTHING) {
        node = skip[node]!;
        continue;
      }
      path[level] = this.narrowed(after);
      if (token[node]! >= 0 && fits(path[level]!)) {
        for (let id = token[node]!; id >= 0; id = twin[id]!) bits[id >>> 5]! |= 1 << (id & 31);
      }
      node++;
    }
  }

  /** Without the ways on for which there are preferred ones to the same place. */
  private narrowed(expression: number): number {
    let narrowed = this.narrowings.get(expression);
    if (narrowed === undefined) this.narrowings.set(expression, (narrowed = this.narrow(expression)));
    return narrowed;
  }

  private narrow(expression: number): number {
    const { arena } = this;
    const members: number[] = [];
    arena.beginnings(expression, members);
    const isPreferred = (member: number) => arena.isPreferred(arena.head(member));
    const places = new Set(members.filter(isPreferred).map((member) => arena.tail(member)));
    if (places.size === 0) return expression;
    return arena.alternation(members.filter((member) => isPreferred(member) || !places.has(arena.tail(member))));
  }
}
