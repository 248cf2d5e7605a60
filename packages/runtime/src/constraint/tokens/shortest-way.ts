import { ConstraintError } from '../constraint-error.js';
import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { trieChild } from './token-trie.js';
import type { Vocabulary } from './vocabulary.js';

const MAXIMUM_COUNTS = 200_000;
/** Longest way that is followed, in bytes. */
const MAXIMUM_BYTES = 20_000;

/** The bytes of a way so far, and the states before each of them and after the last. */
interface Way {
  bytes: number[];
  states: number[];
}

/** The way to finish that takes the fewest bytes, in the fewest tokens that those can be written with. */
export class ShortestWay {
  private readonly arena: ExpressionArena;
  private readonly vocabulary: Vocabulary;
  private readonly counts = new Map<number, number>();

  constructor(arena: ExpressionArena, vocabulary: Vocabulary) {
    this.arena = arena;
    this.vocabulary = vocabulary;
  }

  /**
   * Number of its tokens. Every state on the way goes on along it, so each of these tokens leaves a state that needs one
   * token less.
   * @param limit Above it the answer may be Infinity.
   */
  count(expression: number, limit: number = Number.POSITIVE_INFINITY): number {
    const known = this.known(expression);
    if (known !== undefined) return known;
    const { arena, vocabulary } = this;
    // No token has more bytes than the longest; lengths can be some bytes above the truth.
    const mostBytes = Math.min(MAXIMUM_BYTES, 64 + 2 * limit * vocabulary.longestToken);
    if (arena.minimumLength(expression) > mostBytes) return Number.POSITIVE_INFINITY;
    if (this.counts.size > MAXIMUM_COUNTS) this.counts.clear();
    const way: Way = { bytes: [], states: [expression] };
    while (this.known(way.states.at(-1)!) === undefined && this.extend(way));
    for (let start = way.bytes.length - 1; start >= 0; start--) {
      let least = Number.POSITIVE_INFINITY;
      this.eachToken(way, start, (_, after) => {
        least = Math.min(least, 1 + (this.known(after) ?? Number.POSITIVE_INFINITY));
      });
      this.counts.set(way.states[start]!, least);
    }
    return this.known(expression) ?? Number.POSITIVE_INFINITY;
  }

  private known(expression: number): number | undefined {
    return this.arena.isNullable(expression) ? 0 : this.counts.get(expression);
  }

  /** Adds a byte; false at the end, and where there is no way on. */
  private extend({ bytes, states }: Way): boolean {
    const state = states.at(-1)!;
    if (this.arena.isNullable(state) || bytes.length > MAXIMUM_BYTES) return false;
    const byte = this.arena.shortestByte(state);
    if (byte < 0) return false;
    bytes.push(byte);
    states.push(this.arena.derivative(state, byte));
    return true;
  }

  /** The tokens that write the way from a place on, with the states after them. */
  private eachToken(way: Way, start: number, visit: (token: number, after: number) => void): void {
    const { trie } = this.vocabulary;
    let node = -1;
    for (let end = start; end < way.bytes.length || this.extend(way); end++) {
      node = trieChild(trie, node, way.bytes[end]!);
      if (node < 0) return;
      if (trie.token[node]! >= 0) visit(trie.token[node]!, way.states[end + 1]!);
    }
  }

  /** Its tokens. */
  tokens(expression: number): number[] {
    const tokens: number[] = [];
    for (let state = expression; !this.arena.isNullable(state); ) {
      let next = { token: -1, after: NOTHING, left: Number.POSITIVE_INFINITY };
      this.eachToken({ bytes: [], states: [state] }, 0, (token, after) => {
        const left = this.count(after);
        if (left < next.left) next = { token, after, left };
      });
      if (next.left === Number.POSITIVE_INFINITY || tokens.length > MAXIMUM_BYTES) throw tooLong();
      tokens.push(next.token);
      state = next.after;
    }
    return tokens;
  }

  /** Its bytes. */
  bytes(expression: number): Uint8Array {
    if (this.arena.minimumLength(expression) > MAXIMUM_BYTES) throw tooLong();
    return Uint8Array.from(this.arena.shortestText(expression), (byte) => byte.charCodeAt(0));
  }
}

function tooLong(): ConstraintError {
  return new ConstraintError('constraint/too-large', `no way to finish within ${MAXIMUM_BYTES} bytes was found`);
}
