import type { Automaton } from '../grammar/automaton.js';
import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { ExponentPart, type ExponentRange } from './exponent-part.js';
import type { IntervalEnds } from './interval-ends.js';
import { hasDigits } from './usable-digits.js';

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;
const LETTERS = [0x45, 0x65];

/** As many as JavaScript writes. */
const SIGNIFICANT_DIGITS = 17;
/** Zeros between the point and the first other digit. */
const LEADING_ZEROS = 24;
const EXPONENTS_OF_ZERO: readonly ExponentRange[] = [{ low: -999, high: 999 }];

/** Bytes of a digit, the letter and an exponent of one digit. */
const SHORTEST = 3;

/** Where in a numeral a state lies. */
const START = 0;
const SIGNED = 1;
const ZERO_WHOLE = 2;
/** Behind the point, with nothing but zeros so far. */
const ZERO_FRACTION = 3;
const WHOLE = 4;
/** Just behind the point, after a digit that is not 0. */
const AT_POINT = 5;
const FRACTION = 6;

interface State {
  phase: number;
  /** The minus sign has been written. */
  isNegative: boolean;
  /** Decimal exponent of the digits read as 0.d1d2d3...; in ZERO_FRACTION minus the number of zeros. */
  exponent: number;
  /** Significant digits so far. */
  digits: number;
  /** Range of interval ends that begin with them. */
  low: number;
  high: number;
  minimum: number;
}

interface ScientificForms {
  /** Whether zero may be written with an exponent. */
  zero: boolean;
  /** Only one digit before the point, and not 0, as JSON.stringify writes them. */
  normalized: boolean;
}

/**
 * Numerals with an exponent, `-?(0|[1-9][0-9]*)(.[0-9]+)?[Ee][+-]?[0-9]{1,3}`, of magnitudes within intervals. The
 * significant digits are compared with those of the interval ends; which exponents may follow depends on where they stand.
 */
class ScientificNumeral implements Automaton {
  private readonly arena: ExpressionArena;
  private readonly positive: IntervalEnds | undefined;
  private readonly negative: IntervalEnds | undefined;
  private readonly forms: ScientificForms;
  private readonly exponentPart: ExponentPart;
  /** True where all digits can be written; otherwise the ways to stop have to be searched. */
  private readonly isComplete: boolean;
  private readonly states: State[] = [];
  private readonly ids = new Map<string, number>();
  private readonly ranges = new Map<string, readonly ExponentRange[]>();
  private readonly id: number;

  constructor(
    arena: ExpressionArena,
    positive: IntervalEnds | undefined,
    negative: IntervalEnds | undefined,
    forms: ScientificForms,
  ) {
    this.arena = arena;
    this.positive = positive;
    this.negative = negative;
    this.forms = forms;
    this.exponentPart = new ExponentPart(arena);
    this.isComplete = hasDigits(arena) && arena.isUsable(POINT) && arena.isUsable(MINUS);
    this.id = arena.addAutomaton(this);
  }

  start(): number {
    return this.arena.automaton(this.id, this.state(START, false, 0, 0, 0, 0));
  }

  fillRow(id: number, row: Int32Array): void {
    const state = this.states[id]!;
    for (let byte = MINUS; byte <= NINE; byte++) {
      if (!this.arena.isUsable(byte)) continue;
      const next = this.next(state, byte);
      if (next >= 0) row[byte] = this.arena.automaton(this.id, next);
    }
    const exponent = this.exponentAfter(state);
    if (exponent === NOTHING) return;
    for (const letter of LETTERS) if (this.arena.isUsable(letter)) row[letter] = exponent;
  }

  isNullable(): boolean {
    return false;
  }

  isAlive(id: number): boolean {
    // States that nothing may follow are not made.
    return this.isComplete || this.minimumLength(id) !== Number.POSITIVE_INFINITY;
  }

  minimumLength(id: number): number {
    const state = this.states[id]!;
    if (!Number.isNaN(state.minimum)) return state.minimum;
    const exponent = this.exponentAfter(state);
    let minimum = exponent === NOTHING ? Number.POSITIVE_INFINITY : 1 + this.arena.minimumLength(exponent);
    const first = this.firstToSearch(state, exponent !== NOTHING);
    // Zeros in front make any numeral but zero longer.
    const skipsZero = this.isComplete && state.phase <= SIGNED && (state.isNegative || !this.forms.zero);
    for (let byte = first; byte <= NINE && minimum > SHORTEST; byte++) {
      if (byte === ZERO && skipsZero) continue;
      const next = this.arena.isUsable(byte) ? this.next(state, byte) : -1;
      if (next >= 0) minimum = Math.min(minimum, 1 + this.minimumLength(next));
    }
    state.minimum = minimum;
    return minimum;
  }

  /**
   * The first byte to search for a shorter way to stop than an exponent at once. More digits shorten the exponent by no
   * more than they take, so that they only help where a bound lets nothing else pass, or values in between are excluded.
   */
  private firstToSearch({ phase, isNegative, low, high }: State, canStop: boolean): number {
    if (!this.isComplete) return MINUS;
    const isSearched = phase <= ZERO_FRACTION || phase === AT_POINT || low < high;
    if (!isSearched || (canStop && this.ends(isNegative)?.count === 2)) return NINE + 1;
    // A digit before the point does what one behind it does.
    return phase === WHOLE && !this.forms.normalized ? ZERO : MINUS;
  }

  private ends(isNegative: boolean): IntervalEnds | undefined {
    return isNegative ? this.negative : this.positive;
  }

  /** The expression behind the letter of the exponent; NOTHING where it may not come. */
  private exponentAfter({ phase, isNegative, exponent, digits, low, high }: State): number {
    if (phase === ZERO_WHOLE || (phase === ZERO_FRACTION && exponent < 0)) {
      return this.forms.zero && !isNegative ? this.exponentPart.within(EXPONENTS_OF_ZERO) : NOTHING;
    }
    if (phase !== WHOLE && phase !== FRACTION) return NOTHING;
    const ranges = this.rangesFor(isNegative, digits, low, high);
    if (ranges.length === 0) return NOTHING;
    const shifted = ranges.map((range) => ({ low: range.low - exponent, high: range.high - exponent }));
    return this.exponentPart.within(shifted);
  }

  /** Decimal exponents with which the significant digits lie inside an interval. */
  private rangesFor(isNegative: boolean, digits: number, low: number, high: number): readonly ExponentRange[] {
    const key = `${isNegative ? 1 : 0},${low < high ? digits : 0},${low},${high}`;
    const known = this.ranges.get(key);
    if (known !== undefined) return known;
    const ends = this.ends(isNegative)!;
    const ranges: ExponentRange[] = [];
    const add = (from: number, to: number) => {
      const last = ranges[ranges.length - 1];
      if (last !== undefined && last.high + 1 === from) last.high = to;
      else ranges.push({ low: from, high: to });
    };
    let previous = Number.NaN;
    for (const exponent of ends.endExponents) {
      if (exponent === previous) continue;
      if (previous + 1 < exponent && ends.isInside(previous + 1, 0)) add(previous + 1, exponent - 1);
      if (ends.includes(exponent, low, high, digits)) add(exponent, exponent);
      previous = exponent;
    }
    this.ranges.set(key, ranges);
    return ranges;
  }

  /** The state after one more byte that does not begin the exponent, or -1. */
  private next(state: State, byte: number): number {
    const { phase, isNegative, exponent, digits, low, high } = state;
    if (byte === MINUS) {
      return phase === START && this.negative !== undefined ? this.state(SIGNED, true, 0, 0, 0, 0) : -1;
    }
    if (byte === POINT) {
      if (phase === ZERO_WHOLE) return this.state(ZERO_FRACTION, isNegative, 0, 0, 0, 0);
      if (phase !== WHOLE || digits === SIGNIFICANT_DIGITS) return -1;
      return this.state(AT_POINT, isNegative, exponent, digits, low, high);
    }
    const digit = byte - ZERO;
    if (digit < 0) return -1;
    if (phase <= ZERO_FRACTION) return this.firstDigit(state, digit);
    if (digits === SIGNIFICANT_DIGITS || (phase === WHOLE && this.forms.normalized)) return -1;
    const after = phase === WHOLE ? WHOLE : FRACTION;
    return this.afterDigit(after, isNegative, phase === WHOLE ? exponent + 1 : exponent, digits, low, high, digit);
  }

  /** After digits that are all 0, or none. */
  private firstDigit({ phase, isNegative, exponent }: State, digit: number): number {
    const ends = this.ends(isNegative);
    const startsWhole = phase === START || phase === SIGNED;
    if (digit === 0) {
      if (startsWhole) {
        const isAllowed = (this.forms.zero && !isNegative) || (ends !== undefined && !this.forms.normalized);
        return isAllowed ? this.state(ZERO_WHOLE, isNegative, 0, 0, 0, 0) : -1;
      }
      if (phase === ZERO_WHOLE || exponent === -LEADING_ZEROS) return -1;
      return this.state(ZERO_FRACTION, isNegative, exponent - 1, 0, 0, 0);
    }
    if (ends === undefined || phase === ZERO_WHOLE) return -1;
    const after = startsWhole ? WHOLE : FRACTION;
    return this.afterDigit(after, isNegative, startsWhole ? 1 : exponent, 0, 0, ends.count, digit);
  }

  private afterDigit(
    phase: number,
    isNegative: boolean,
    exponent: number,
    digits: number,
    from: number,
    to: number,
    digit: number,
  ): number {
    const ends = this.ends(isNegative)!;
    const low = ends.seek(from, to, digits, digit);
    const high = ends.seek(low, to, digits, digit + 1);
    if (low === high && this.rangesFor(isNegative, digits + 1, low, high).length === 0) return -1;
    return this.state(phase, isNegative, exponent, digits + 1, low, high);
  }

  private state(
    phase: number,
    isNegative: boolean,
    exponent: number,
    digits: number,
    low: number,
    high: number,
  ): number {
    const key = `${isNegative ? -phase : phase},${exponent},${digits},${low},${high}`;
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const id = this.states.push({ phase, isNegative, exponent, digits, low, high, minimum: Number.NaN }) - 1;
    this.ids.set(key, id);
    return id;
  }
}

/**
 * An expression for numerals with an exponent.
 * @param positive Ends of intervals of what may stand without a sign (significant digits and decimal exponent; none at
 * zero), low and high in turn.
 * @param negative The same of what may follow the minus sign.
 */
export function scientificNumeral(
  arena: ExpressionArena,
  positive: IntervalEnds | undefined,
  negative: IntervalEnds | undefined,
  forms: ScientificForms,
): number {
  const signed = arena.isUsable(MINUS) ? negative : undefined;
  if (!LETTERS.some((letter) => arena.isUsable(letter))) return NOTHING;
  if (positive === undefined && signed === undefined && !forms.zero) return NOTHING;
  return new ScientificNumeral(arena, positive, signed, forms).start();
}
