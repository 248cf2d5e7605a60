/** An end of an interval of magnitudes, as digits to be compared with those of a numeral. */
export interface IntervalEnd {
  /** Digits in the order in which the numeral has them; zeros follow. */
  digits: string;
  /** Decimal point of the digits: only numerals with the same one are told apart by digits, others by the point. */
  exponent: number;
}

/**
 * Ends of closed intervals, and where a numeral that is read digit by digit stands among them. What has been read is
 * the start of the ends from `low` up to `high`, in the order of their digits; where these are equal it is the start of
 * none, and stands before that end whatever digits follow.
 */
export class IntervalEnds {
  private readonly digits: string[];
  private readonly exponents: number[];
  private readonly valueExponents: number[];
  private readonly valuePositions: number[];

  /** @param ends Low and high ends in turn, in the order of their values; a last high end may be missing. */
  constructor(ends: readonly IntervalEnd[]) {
    this.valueExponents = ends.map(({ exponent }) => exponent);
    this.valuePositions = new Array(ends.length);
    const order = ends.map((_, index) => index);
    order.sort((a, b) => (ends[a]!.digits < ends[b]!.digits ? -1 : ends[a]!.digits > ends[b]!.digits ? 1 : a - b));
    order.forEach((end, position) => {
      this.valuePositions[end] = position;
    });
    this.digits = order.map((end) => ends[end]!.digits);
    this.exponents = order.map((end) => ends[end]!.exponent);
  }

  get count(): number {
    return this.digits.length;
  }

  /** The exponents that ends have, ascending; an exponent may come more than once. */
  get endExponents(): readonly number[] {
    return this.valueExponents;
  }

  /** The first of the ends from `low` up to `high` whose digit at `index` is not less than `digit`. */
  seek(low: number, high: number, index: number, digit: number): number {
    while (low < high) {
      const middle = (low + high) >> 1;
      const ends = this.digits[middle]!;
      if ((index < ends.length ? ends.charCodeAt(index) - 0x30 : 0) < digit) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** The first position from `low` up to `high` with an end of an exponent that may still matter. */
  first(low: number, high: number, least: number, most: number): number {
    while (low < high && (this.exponents[low]! < least || this.exponents[low]! > most)) low++;
    return low;
  }

  /** The position behind the last such end. */
  last(low: number, high: number, least: number, most: number): number {
    while (low < high && (this.exponents[high - 1]! < least || this.exponents[high - 1]! > most)) high--;
    return high;
  }

  /** Whether a numeral that stands before the end at `position` and has this exponent lies inside an interval. */
  isInside(exponent: number, position: number): boolean {
    let low = 0;
    let high = this.valueExponents.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      const other = this.valueExponents[middle]!;
      if (other < exponent || (other === exponent && this.valuePositions[middle]! < position)) low = middle + 1;
      else high = middle;
    }
    return (low & 1) === 1;
  }

  /** Whether a numeral of `length` digits that is the start of the ends from `low` up to `high` lies inside as it is. */
  includes(exponent: number, low: number, high: number, length: number): boolean {
    for (let position = low; position < high; position++) {
      if (this.exponents[position] !== exponent) continue;
      if (this.digits[position]!.length <= length) return true;
      break;
    }
    return this.isInside(exponent, low);
  }
}
