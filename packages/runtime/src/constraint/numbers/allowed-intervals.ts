import type { NumberConstraints } from './number-constraints.js';

/** Doubles from `low` to `high`, both included. */
export interface Interval {
  low: number;
  high: number;
}

const float = new Float64Array(1);
const bits = new BigInt64Array(float.buffer);

/** The double after a finite one. */
export function nextUp(value: number): number {
  if (value === 0) return Number.MIN_VALUE;
  float[0] = value;
  bits[0]! += value > 0 ? 1n : -1n;
  return float[0];
}

/** The double before a finite one. */
export function nextDown(value: number): number {
  return -nextUp(-value);
}

/**
 * The finite doubles that bounds and exclusions leave, as intervals in ascending order. An exclusive bound is the
 * neighbouring double: the decimals between the two round to one of them, so that a text may be compared exactly and is
 * still valid after it was parsed. No text that JSON.stringify writes is lost to that. Where only integers are allowed
 * the ends below 2^53 are integers.
 */
export function allowedIntervals(constraints: NumberConstraints): Interval[] {
  const { fractions, minimum = -Infinity, maximum = Infinity } = constraints;
  const { exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = constraints;
  const above = fractions ? nextUp : integerAbove;
  const from = fractions ? minimum : Math.ceil(minimum);
  const to = fractions ? maximum : Math.floor(maximum);
  let low = Math.max(
    -Number.MAX_VALUE,
    from,
    Number.isFinite(exclusiveMinimum) ? above(exclusiveMinimum) : exclusiveMinimum,
  );
  const high = Math.min(
    Number.MAX_VALUE,
    to,
    Number.isFinite(exclusiveMaximum) ? -above(-exclusiveMaximum) : exclusiveMaximum,
  );
  const intervals: Interval[] = [];
  for (const value of [...(constraints.excluded ?? [])].sort((a, b) => a - b)) {
    if (!(value >= low && value <= high)) continue;
    const below = -above(-value);
    if (below >= low) intervals.push({ low, high: below });
    low = above(value);
  }
  if (low <= high) intervals.push({ low, high });
  return intervals;
}

/** The integer after a number below 2^53, or the next double. */
function integerAbove(value: number): number {
  return Math.abs(value) < Number.MAX_SAFE_INTEGER ? Math.floor(value) + 1 : nextUp(value);
}

/** The parts of intervals with `from` <= |x| <= `to`: those of positive values, and those of negative ones without sign. */
export function magnitudes(
  intervals: readonly Interval[],
  from: number,
  to: number,
): { positive: Interval[]; negative: Interval[] } {
  const positive: Interval[] = [];
  const negative: Interval[] = [];
  for (const { low, high } of intervals) {
    clip(positive, low, high, from, to);
    clip(negative, -high, -low, Math.max(from, Number.MIN_VALUE), to);
  }
  return { positive, negative: negative.reverse() };
}

function clip(into: Interval[], low: number, high: number, from: number, to: number): void {
  const interval = { low: Math.max(low, from), high: Math.min(high, to) };
  if (interval.low <= interval.high) into.push(interval);
}
