import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { decodeUtf8 } from '../utf8.js';
import { keyPrefix, nameKeys, settleNames } from '../values/name-keys.js';
import { trieChild } from './token-trie.js';
import type { Vocabulary } from './vocabulary.js';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const MAXIMUM_COUNTS = 100_000;
/** Tokens after which a way is taken to lead nowhere. */
const MAXIMUM_STEPS = 200_000;

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
      if (state === NOTHING || states.length > MAXIMUM_STEPS) return Number.POSITIVE_INFINITY;
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
      if (next.state === NOTHING || tokens.length > MAXIMUM_STEPS) break;
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
    const bytes = Array.from(before);
    for (let state = expression; !this.arena.isNullable(state); ) {
      const byte = this.arena.shortestByte(state);
      if (byte < 0 || bytes.length > MAXIMUM_STEPS) break;
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

/** The name that the bytes end in; undefined where it began before them. */
function nameBefore(history: readonly number[]): string | undefined {
  for (let start = history.length - 1; start >= 0; start--) {
    if (history[start] !== QUOTE) continue;
    let slashes = 0;
    while (history[start - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 1) continue;
    const text = decodeUtf8(Uint8Array.from(history.slice(start + 1)));
    return text === undefined ? undefined : (JSON.parse(`"${text}"`) as string);
  }
  return undefined;
}
