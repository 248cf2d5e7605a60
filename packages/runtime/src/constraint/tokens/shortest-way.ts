import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { decodeUtf8 } from '../utf8.js';
import { nameKeys } from '../values/name-keys.js';
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
    if (this.counts.size > MAXIMUM_COUNTS) this.counts.clear();
    const states: number[] = [];
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
      state = this.next(state).state;
      if (state === NOTHING || states.length > MAXIMUM_STEPS) return Number.POSITIVE_INFINITY;
    }
    for (let index = states.length - 1; index >= 0; index--) this.counts.set(states[index]!, ++rest);
    return rest;
  }

  /** Its tokens. */
  tokens(expression: number): number[] {
    const tokens: number[] = [];
    for (let state = expression; !this.arena.isNullable(state); ) {
      const next = this.next(state);
      if (next.state === NOTHING || tokens.length > MAXIMUM_STEPS) break;
      tokens.push(next.token);
      state = next.state;
    }
    return tokens;
  }

  /** Its bytes. */
  bytes(expression: number): Uint8Array {
    const bytes: number[] = [];
    for (let state = expression; !this.arena.isNullable(state); ) {
      const byte = this.arena.shortestByte(state);
      if (byte < 0 || bytes.length > MAXIMUM_STEPS) break;
      bytes.push(byte);
      state = this.after(state, byte, bytes);
    }
    return Uint8Array.from(bytes);
  }

  private next(expression: number): { token: number; state: number } {
    const { arena, vocabulary } = this;
    const { trie } = vocabulary;
    const bytes: number[] = [];
    let node = -1;
    let state = expression;
    let found = { token: -1, state: NOTHING };
    while (!arena.isNullable(state)) {
      const byte = arena.shortestByte(state);
      if (byte < 0) break;
      node = trieChild(trie, node, byte);
      if (node < 0) break;
      bytes.push(byte);
      state = this.after(state, byte, bytes);
      if (trie.token[node]! >= 0) found = { token: trie.token[node]!, state };
    }
    return found;
  }

  /** Names that end on the way become known; the beginning of one that began before it is not. */
  private after(expression: number, byte: number, bytes: readonly number[]): number {
    const state = this.arena.derivative(expression, byte);
    return byte === QUOTE && state !== NOTHING ? nameKeys(this.arena, state, () => nameBefore(bytes)) : state;
  }
}

/** The name that ends with the last of the bytes. What came before the bytes is taken to be a control character. */
function nameBefore(bytes: readonly number[]): string {
  let start = bytes.length - 1;
  while (start > 0 && (bytes[start - 1] !== QUOTE || bytes[start - 2] === BACKSLASH)) start--;
  const text = decodeUtf8(Uint8Array.from(bytes.slice(start, -1)));
  try {
    return `${start === 0 ? '\0' : ''}${JSON.parse(`"${text ?? ''}"`)}`;
  } catch {
    return '\0';
  }
}
