import { encodeUtf8 } from '../utf8.js';
import type { Automaton } from './automaton.js';
import { type ExpressionArena, NOTHING } from './expression-arena.js';

/** What may follow inside a UTF-8 character (RFC 3629, section 4): first and last byte, and the state after it. */
const CONTINUATIONS = [
  { first: 0x80, last: 0xbf, next: -1, left: 1 },
  { first: 0x80, last: 0xbf, next: 0, left: 2 },
  { first: 0x80, last: 0xbf, next: 1, left: 3 },
  { first: 0xa0, last: 0xbf, next: 0, left: 2 },
  { first: 0x80, last: 0x9f, next: 0, left: 2 },
  { first: 0x90, last: 0xbf, next: 1, left: 3 },
  { first: 0x80, last: 0x8f, next: 1, left: 3 },
] as const;

/** Leading bytes of longer characters: first, last, state of CONTINUATIONS. */
const LEADS = [
  [0xc2, 0xdf, 0],
  [0xe0, 0xe0, 3],
  [0xe1, 0xec, 1],
  [0xed, 0xed, 4],
  [0xee, 0xef, 1],
  [0xf0, 0xf0, 5],
  [0xf1, 0xf3, 2],
  [0xf4, 0xf4, 6],
] as const;

/**
 * Any valid UTF-8 text, which may stop between two characters. Where the opening tag appears, `then` follows; where that
 * is NOTHING the tag cannot be written. States 0 to tag.length - 1 are the bytes of the tag that the text ends with
 * (Knuth, Morris and Pratt, 1977), the others lie inside a character.
 */
class TextAutomaton implements Automaton {
  private readonly arena: ExpressionArena;
  private readonly tag: Uint8Array;
  private readonly then: number;
  private readonly id: number;

  constructor(arena: ExpressionArena, tag: string, then: number) {
    this.arena = arena;
    this.tag = encodeUtf8(tag);
    this.then = then;
    this.id = arena.addAutomaton(this);
  }

  start(): number {
    return this.arena.automaton(this.id, 0);
  }

  /** Bytes of the tag that the text ends with after one more byte. */
  private matched(before: number, byte: number): number {
    for (let length = before + 1; length > 0; length--) {
      if (this.tag[length - 1] !== byte) continue;
      let same = true;
      // The last length - 1 bytes seen are tag[before - length + 1 .. before].
      for (let index = 0; index < length - 1 && same; index++) {
        same = this.tag[index] === this.tag[before - length + 1 + index];
      }
      if (same) return length;
    }
    return 0;
  }

  fillRow(state: number, row: Int32Array): void {
    const inside = state - this.tag.length;
    if (inside >= 0) {
      const { first, last, next } = CONTINUATIONS[inside]!;
      this.fill(row, first, last, this.arena.automaton(this.id, next < 0 ? 0 : this.tag.length + next));
      return;
    }
    for (let byte = 0; byte < 0x80; byte++) {
      if (!this.arena.isUsable(byte)) continue;
      const length = this.matched(state, byte);
      row[byte] = length === this.tag.length ? this.then : this.arena.automaton(this.id, length);
    }
    for (const [first, last, next] of LEADS) {
      this.fill(row, first, last, this.arena.automaton(this.id, this.tag.length + next));
    }
  }

  private fill(row: Int32Array, first: number, last: number, target: number): void {
    for (let byte = first; byte <= last; byte++) if (this.arena.isUsable(byte)) row[byte] = target;
  }

  isNullable(state: number): boolean {
    return state < this.tag.length;
  }

  minimumLength(state: number): number {
    return state < this.tag.length ? 0 : CONTINUATIONS[state - this.tag.length]!.left;
  }
}

/**
 * An expression for free text that must not contain `tag`, except to go on with `then`.
 * @param tag ASCII.
 */
export function textUntil(arena: ExpressionArena, tag: string, then: number = NOTHING): number {
  return new TextAutomaton(arena, tag, then).start();
}
