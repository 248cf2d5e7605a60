import { UNBOUNDED } from '../grammar/expression-arena.js';
import { WORD } from './character-classes.js';
import { type CodePointRanges, rangesKey } from './code-points.js';
import {
  alternationPattern,
  assertionPattern,
  optionsOf,
  type Pattern,
  PatternError,
  partsOf,
  sequencePattern,
  setPattern,
} from './pattern.js';

/** One step of a program; `next` and the like are positions of instructions. */
export type Instruction =
  | { kind: 'set'; set: number; next: number }
  | { kind: 'split'; first: number; second: number }
  | { kind: 'look'; look: number; negated: boolean; next: number }
  | { kind: 'accept' };

/** A pattern with assertions as a program (Thompson, "Regular Expression Search Algorithm", 1968). */
export interface AssertionProgram {
  readonly instructions: readonly Instruction[];
  readonly sets: readonly CodePointRanges[];
  /** What the assertions look for. Those inside of others come before them. */
  readonly looks: readonly { readonly behind: boolean; readonly start: number }[];
  /** Finds the pattern anywhere in the string. */
  readonly start: number;
}

const MAXIMUM_INSTRUCTIONS = 10_000;

/** @param universe All characters that there are. */
export function assertionProgram(pattern: Pattern, universe: CodePointRanges): AssertionProgram {
  const builder = new ProgramBuilder(universe);
  const accept = builder.add({ kind: 'accept' });
  // What begins with `^` need not be told that it stands at the start.
  const starts = optionsOf(pattern).map((option) => {
    const [first, ...rest] = partsOf(option);
    if (first?.kind === 'start') return builder.build(sequencePattern(rest), accept);
    return builder.search(builder.build(option, accept));
  });
  const start = builder.anyOf(starts);
  return { instructions: builder.instructions, sets: builder.sets, looks: builder.looks, start };
}

class ProgramBuilder {
  readonly instructions: Instruction[] = [];
  readonly sets: CodePointRanges[] = [];
  readonly looks: { behind: boolean; start: number }[] = [];
  private readonly setIds = new Map<string, number>();
  private readonly aheadIds = new Map<Pattern, number>();
  private readonly behindIds = new Map<Pattern, number>();
  private readonly any: Pattern;
  private readonly word = setPattern(WORD);

  constructor(universe: CodePointRanges) {
    this.any = setPattern(universe);
  }

  add(instruction: Instruction): number {
    if (this.instructions.length >= MAXIMUM_INSTRUCTIONS) {
      throw new PatternError('with assertions like these it is too long, or its counts are too large');
    }
    return this.instructions.push(instruction) - 1;
  }

  /** Goes on at all of the positions; nowhere if there are none. */
  anyOf(starts: readonly number[]): number {
    if (starts.length === 0) return this.add({ kind: 'set', set: this.setId([]), next: 0 });
    return starts.reduce((first, second) => this.add({ kind: 'split', first, second }));
  }

  /** Any characters, and then what is at `found`. */
  search(found: number): number {
    const split = { kind: 'split' as const, first: 0, second: found };
    const start = this.add(split);
    split.first = this.build(this.any, start);
    return start;
  }

  /** Instructions that match the pattern and go on at `next`; built from the end. */
  build(pattern: Pattern, next: number): number {
    switch (pattern.kind) {
      case 'set':
        return this.add({ kind: 'set', set: this.setId(pattern.ranges), next });
      case 'sequence':
        return pattern.parts.reduceRight((after, part) => this.build(part, after), next);
      case 'alternation':
        return this.anyOf(pattern.options.map((option) => this.build(option, next)));
      case 'repetition':
        return this.repetition(pattern.part, pattern.minimum, pattern.maximum, next);
      case 'look':
        return this.look(pattern.part, pattern.behind, pattern.negated, next);
      case 'start':
        return this.look(this.any, true, true, next);
      case 'end':
        return this.look(this.any, false, true, next);
      case 'word-boundary':
        return this.build(this.wordBoundary(pattern.negated), next);
    }
  }

  private setId(ranges: CodePointRanges): number {
    const key = rangesKey(ranges);
    let id = this.setIds.get(key);
    if (id === undefined) this.setIds.set(key, (id = this.sets.push(ranges) - 1));
    return id;
  }

  private repetition(part: Pattern, minimum: number, maximum: number, next: number): number {
    let after = next;
    if (maximum === UNBOUNDED) {
      const loop = { kind: 'split' as const, first: 0, second: next };
      after = this.add(loop);
      loop.first = this.build(part, after);
      if (minimum > 0) after = loop.first;
      minimum--;
    } else {
      for (let count = maximum; count > minimum; count--) {
        after = this.add({ kind: 'split', first: this.build(part, after), second: next });
      }
    }
    for (let count = minimum; count > 0; count--) after = this.build(part, after);
    return after;
  }

  private look(part: Pattern, behind: boolean, negated: boolean, next: number): number {
    const ids = behind ? this.behindIds : this.aheadIds;
    let look = ids.get(part);
    if (look === undefined) {
      const start = this.build(part, this.add({ kind: 'accept' }));
      look = this.looks.push({ behind, start }) - 1;
      ids.set(part, look);
    }
    return this.add({ kind: 'look', look, negated, next });
  }

  private wordBoundary(negated: boolean): Pattern {
    const look = (behind: boolean, negated: boolean) =>
      assertionPattern({ kind: 'look', behind, negated, part: this.word });
    return alternationPattern([
      sequencePattern([look(true, false), look(false, !negated)]),
      sequencePattern([look(true, true), look(false, negated)]),
    ]);
  }
}
