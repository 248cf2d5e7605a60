import type { Automaton } from '../grammar/automaton.js';
import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { INDIVISIBLE } from './divisibility.js';
import type { IntervalEnds } from './interval-ends.js';
import type { PlainGrid } from './plain-grid.js';
import { hasDigits } from './usable-digits.js';

const MINUS = 0x2d;
const POINT = 0x2e;
const ZERO = 0x30;
const NINE = 0x39;

/** Where in a numeral a state lies. */
const START = 0;
const SIGNED = 1;
/** The digit 0 before the point. */
const ZERO_WHOLE = 2;
const WHOLE = 3;
/** Just behind the point. */
const AT_POINT = 4;
const FRACTION = 5;
/** Behind the point, with nothing but zeros so far. */
const AT_POINT_OF_ZERO = 6;
const ZERO_FRACTION = 7;

interface State {
  phase: number;
  ends: IntervalEnds | undefined;
  /** Digits before the point; 0 behind the point where bounds no longer matter. */
  whole: number;
  /** Digits after the point, as far as they matter: to the bounds, or to the divisibility. */
  decimals: number;
  /** Digits that may still follow the point. */
  left: number;
  /** Range of interval ends that begin with the digits so far. */
  low: number;
  high: number;
  /** Remainder of the digits so far. */
  remainder: number;
  /** Bytes of the shortest way to stop; NaN until asked for. */
  minimum: number;
}

/**
 * Numerals without exponent, `-?(0|[1-9][0-9]*)(.[0-9]+)?`, on a grid and within intervals. States are made when they
 * are first reached: one for each start of an interval end (the numbers on both sides still differ), and apart from these
 * one for each number of digits and remainder, from which the shortest way to stop is computed and not searched.
 */
class PlainNumeral implements Automaton {
  private readonly arena: ExpressionArena;
  private readonly grid: PlainGrid;
  private readonly positive: IntervalEnds | undefined;
  private readonly negative: IntervalEnds | undefined;
  /** True where all digits can be written; otherwise the ways to stop have to be searched. */
  private readonly isComplete: boolean;
  private readonly states: State[] = [];
  private readonly ids = new Map<string, number>();
  private readonly id: number;

  constructor(arena: ExpressionArena, grid: PlainGrid, positive?: IntervalEnds, negative?: IntervalEnds) {
    this.arena = arena;
    this.grid = grid;
    this.positive = positive;
    this.negative = negative;
    this.isComplete = hasDigits(arena) && (grid.decimals === 0 || arena.isUsable(POINT));
    this.id = arena.addAutomaton(this);
  }

  start(): number {
    return this.arena.automaton(this.id, this.state(START, this.positive, 0, 0, 0, 0, 0, 0));
  }

  fillRow(id: number, row: Int32Array): void {
    const state = this.states[id]!;
    for (let byte = MINUS; byte <= NINE; byte++) {
      if (!this.arena.isUsable(byte)) continue;
      const next = this.next(state, byte);
      if (next >= 0) row[byte] = this.arena.automaton(this.id, next);
    }
  }

  isNullable(id: number): boolean {
    const { phase, ends, whole, decimals, low, high, remainder } = this.states[id]!;
    if (phase === START || phase === SIGNED || phase === AT_POINT || phase === AT_POINT_OF_ZERO) return false;
    const { divisibility } = this.grid;
    if (!divisibility.accepts(remainder, Math.min(decimals, divisibility.decimals))) return false;
    return whole === 0 || ends!.includes(whole, low, high, whole + decimals);
  }

  isAlive(id: number): boolean {
    const state = this.states[id]!;
    const { phase, low, high } = state;
    // An interval end can be written itself.
    if (this.isComplete && (phase === START || phase === SIGNED || low < high)) return true;
    if (this.isComplete && phase === WHOLE && this.hasRoom(state)) return true;
    return this.minimumLength(id) !== Number.POSITIVE_INFINITY;
  }

  minimumLength(id: number): number {
    const state = this.states[id]!;
    if (Number.isNaN(state.minimum)) {
      if (this.isNullable(id)) state.minimum = 0;
      else if (!this.isComplete || state.phase <= SIGNED || state.low < state.high) state.minimum = this.search(state);
      else state.minimum = state.phase === WHOLE ? this.shortestFromWhole(state) : this.shortestFromFraction(state);
    }
    return state.minimum;
  }

  /** Whether so many digits may follow before the point that some of them must complete any numeral. */
  private hasRoom({ ends, whole, low }: State): boolean {
    const { divisibility, wholeDigits } = this.grid;
    return divisibility.isCompletedBy(wholeDigits - whole) && ends!.isInside(wholeDigits, low);
  }

  private search(state: State): number {
    const options: number[] = [];
    for (let byte = MINUS; byte <= NINE; byte++) {
      const next = this.arena.isUsable(byte) ? this.next(state, byte) : -1;
      if (next < 0) continue;
      if (this.isNullable(next)) return 1;
      options.push(next);
    }
    return 1 + options.reduce((least, next) => Math.min(least, this.minimumLength(next)), Number.POSITIVE_INFINITY);
  }

  /** Bounds no longer matter, but for the number of digits before the point. */
  private shortestFromWhole({ ends, whole, low, remainder }: State): number {
    const { divisibility, wholeDigits } = this.grid;
    let shortest = Number.POSITIVE_INFINITY;
    let shifted = remainder;
    for (let count = 0; whole + count <= wholeDigits && count < shortest; count++) {
      if (ends!.isInside(whole + count, low)) {
        if (divisibility.canComplete(shifted, count, 0)) return count;
        const decimals = this.shortestDecimals(shifted, count, 0, this.grid.decimalsFor(whole + count), 1);
        shortest = Math.min(shortest, count + 1 + decimals);
      }
      shifted = (shifted * 10) % divisibility.modulus;
    }
    return shortest;
  }

  private shortestFromFraction({ phase, decimals, left, remainder }: State): number {
    return this.shortestDecimals(remainder, 0, decimals, left, phase === AT_POINT ? 1 : 0);
  }

  /**
   * Fewest digits to write behind the point.
   * @param shifted Remainder with `free` zeros at its end for digits that may still be chosen.
   * @param decimals Digits that are already behind the point.
   */
  private shortestDecimals(shifted: number, free: number, decimals: number, left: number, least: number): number {
    const { divisibility } = this.grid;
    if (shifted === INDIVISIBLE || divisibility.isTrivial) return left >= least ? least : Number.POSITIVE_INFINITY;
    let count = 0;
    for (; count <= left && decimals + count <= divisibility.decimals; count++) {
      if (count >= least && divisibility.canComplete(shifted, free + count, decimals + count)) return count;
      shifted = (shifted * 10) % divisibility.modulus;
    }
    return count <= left && divisibility.step === undefined ? Math.max(count, least) : Number.POSITIVE_INFINITY;
  }

  /** The state after one more byte, or -1. */
  private next(state: State, byte: number): number {
    if (byte === MINUS) {
      if (state.phase !== START || this.negative === undefined) return -1;
      return this.state(SIGNED, this.negative, 0, 0, 0, 0, 0, 0);
    }
    if (byte === POINT) return this.afterPoint(state);
    const digit = byte - ZERO;
    if (digit < 0) return -1;
    switch (state.phase) {
      case START:
      case SIGNED:
        return state.ends === undefined ? -1 : this.afterWhole(state, digit, digit === 0 ? ZERO_WHOLE : WHOLE);
      case WHOLE:
        return this.afterWhole(state, digit, WHOLE);
      case ZERO_WHOLE:
        return -1;
      default:
        return this.afterDecimal(state, digit);
    }
  }

  private afterWhole(state: State, digit: number, phase: number): number {
    const ends = state.ends!;
    const whole = state.whole + 1;
    if (phase === WHOLE && whole > this.grid.wholeDigits) return -1;
    let low = whole === 1 ? 0 : state.low;
    let high = whole === 1 ? ends.count : state.high;
    if (low < high) {
      low = ends.seek(low, high, state.whole, digit);
      high = ends.seek(low, high, state.whole, digit + 1);
    }
    const most = phase === ZERO_WHOLE ? 1 : this.grid.wholeDigits;
    low = ends.first(low, high, whole, most);
    high = ends.last(low, high, whole, most);
    if (low === high) {
      if (phase === ZERO_WHOLE) return -1;
      low = high = ends.first(low, ends.count, whole, most);
    }
    return this.state(phase, ends, whole, 0, 0, low, high, this.grid.divisibility.append(state.remainder, digit));
  }

  private afterPoint(state: State): number {
    const { phase, ends, whole, remainder } = state;
    if (phase !== WHOLE && phase !== ZERO_WHOLE) return -1;
    const left = phase === WHOLE ? this.grid.decimalsFor(whole) : this.grid.decimals;
    if (left === 0) return -1;
    const low = ends!.first(state.low, state.high, whole, whole);
    const high = ends!.last(low, state.high, whole, whole);
    return this.behindPoint(phase === WHOLE ? AT_POINT : AT_POINT_OF_ZERO, state, 0, left, low, high, remainder);
  }

  private afterDecimal(state: State, digit: number): number {
    const { ends, whole } = state;
    const { divisibility } = this.grid;
    if (state.left === 0) return -1;
    let { phase, low, high, remainder } = state;
    if (low < high) {
      low = ends!.seek(low, high, whole + state.decimals, digit);
      high = ends!.seek(low, high, whole + state.decimals, digit + 1);
      low = ends!.first(low, high, whole, whole);
      high = ends!.last(low, high, whole, whole);
    }
    let left = state.left - 1;
    if (phase === AT_POINT_OF_ZERO || phase === ZERO_FRACTION) {
      phase = digit === 0 ? ZERO_FRACTION : FRACTION;
      if (digit !== 0) left = Math.min(left, this.grid.significantDigits - 1);
    } else {
      phase = FRACTION;
    }
    if (remainder !== INDIVISIBLE && !divisibility.isTrivial) {
      if (state.decimals < divisibility.decimals) remainder = divisibility.append(remainder, digit);
      else if (digit !== 0) remainder = INDIVISIBLE;
    }
    return this.behindPoint(phase, state, state.decimals + 1, left, low, high, remainder);
  }

  private behindPoint(
    phase: number,
    { ends, whole }: State,
    decimals: number,
    left: number,
    low: number,
    high: number,
    remainder: number,
  ): number {
    if (low < high) return this.state(phase, ends, whole, decimals, left, low, high, remainder);
    if (whole > 0 && !ends!.isInside(whole, low)) return -1;
    const { divisibility } = this.grid;
    const matter = remainder === INDIVISIBLE ? 0 : Math.min(decimals, divisibility.decimals);
    return this.state(phase, undefined, 0, matter, left, 0, 0, remainder);
  }

  private state(
    phase: number,
    ends: IntervalEnds | undefined,
    whole: number,
    decimals: number,
    left: number,
    low: number,
    high: number,
    remainder: number,
  ): number {
    const side = ends === this.negative ? 1 : 0;
    const key = `${phase * 2 + side},${whole},${decimals},${left},${low},${high},${remainder}`;
    const known = this.ids.get(key);
    if (known !== undefined) return known;
    const minimum = Number.NaN;
    const id = this.states.push({ phase, ends, whole, decimals, left, low, high, remainder, minimum }) - 1;
    this.ids.set(key, id);
    return id;
  }
}

/**
 * An expression for numerals without exponent.
 * @param positive Interval ends of what may stand without a sign, low and high in turn.
 * @param negative Interval ends of what may follow the minus sign.
 */
export function plainNumeral(
  arena: ExpressionArena,
  grid: PlainGrid,
  positive: IntervalEnds | undefined,
  negative: IntervalEnds | undefined,
): number {
  const signed = arena.isUsable(MINUS) ? negative : undefined;
  if (positive === undefined && signed === undefined) return NOTHING;
  return new PlainNumeral(arena, grid, positive, signed).start();
}
