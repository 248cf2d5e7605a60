import { byteString, encodeUtf8 } from '../utf8.js';
import type { Automaton, ShortestStart } from './automaton.js';
import { EMPTY_TEXT, type ExpressionArena, NOTHING } from './expression-arena.js';

/** A literal text and the expression that follows it. */
export interface LiteralBranch {
  text: string;
  /** Or how to make it, when a walk comes to it; it then must not be NOTHING. */
  then: number | (() => number);
  /** Bytes of the shortest text of `then`, where they are known. */
  rest?: number;
}

/** Literals that begin alike: those from `first` up to `end`, after so many bytes that they have in common. */
interface LiteralState {
  first: number;
  end: number;
  depth: number;
}

/** Longest common beginning that states can be told apart by. */
const MAXIMUM_DEPTH = 2 ** 24;

/**
 * Literals, each with its own continuation: 10,000 enum values or 500 tool names cost no more per byte than five. They
 * are sorted, so those that begin alike are neighbours, and the states of their prefix tree are made when a walk comes to
 * them.
 */
class LiteralAutomaton implements Automaton {
  private readonly arena: ExpressionArena;
  /** Sorted, and each once; a character for each byte. */
  private readonly texts: string[] = [];
  private readonly thens: LiteralBranch['then'][] = [];
  private readonly rests: (number | undefined)[] = [];
  private readonly states: LiteralState[] = [];
  private readonly stateIds = new Map<number, number>();
  private readonly minima: (number | undefined)[] = [];
  private readonly id: number;

  constructor(arena: ExpressionArena, branches: readonly LiteralBranch[]) {
    this.arena = arena;
    const sorted = branches
      .map(({ text, then, rest }) => ({ bytes: byteString(text), then, rest }))
      .filter(({ bytes, then }) => then !== NOTHING && arena.canWrite(bytes));
    sorted.sort((one, other) => (one.bytes < other.bytes ? -1 : one.bytes > other.bytes ? 1 : 0));
    for (const { bytes, then, rest } of sorted) {
      const last = this.texts.length - 1;
      if (this.texts[last] === bytes) {
        this.thens[last] = arena.alternation([this.then(last), typeof then === 'number' ? then : then()]);
        this.rests[last] = undefined;
      } else {
        this.texts.push(bytes);
        this.thens.push(then);
        this.rests.push(rest);
      }
    }
    this.id = arena.addAutomaton(this);
  }

  private then(index: number): number {
    const then = this.thens[index]!;
    if (typeof then === 'number') return then;
    return (this.thens[index] = then());
  }

  /** The expression of all of them. */
  start(): number {
    return this.enter(0, this.texts.length, 0);
  }

  /** The expression of those of a range, with what may follow where one of them ends here. */
  private enter(first: number, end: number, depth: number): number {
    const then = first < end && this.texts[first]!.length === depth ? this.then(first) : NOTHING;
    const start = then === NOTHING ? first : first + 1;
    if (start === end) return then;
    const onward = this.arena.automaton(this.id, this.state(start, end, depth));
    return then === NOTHING ? onward : this.arena.alternation([then, onward]);
  }

  private state(first: number, end: number, depth: number): number {
    const key = first * MAXIMUM_DEPTH + depth;
    let state = this.stateIds.get(key);
    if (state === undefined) {
      state = this.states.push({ first, end, depth }) - 1;
      this.stateIds.set(key, state);
    }
    return state;
  }

  fillRow(state: number, row: Int32Array): void {
    const { first, end, depth } = this.states[state]!;
    for (let start = first; start < end; ) {
      const byte = this.texts[start]!.charCodeAt(depth);
      let next = start + 1;
      while (next < end && this.texts[next]!.charCodeAt(depth) === byte) next++;
      row[byte] = this.enter(start, next, depth + 1);
      start = next;
    }
  }

  isNullable(): boolean {
    return false;
  }

  isAlive(): boolean {
    return true;
  }

  minimumLength(state: number): number {
    let least = this.minima[state];
    if (least === undefined) this.minima[state] = least = this.findMinimum(this.states[state]!);
    return least;
  }

  private findMinimum({ first, end, depth }: LiteralState): number {
    let least = Number.POSITIVE_INFINITY;
    for (let index = first; index < end; index++) {
      const length = this.texts[index]!.length - depth;
      if (length < least) least = Math.min(least, length + this.rest(index));
    }
    return least;
  }

  shortestStart(state: number): ShortestStart {
    const { first, depth } = this.states[state]!;
    const least = this.minimumLength(state);
    let index = first;
    while (this.texts[index]!.length - depth + this.rest(index) !== least) index++;
    return { bytes: this.texts[index]!.slice(depth), then: this.then(index) };
  }

  private rest(index: number): number {
    return (this.rests[index] ??= this.arena.minimumLength(this.then(index)));
  }
}

/** An expression for one of several literals, each followed by its own continuation. */
export function literals(arena: ExpressionArena, branches: readonly LiteralBranch[]): number {
  return new LiteralAutomaton(arena, branches).start();
}

/** An expression for one literal text. Short ones are plain sequences, so that equal ones are shared. */
export function literal(arena: ExpressionArena, text: string): number {
  const bytes = encodeUtf8(text);
  if (bytes.length > 16) return literals(arena, [{ text, then: EMPTY_TEXT }]);
  return arena.sequence(...Array.from(bytes, (byte) => arena.bytes(byte, byte)));
}
