import { encodeUtf8 } from '../utf8.js';
import type { Automaton } from './automaton.js';
import { EMPTY_TEXT, type ExpressionArena, NOTHING } from './expression-arena.js';

/** A literal text and the expression that follows it. */
export interface LiteralBranch {
  text: string;
  then: number;
}

interface LiteralState {
  children: Map<number, number>;
  /** What follows where a literal ends here. */
  then: number;
  /** Bytes of the shortest way on from here, through children only. */
  minimum: number;
}

/**
 * Literals as a prefix tree, each with its own continuation: 10,000 enum values or 500 tool names cost no more per byte
 * than five.
 */
class LiteralAutomaton implements Automaton {
  private readonly arena: ExpressionArena;
  private readonly states: LiteralState[] = [{ children: new Map(), then: NOTHING, minimum: Number.POSITIVE_INFINITY }];
  private readonly id: number;

  constructor(arena: ExpressionArena, branches: readonly LiteralBranch[]) {
    this.arena = arena;
    for (const { text, then } of branches) this.insert(encodeUtf8(text), then);
    // Children have higher numbers than their parents.
    for (let state = this.states.length - 1; state >= 0; state--) {
      const entry = this.states[state]!;
      for (const child of entry.children.values()) {
        const { then, minimum } = this.states[child]!;
        entry.minimum = Math.min(entry.minimum, 1 + arena.minimumLength(then), 1 + minimum);
      }
    }
    this.id = arena.addAutomaton(this);
  }

  private insert(bytes: Uint8Array, then: number): void {
    if (bytes.some((byte) => !this.arena.isUsable(byte))) return;
    let state = 0;
    for (const byte of bytes) {
      let child = this.states[state]!.children.get(byte);
      if (child === undefined) {
        child = this.states.push({ children: new Map(), then: NOTHING, minimum: Number.POSITIVE_INFINITY }) - 1;
        this.states[state]!.children.set(byte, child);
      }
      state = child;
    }
    this.states[state]!.then = this.arena.alternation([this.states[state]!.then, then]);
  }

  /** The expression of a state, with what may follow where a literal ends there. */
  enter(state: number): number {
    const { then } = this.states[state]!;
    const onward = this.arena.automaton(this.id, state);
    return then === NOTHING ? onward : this.arena.alternation([then, onward]);
  }

  fillRow(state: number, row: Int32Array): void {
    for (const [byte, child] of this.states[state]!.children) row[byte] = this.enter(child);
  }

  isNullable(): boolean {
    return false;
  }

  minimumLength(state: number): number {
    return this.states[state]!.minimum;
  }
}

/** An expression for one of several literals, each followed by its own continuation. */
export function literals(arena: ExpressionArena, branches: readonly LiteralBranch[]): number {
  return new LiteralAutomaton(arena, branches).enter(0);
}

/** An expression for one literal text. Short ones are plain sequences, so that equal ones are shared. */
export function literal(arena: ExpressionArena, text: string): number {
  const bytes = encodeUtf8(text);
  if (bytes.length > 16) return literals(arena, [{ text, then: EMPTY_TEXT }]);
  return arena.sequence(...Array.from(bytes, (byte) => arena.bytes(byte, byte)));
}
