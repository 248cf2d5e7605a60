import { EMPTY_TEXT, type ExpressionArena, NOTHING, UNBOUNDED } from '../grammar/expression-arena.js';
import { canonicalCharacter } from './json-string.js';
import { type Pattern, PatternError } from './pattern.js';
import { endedOrOpen } from './search-automaton.js';

type Look = Extract<Pattern, { kind: 'look' }>;

/** String bodies, from some place on: those that `ended` matches, and those that begin with what `open` matches. */
export interface Rest {
  readonly ended: number;
  readonly open: number;
}

/** The pattern has been found: whatever follows. */
export const FOUND: Rest = { ended: NOTHING, open: EMPTY_TEXT };
const NEVER: Rest = { ended: NOTHING, open: NOTHING };

/** Assertions that repetitions of them may be written out to. */
const MAXIMUM_UNROLLED = 100;

/**
 * Whether PatternCompiler takes the pattern. It does not take assertions that look back (but for `^`), nor those in an
 * unbounded repetition.
 */
export function isCompilable(pattern: Pattern): boolean {
  return unrolledSize(pattern, false) <= MAXIMUM_UNROLLED;
}

function unrolledSize(pattern: Pattern, negated: boolean): number {
  if (pattern.isPlain) return 0;
  switch (pattern.kind) {
    case 'start':
      // What may follow at the start would no longer be more than what may follow elsewhere.
      return negated ? Number.POSITIVE_INFINITY : 1;
    case 'end':
      return 1;
    case 'look':
      return pattern.behind ? Number.POSITIVE_INFINITY : 1 + unrolledSize(pattern.part, negated || pattern.negated);
    case 'sequence':
      return pattern.parts.reduce((sum, part) => sum + unrolledSize(part, negated), 0);
    case 'alternation':
      return pattern.options.reduce((sum, option) => sum + unrolledSize(option, negated), 0);
    case 'repetition':
      if (pattern.maximum === UNBOUNDED) return Number.POSITIVE_INFINITY;
      return pattern.maximum * unrolledSize(pattern.part, negated);
    default:
      return Number.POSITIVE_INFINITY;
  }
}

/**
 * Patterns as expressions, each compiled for what follows it: a lookahead is then the intersection of what it asks for
 * and what follows, and `$` leaves of what follows only the empty text.
 */
export class PatternCompiler {
  private readonly arena: ExpressionArena;
  private readonly anything: number;

  constructor(arena: ExpressionArena) {
    this.arena = arena;
    this.anything = arena.complement(NOTHING);
  }

  /** A pattern without assertions. */
  plain(pattern: Pattern): number {
    const { arena } = this;
    switch (pattern.kind) {
      case 'set':
        return canonicalCharacter(arena, pattern.ranges);
      case 'sequence':
        return pattern.parts.reduceRight((after, part) => arena.sequence(this.plain(part), after), EMPTY_TEXT);
      case 'alternation':
        return arena.alternation(pattern.options.map((option) => this.plain(option)));
      case 'repetition':
        return arena.repetition(this.plain(pattern.part), pattern.minimum, pattern.maximum);
      default:
        throw new PatternError('an assertion where none can be');
    }
  }

  /**
   * The pattern at some place of a string, with all that follows.
   * @param atStart Whether the place is the start of the string.
   * @param here What follows a match that takes no character.
   * @param later What follows one that does. Where `atStart` is false both are the same.
   */
  compile(pattern: Pattern, atStart: boolean, here: Rest, later: Rest): Rest {
    const { arena } = this;
    if (pattern.isPlain) {
      const rest = this.after(this.plain(pattern), later);
      const isSame = here.ended === later.ended && here.open === later.open;
      return pattern.isNullable && !isSame ? this.either([rest, here]) : rest;
    }
    switch (pattern.kind) {
      case 'start':
        return atStart ? here : NEVER;
      case 'end':
        return arena.isNullable(here.ended) || arena.isNullable(here.open)
          ? { ended: EMPTY_TEXT, open: NOTHING }
          : NEVER;
      case 'look':
        return this.lookaheads([pattern], atStart, here);
      case 'sequence':
        return this.sequence(pattern.parts, atStart, here, later);
      case 'alternation':
        return this.either(pattern.options.map((option) => this.compile(option, atStart, here, later)));
      case 'repetition':
        return this.repetition(pattern, atStart, here, later);
      default:
        throw new PatternError('an assertion where none can be');
    }
  }

  private after(expression: number, { ended, open }: Rest): Rest {
    return { ended: this.arena.sequence(expression, ended), open: this.arena.sequence(expression, open) };
  }

  private either(options: readonly Rest[]): Rest {
    if (options.length === 1) return options[0]!;
    return {
      ended: this.arena.alternation(options.map(({ ended }) => ended)),
      open: this.arena.alternation(options.map(({ open }) => open)),
    };
  }

  /** Lookaheads at the same place, which are one intersection. */
  private lookaheads(looks: readonly Look[], atStart: boolean, here: Rest): Rest {
    const { arena, anything } = this;
    const wanted = looks.map(({ part, negated }) => {
      const { ended, open } = this.compile(part, atStart, FOUND, FOUND);
      const seen = arena.isNullable(open) ? anything : arena.alternation([ended, arena.sequence(open, anything)]);
      return negated ? arena.complement(seen) : seen;
    });
    if (wanted.every((expression) => expression === anything)) return here;
    return { ended: arena.intersection([...wanted, endedOrOpen(arena, here.ended, here.open)]), open: NOTHING };
  }

  private sequence(parts: readonly Pattern[], atStart: boolean, here: Rest, later: Rest): Rest {
    if (!atStart && parts.some(({ kind }) => kind === 'start')) return NEVER;
    // Up to `reach` nothing need have been taken, up to `atStartOnly` nothing can have been.
    const reach = atStart ? countWhile(parts, ({ isNullable }) => isNullable) : -1;
    const atStartOnly = atStart ? countWhile(parts, isAssertion) : -1;
    for (let index = parts.length - 1; index >= 0; index--) {
      const part = parts[index]!;
      const looks = part.kind === 'look' ? lastLooks(parts, index) : [];
      if (looks.length > 1) {
        later = index - looks.length + 1 > atStartOnly ? this.lookaheads(looks, false, later) : NEVER;
        if (index <= reach) here = this.lookaheads(looks, true, here);
        index -= looks.length - 1;
        continue;
      }
      const elsewhere = index > atStartOnly ? this.compile(part, false, later, later) : NEVER;
      if (index <= reach) here = this.compile(part, true, here, later);
      later = elsewhere;
    }
    return atStart ? here : later;
  }

  private repetition(
    { part, minimum, maximum }: Extract<Pattern, { kind: 'repetition' }>,
    atStart: boolean,
    here: Rest,
    later: Rest,
  ): Rest {
    // X{1,3} is X(X(X)?)?
    let after: [here: Rest, later: Rest] = [here, later];
    for (let count = maximum; count > 0; count--) {
      const next: [Rest, Rest] = [
        atStart ? this.compile(part, true, after[0], after[1]) : NEVER,
        this.compile(part, false, after[1], after[1]),
      ];
      after = count > minimum ? [this.either([here, next[0]]), this.either([later, next[1]])] : next;
    }
    return after[atStart ? 0 : 1];
  }
}

/** Lookaheads in a row, up to this one. */
function lastLooks(parts: readonly Pattern[], last: number): Look[] {
  const looks: Look[] = [];
  for (let part = parts[last]; part?.kind === 'look'; part = parts[last - looks.length]) looks.push(part);
  return looks;
}

function isAssertion({ kind }: Pattern): boolean {
  return kind === 'start' || kind === 'end' || kind === 'look' || kind === 'word-boundary';
}

/** How many of the first parts are so. */
function countWhile(parts: readonly Pattern[], holds: (part: Pattern) => boolean): number {
  const end = parts.findIndex((part) => !holds(part));
  return end < 0 ? parts.length : end;
}
