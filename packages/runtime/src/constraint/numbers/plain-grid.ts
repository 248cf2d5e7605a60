import type { Interval } from './allowed-intervals.js';
import { type Decimal, decimalOf, decimalsOf, scaled } from './decimal.js';
import type { Divisibility } from './divisibility.js';
import type { IntervalEnd } from './interval-ends.js';

/** Which numerals without exponent are written at all: the limits in digits, and what they must be divisible by. */
export class PlainGrid {
  /** Most digits before the point. */
  readonly wholeDigits: number;
  /** Most digits in all from the first that is not 0, where there is a point. */
  readonly significantDigits: number;
  /** Most digits after the point. */
  readonly decimals: number;
  readonly divisibility: Divisibility;

  constructor(wholeDigits: number, significantDigits: number, decimals: number, divisibility: Divisibility) {
    this.wholeDigits = wholeDigits;
    this.significantDigits = significantDigits;
    this.decimals = decimals;
    this.divisibility = divisibility;
  }

  /** Digits that may follow the point of a value with this decimal exponent (see Decimal). */
  decimalsFor(exponent: number): number {
    return Math.max(0, Math.min(this.decimals, this.significantDigits - exponent));
  }

  /**
   * Intervals of magnitudes shrunk so that both ends can be written, as low and high ends in turn; those without any
   * such number are left out. The last high end is missing where only the digits before the point limit it.
   */
  endsWithin(intervals: readonly Interval[]): IntervalEnd[] {
    const ends: IntervalEnd[] = [];
    for (const { low, high } of intervals) {
      const from = this.lowest(decimalOf(low));
      if (from === undefined) break;
      const top = decimalOf(high);
      if (top.exponent > this.wholeDigits) {
        ends.push(from);
        break;
      }
      const to = this.highest(top);
      if (to !== undefined && !isBefore(to, from)) ends.push(from, to);
    }
    return ends;
  }

  private lowest(value: Decimal): IntervalEnd | undefined {
    if (value.exponent > this.wholeDigits) return undefined;
    const decimals = this.decimalsFor(value.exponent);
    let end: IntervalEnd;
    if (this.divisibility.isTrivial && decimalsOf(value) <= decimals) {
      end = endOf(value);
    } else {
      const { floor, exact } = scaled(value, decimals);
      end = endAt(this.divisibility.nearest(exact ? floor : floor + 1n, decimals, 1n), decimals);
    }
    return end.exponent > this.wholeDigits && end.digits[0] !== '0' ? undefined : end;
  }

  private highest(value: Decimal): IntervalEnd | undefined {
    // Below a power of ten there is one digit less before the point, and room for one more after it.
    const decimals = this.decimalsFor(value.digits === '1' ? value.exponent - 1 : value.exponent);
    if (this.divisibility.isTrivial && decimalsOf(value) <= decimals) return endOf(value);
    const nearest = this.divisibility.nearest(scaled(value, decimals).floor, decimals, -1n);
    return nearest < 0n ? undefined : endAt(nearest, decimals);
  }
}

/** Digits as in a numeral without exponent, the exponent being the number of those before the point. */
function endOf({ digits, exponent }: Decimal): IntervalEnd {
  if (exponent > 0) return { digits: digits.padEnd(exponent, '0'), exponent };
  return { digits: `0${'0'.repeat(-exponent)}${digits}`, exponent: 1 };
}

function endAt(value: bigint, decimals: number): IntervalEnd {
  const digits = value.toString().padStart(decimals + 1, '0');
  const exponent = digits.length - decimals;
  return { digits: digits.slice(0, exponent) + digits.slice(exponent).replace(/0+$/, ''), exponent };
}

function isBefore(one: IntervalEnd, other: IntervalEnd): boolean {
  return one.exponent === other.exponent ? one.digits < other.digits : one.exponent < other.exponent;
}
