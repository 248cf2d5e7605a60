import { ConstraintError } from '../constraint-error.js';
import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { decodeUtf8 } from '../utf8.js';
import { keyPrefix, nameKeys, settleNames } from '../values/name-keys.js';
import { stringStart } from './string-start.js';
import { trieChild } from './token-trie.js';
import type { Vocabulary } from './vocabulary.js';

const QUOTE = 0x22;
const MAXIMUM_COUNTS = 100_000;
/** Longest way that is followed, in bytes. */
const MAXIMUM_BYTES = 20_000;

/** The way to finish that takes the fewest bytes, cut into longest matches of the vocabulary. */
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
   * @param limit Stops counting above it.
   */
  count(expression: number, limit: number = Number.POSITIVE_INFINITY): number {
    const known = this.counts.get(expression);
    if (known !== undefined) return known;
    const { arena } = this;
    // No token has more bytes than the longest; lengths can be some bytes above the truth.
    if (arena.minimumLength(expression) > Math.min(MAXIMUM_BYTES, 64 + 2 * limit * this.vocabulary.longestToken)) {
      return Number.POSITIVE_INFINITY;
    }
    if (arena.countsNames) {
      const settled = settleNames(arena, expression);
      if (settled !== expression) return this.count(settled, limit);
    }
    if (this.counts.size > MAXIMUM_COUNTS) this.counts.clear();
    const states: number[] = [];
    const history: number[] = [];
    let state = expression;
    let rest = 0;
    while (!arena.isNullable(state)) {
      const counted = this.counts.get(state);
      if (counted !== undefined) {
        rest = counted;
        break;
      }
      states.push(state);
      if (states.length > limit) return states.length;
      state = this.next(state, history).state;
      if (state === NOTHING || states.length > MAXIMUM_BYTES) return Number.POSITIVE_INFINITY;
    }
    for (let index = states.length - 1; index >= 0; index--) this.counts.set(states[index]!, ++rest);
    return rest;
  }

  /**
   * Its tokens.
   * @param before The bytes before the expression.
   */
  tokens(expression: number, before: Uint8Array): number[] {
    const tokens: number[] = [];
    const history = Array.from(before);
    for (let state = expression; !this.arena.isNullable(state); ) {
      const next = this.next(state, history);
      if (next.state === NOTHING || tokens.length > MAXIMUM_BYTES) throw tooLong();
      tokens.push(next.token);
      state = next.state;
    }
    return tokens;
  }

  /**
   * Its bytes.
   * @param before The bytes before the expression.
   */
  bytes(expression: number, before: Uint8Array): Uint8Array {
    if (this.arena.minimumLength(expression) > MAXIMUM_BYTES) throw tooLong();
    const bytes = Array.from(before);
    for (let state = expression; !this.arena.isNullable(state); ) {
      const byte = this.arena.shortestByte(state);
      if (byte < 0 || bytes.length - before.length > MAXIMUM_BYTES) throw tooLong();
      state = this.after(state, byte, bytes);
      bytes.push(byte);
    }
    return Uint8Array.from(bytes.slice(before.length));
  }

  /** @param history The bytes so far; those of the token are added. */
  private next(expression: number, history: number[]): { token: number; state: number } {
    const { arena, vocabulary } = this;
    const { trie } = vocabulary;
    const start = history.length;
    let end = start;
    let node = -1;
    let state = expression;
    let found = { token: -1, state: NOTHING };
    while (!arena.isNullable(state)) {
      const byte = arena.shortestByte(state);
      if (byte < 0) break;
      node = trieChild(trie, node, byte);
      if (node < 0) break;
      state = this.after(state, byte, history);
      history.push(byte);
      if (trie.token[node]! < 0) continue;
      found = { token: trie.token[node]!, state };
      end = history.length;
    }
    history.length = end;
    return found;
  }

  /** Names that end on the way become known to their objects. */
  private after(expression: number, byte: number, history: readonly number[]): number {
    const { arena } = this;
    const state = arena.derivative(expression, byte);
    if (byte !== QUOTE || state === NOTHING) return state;
    // A name that began before all that is known of is taken to be one that nobody writes.
    return nameKeys(arena, state, () => nameBefore(history) ?? keyPrefix(arena, expression) ?? '\0');
  }
}

function tooLong(): ConstraintError {
  return new ConstraintError('constraint/too-large', `no way to finish within ${MAXIMUM_BYTES} bytes was found`);
}

/** The name that the bytes end in; undefined where it began before them. */
function nameBefore(history: readonly number[]): string | undefined {
  const start = stringStart(history, true);
  const text = start < 0 ? undefined : decodeUtf8(Uint8Array.from(history.slice(start)));
  return text === undefined ? undefined : (JSON.parse(`"${text}"`) as string);
}
