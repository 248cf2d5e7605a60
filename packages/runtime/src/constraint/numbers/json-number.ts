import { type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { allowedIntervals, type Interval, magnitudes, nextDown, nextUp } from './allowed-intervals.js';
import { type Decimal, decimalOf, decimalsOf, scaled } from './decimal.js';
import { type Divisibility, divisibility } from './divisibility.js';
import { IntervalEnds } from './interval-ends.js';
import type { NumberConstraints } from './number-constraints.js';
import { PlainGrid } from './plain-grid.js';
import { plainNumeral } from './plain-numeral.js';
import { scientificNumeral } from './scientific-numeral.js';
import { hasDigits } from './usable-digits.js';

const POINT = 0x2e;
/** As many digits before the point as JavaScript writes; below 10^21 it writes no exponent. */
const WHOLE_DIGITS = 21;
/** As many as JavaScript writes in all. */
const SIGNIFICANT_DIGITS = 17;
const DECIMALS = 25;
/** Decimals of so many digits in all are told apart by doubles, and so are their multiples. */
const EXACT_DIGITS = 15;
/** Steps above this leave few multiples with 15 digits. */
const LARGE_STEP = 10n ** 12n;
/** Quotients from 1e21 on are not whole to validators that print them to find out, such as Ajv. */
const LARGEST_QUOTIENT = 9e20;
/** The doubles that JavaScript writes with an exponent. */
const LEAST_LARGE = 1e21;
const GREATEST_SMALL = nextDown(1e-6);
/** Where a digit or the point cannot be written, ways to stop are searched through this many remainders at most. */
const SEARCHED_REMAINDERS = 1000;

const known = new WeakMap<ExpressionArena, Map<string, number | undefined>>();

/**
 * The JSON numerals (RFC 8259, section 6) that satisfy the constraints. Every one does so exactly, as the decimal that it
 * is, and again as the double that it is read as; bounds mean the shortest decimals that are read back as them. What
 * JSON.stringify writes for a double that satisfies them is among them, except for what is said below.
 *
 * Forms and limits:
 * - `-?(0|[1-9]\d*)(\.\d+)?`: 21 digits before the point, 25 after it, and 17 from the first that is not 0 on where there
 *   is a point; no point where only integers are allowed. Never `-0`.
 * - With an exponent (1 to 3 digits, `e` or `E`, any sign), if `exponents` is not false: 17 significant digits and any
 *   place of the point. Where only integers are allowed just 1e21 and up, with one digit before the point; where multiples
 *   are avoided (fractions alone are allowed, or `notMultipleOf`) just what is below 1e-6 and a tenth of each; with
 *   `multipleOf` none.
 * - With `multipleOf` 15 digits before the point, or 21 where there are no multiples with 15 or the step is above 1e12,
 *   and no more decimals than the step has. Where multiples are avoided 15 digits in all, some of them kept for decimals.
 *
 * A validator that divides doubles, such as Ajv, can still take a multiple of a step like 0.01 for none: the step is not
 * exactly a double (19.99 / 0.01 is 1998.9999999999998). With steps that are (whole numbers, 0.5, 0.25, 2.5) it agrees
 * up to 2^53, and beyond that where the numeral is exactly a double.
 *
 * @returns NOTHING where no number satisfies the constraints, or the vocabulary lacks the bytes for those that do.
 * Undefined where they are not enforced: divisors that are not positive, finer than 1e-15, or with a common multiple
 * above 9e14 units of their last decimal (1e12 where some are avoided); more than 16 to avoid; numbers that satisfy them
 * only beyond the limits above.
 */
export function jsonNumber(arena: ExpressionArena, constraints: NumberConstraints): number | undefined {
  let expressions = known.get(arena);
  if (expressions === undefined) known.set(arena, (expressions = new Map()));
  const key = keyOf(constraints);
  if (!expressions.has(key)) expressions.set(key, compile(arena, constraints));
  return expressions.get(key);
}

function keyOf(constraints: NumberConstraints): string {
  const { integers, fractions, exponents, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = constraints;
  const { multipleOf = [], notMultipleOf = [], excluded = [] } = constraints;
  const scalars = `${integers},${fractions},${exponents !== false},${minimum},${maximum}`;
  return `${scalars},${exclusiveMinimum},${exclusiveMaximum};${multipleOf.join()};${notMultipleOf.join()};${excluded.join()}`;
}

function compile(arena: ExpressionArena, constraints: NumberConstraints): number | undefined {
  const { integers, fractions, multipleOf = [], notMultipleOf = [] } = constraints;
  if (!integers && !fractions) return NOTHING;
  const intervals = allowedIntervals(constraints);
  if (intervals.length === 0) return NOTHING;
  const divisible = divisibility(
    fractions ? multipleOf : [...multipleOf, 1],
    integers ? notMultipleOf : [...notMultipleOf, 1],
  );
  if (divisible === undefined) return undefined;
  if (divisible.isImpossible) return NOTHING;
  if (divisible.modulus > SEARCHED_REMAINDERS && !(hasDigits(arena) && arena.isUsable(POINT))) return undefined;
  const scientific = constraints.exponents === false ? undefined : withExponent(arena, constraints, intervals);
  const plain = withoutExponent(arena, constraints, intervals, divisible);
  if (plain === undefined && scientific === undefined) {
    return intervals.some((interval) => hasNumber(interval, divisible)) ? undefined : NOTHING;
  }
  return arena.alternation([plain ?? NOTHING, scientific ?? NOTHING]);
}

/** Undefined where no numeral within the limits satisfies the constraints. */
function withoutExponent(
  arena: ExpressionArena,
  { multipleOf = [], notMultipleOf = [] }: NumberConstraints,
  intervals: readonly Interval[],
  divisible: Divisibility,
): number | undefined {
  const largest = Math.min(Number.MAX_VALUE, LARGEST_QUOTIENT * Math.min(1, ...multipleOf));
  const { positive, negative } = magnitudes(intervals, 0, multipleOf.length === 0 ? Number.MAX_VALUE : largest);
  for (const grid of grids(divisible, multipleOf.length > 0, notMultipleOf)) {
    const positiveEnds = grid.endsWithin(positive);
    const negativeEnds = grid.endsWithin(negative);
    if (positiveEnds.length === 0 && negativeEnds.length === 0) continue;
    return plainNumeral(arena, grid, endsOrNone(positiveEnds), endsOrNone(negativeEnds));
  }
  return undefined;
}

/** Limits to try in turn. */
function grids(divisible: Divisibility, hasMultiples: boolean, notMultipleOf: readonly number[]): PlainGrid[] {
  const { step, avoided, decimals } = divisible;
  const grid = (wholeDigits: number) => {
    if (step !== undefined) return new PlainGrid(wholeDigits, Number.POSITIVE_INFINITY, decimals, divisible);
    return new PlainGrid(wholeDigits, avoided.length > 0 ? EXACT_DIGITS : SIGNIFICANT_DIGITS, DECIMALS, divisible);
  };
  if (avoided.length > 0) {
    const aligned = Math.max(decimals, ...notMultipleOf.map((divisor) => decimalsOf(decimalOf(divisor))));
    return [grid(EXACT_DIGITS - aligned - (step === undefined ? 1 : 0))];
  }
  if (!hasMultiples || step! > LARGE_STEP) return [grid(WHOLE_DIGITS)];
  return [grid(EXACT_DIGITS), grid(WHOLE_DIGITS)];
}

/** Undefined where no numeral with an exponent satisfies the constraints. */
function withExponent(
  arena: ExpressionArena,
  { integers, fractions, multipleOf = [], notMultipleOf = [] }: NumberConstraints,
  intervals: readonly Interval[],
): number | undefined {
  if (multipleOf.length > 0) return undefined;
  let from = Number.MIN_VALUE;
  let to = Number.MAX_VALUE;
  if (!fractions) {
    if (notMultipleOf.length > 0) return undefined;
    from = LEAST_LARGE;
  } else if (!integers || notMultipleOf.length > 0) {
    // The quotient must be neither near 1 nor so small that it becomes 0.
    from = Math.max(from, ...notMultipleOf.map((divisor) => divisor * 1e-300));
    to = Math.min(GREATEST_SMALL, ...notMultipleOf.map((divisor) => divisor / 10));
  }
  const { positive, negative } = magnitudes(intervals, from, to);
  const isFree = fractions && to === Number.MAX_VALUE;
  const zero = isFree && intervals.some(({ low, high }) => low <= 0 && high >= 0);
  if (positive.length === 0 && negative.length === 0 && !zero) return undefined;
  const ends = (list: readonly Interval[]) =>
    endsOrNone(list.flatMap(({ low, high }) => [decimalOf(low), decimalOf(high)]));
  return scientificNumeral(arena, ends(positive), ends(negative), { zero, normalized: !isFree });
}

function endsOrNone(ends: readonly Decimal[]): IntervalEnds | undefined {
  return ends.length === 0 ? undefined : new IntervalEnds(ends);
}

/** Whether there is any number in the interval, however many digits it takes. */
function hasNumber({ low, high }: Interval, divisible: Divisibility): boolean {
  if (divisible.step === undefined && low < high) return true;
  if (low < 0 && high > 0) {
    return hasNumber({ low: 0, high }, divisible) || hasNumber({ low: nextUp(0), high: -low }, divisible);
  }
  if (low < 0) return hasNumber({ low: -high, high: -low }, divisible);
  const from = decimalOf(low);
  const finer = divisible.step === undefined ? Math.max(decimalsOf(from) - divisible.decimals, 0) + 1 : 0;
  const decimals = divisible.decimals + finer;
  const { floor, exact } = scaled(from, decimals);
  return divisible.nearest(exact ? floor : floor + 1n, decimals, 1n) <= scaled(decimalOf(high), decimals).floor;
}
