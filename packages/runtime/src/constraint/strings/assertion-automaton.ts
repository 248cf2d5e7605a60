import type { Automaton } from '../grammar/automaton.js';
import { EMPTY_TEXT, type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { assertionProgram } from './assertion-program.js';
import { type CharacterKind, partitionCharacters } from './character-partition.js';
import { ALL_CODE_POINTS, ALL_CODE_UNITS, type CodePointRanges, intersect, normaliseRanges } from './code-points.js';
import { Determiniser, type StateTable } from './determiniser.js';
import { anyBody, canonicalCharacter } from './json-string.js';
import type { RegularExpression } from './regular-expression.js';

/**
 * String bodies in which a pattern with assertions of any kind is found. All states are made at once. Throws a
 * PatternError where they are too many.
 */
export function assertionBody(arena: ExpressionArena, { pattern, unicode }: RegularExpression): number {
  const universe = unicode ? ALL_CODE_POINTS : ALL_CODE_UNITS;
  const program = assertionProgram(pattern, universe);
  const partition = partitionCharacters(program.sets, universe, unicode);
  const table = new Determiniser(program, partition).determinise();
  return new AssertionAutomaton(arena, partition.kinds, table).enter(0);
}

class AssertionAutomaton implements Automaton {
  private readonly arena: ExpressionArena;
  private readonly kinds: readonly CharacterKind[];
  private readonly table: StateTable;
  /** By state: bytes of the shortest end. */
  private readonly minima: Float64Array;
  /** By state: 1 where the string must end. */
  private readonly isLast: Uint8Array;
  /** By state: 1 where it may end, whatever comes. */
  private readonly isFree: Uint8Array;
  /** By the numbers of the kinds that are in it. */
  private readonly characters = new Map<string, number>();
  private readonly id: number;

  constructor(arena: ExpressionArena, kinds: readonly CharacterKind[], table: StateTable) {
    this.arena = arena;
    this.kinds = kinds;
    this.table = table;
    const { next, accepting } = table;
    this.isFree = Uint8Array.from(accepting, Number);
    settle(next.length, (state) => {
      if (this.isFree[state] === 0 || next[state]!.every((target) => this.isFree[target] === 1)) return false;
      this.isFree[state] = 0;
      return true;
    });
    const lengths = kinds.map(({ ranges }) => shortestCharacter(arena, ranges));
    this.minima = Float64Array.from(accepting, (accepts) => (accepts ? 0 : Number.POSITIVE_INFINITY));
    settle(next.length, (state) => {
      const before = this.minima[state]!;
      let least = before;
      for (let kind = 0; kind < lengths.length; kind++) {
        least = Math.min(least, lengths[kind]! + this.minima[next[state]![kind]!]!);
      }
      this.minima[state] = least;
      return least < before;
    });
    this.isLast = Uint8Array.from(accepting, (accepts, state) =>
      accepts && next[state]!.every((target) => this.minima[target] === Number.POSITIVE_INFINITY) ? 1 : 0,
    );
    this.id = arena.addAutomaton(this);
  }

  /** The expression of a state. */
  enter(state: number): number {
    if (this.isFree[state] === 1) return anyBody(this.arena);
    return this.isLast[state] === 1 ? EMPTY_TEXT : this.arena.automaton(this.id, state);
  }

  fillRow(state: number, row: Int32Array): void {
    const { arena } = this;
    const kindsByTarget = new Map<number, number[]>();
    for (const [kind, target] of this.table.next[state]!.entries()) {
      const after = this.enter(target);
      if (after === NOTHING) continue;
      const kinds = kindsByTarget.get(after);
      if (kinds === undefined) kindsByTarget.set(after, [kind]);
      else kinds.push(kind);
    }
    const options = Array.from(kindsByTarget, ([after, kinds]) => arena.sequence(this.character(kinds), after));
    const offset = arena.rowOffset(arena.alternation(options));
    row.set(arena.rows.subarray(offset, offset + 256));
  }

  private character(kinds: readonly number[]): number {
    const key = kinds.join();
    let expression = this.characters.get(key);
    if (expression === undefined) {
      const ranges = normaliseRanges(kinds.flatMap((kind) => this.kinds[kind]!.ranges));
      expression = canonicalCharacter(this.arena, ranges);
      this.characters.set(key, expression);
    }
    return expression;
  }

  isNullable(state: number): boolean {
    return this.table.accepting[state]!;
  }

  minimumLength(state: number): number {
    return this.minima[state]!;
  }
}

/** Calls `update` for every state until none changes any more. From the last: states mostly lead to later ones. */
function settle(states: number, update: (state: number) => boolean): void {
  for (let changed = true; changed; ) {
    changed = false;
    for (let state = states - 1; state >= 0; state--) if (update(state)) changed = true;
  }
}

/** Bytes of the shortest character out of the ranges; Infinity where none can be written. */
function shortestCharacter(arena: ExpressionArena, ranges: CodePointRanges): number {
  const ascii = arena.minimumLength(canonicalCharacter(arena, intersect(ranges, [[0, 0x7f]])));
  // The rest is ordered by length, and there may be many.
  for (const range of intersect(ranges, [[0x80, 0x10ffff]])) {
    const length = arena.minimumLength(canonicalCharacter(arena, [range]));
    if (length < Number.POSITIVE_INFINITY) return Math.min(ascii, length);
  }
  return ascii;
}
