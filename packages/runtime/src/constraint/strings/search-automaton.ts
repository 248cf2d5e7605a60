import type { Automaton } from '../grammar/automaton.js';
import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { anyBody } from './json-string.js';

const automata = new WeakMap<ExpressionArena, SearchAutomaton>();

/**
 * String bodies that `ended` matches as a whole, and those that begin with what `open` matches. Once `open` has matched,
 * what follows is exactly anyBody: free text, and seen to be.
 */
export function endedOrOpen(arena: ExpressionArena, ended: number, open: number): number {
  if (open === NOTHING) return ended;
  if (arena.isNullable(open)) return anyBody(arena);
  let automaton = automata.get(arena);
  if (automaton === undefined) automata.set(arena, (automaton = new SearchAutomaton(arena)));
  return automaton.enter(ended, open);
}

/** States are pairs of expressions that are still to be matched; `open` is never nullable. */
class SearchAutomaton implements Automaton {
  private readonly arena: ExpressionArena;
  private readonly states: { readonly ended: number; readonly open: number }[] = [];
  private readonly stateIds = new Map<string, number>();
  private readonly id: number;

  constructor(arena: ExpressionArena) {
    this.arena = arena;
    this.id = arena.addAutomaton(this);
  }

  enter(ended: number, open: number): number {
    const key = `${ended},${open}`;
    let state = this.stateIds.get(key);
    if (state === undefined) this.stateIds.set(key, (state = this.states.push({ ended, open }) - 1));
    return this.arena.automaton(this.id, state);
  }

  fillRow(state: number, row: Int32Array): void {
    const { arena } = this;
    const { ended, open } = this.states[state]!;
    const endedOffset = arena.rowOffset(ended);
    const openOffset = arena.rowOffset(open);
    let previous = -1;
    for (let byte = 0; byte < 256; byte++) {
      const afterEnded = arena.rows[endedOffset + byte]!;
      const afterOpen = arena.rows[openOffset + byte]!;
      const isSame =
        previous >= 0 &&
        afterEnded === arena.rows[endedOffset + previous] &&
        afterOpen === arena.rows[openOffset + previous];
      row[byte] = isSame ? row[previous]! : endedOrOpen(arena, afterEnded, afterOpen);
      previous = byte;
    }
  }

  isNullable(state: number): boolean {
    return this.arena.isNullable(this.states[state]!.ended);
  }

  isAlive(): boolean {
    return true;
  }

  minimumLength(state: number): number {
    const { ended, open } = this.states[state]!;
    return Math.min(this.arena.minimumLength(ended), this.arena.minimumLength(open));
  }
}
