import { EMPTY_TEXT, type ExpressionArena, NOTHING } from './expression-arena.js';
import { literal } from './literal-automaton.js';

/** Digits before the decimal point, and after it, that are ever written. */
const INTEGER_DIGITS = 15;
const DECIMALS = 15;
/** Decimals of a bound that are read: those of any number that JavaScript writes without an exponent. */
const BOUND_DECIMALS = 25;
const LARGEST = 10n ** BigInt(INTEGER_DIGITS) - 1n;

/** Bounds of a number; absent: none. */
export interface NumberBounds {
  minimum?: number;
  maximum?: number;
  exclusiveMinimum?: number;
  exclusiveMaximum?: number;
}

/**
 * A canonical JSON integer within the bounds: no leading zeros, no -0, at most 15 digits unless a bound has more.
 * Exclusive bounds beyond 2^53 are the caller's to refuse: neighbours are not distinct there.
 */
export function jsonInteger(arena: ExpressionArena, bounds: NumberBounds): number {
  const lows: bigint[] = [];
  const highs: bigint[] = [];
  if (bounds.minimum !== undefined) lows.push(BigInt(Math.ceil(bounds.minimum)));
  if (bounds.exclusiveMinimum !== undefined) lows.push(BigInt(Math.floor(bounds.exclusiveMinimum)) + 1n);
  if (bounds.maximum !== undefined) highs.push(BigInt(Math.floor(bounds.maximum)));
  if (bounds.exclusiveMaximum !== undefined) highs.push(BigInt(Math.ceil(bounds.exclusiveMaximum)) - 1n);
  const low = greatest(lows) ?? smaller(-LARGEST, highs);
  const high = least(highs) ?? larger(LARGEST, lows);
  if (low > high) return NOTHING;
  const options: number[] = [];
  if (high >= 0n) options.push(digitRange(arena, low > 0n ? low : 0n, high));
  if (low < 0n) {
    const negative = digitRange(arena, high < 0n ? -high : 1n, -low);
    options.push(arena.sequence(literal(arena, '-'), negative));
  }
  return arena.alternation(options);
}

/** With only an upper bound that is very low, there must still be room below it; and the other way round. */
function smaller(limit: bigint, highs: readonly bigint[]): bigint {
  const high = least(highs);
  return high !== undefined && high < limit ? high * 10n : limit;
}

function larger(limit: bigint, lows: readonly bigint[]): bigint {
  const low = greatest(lows);
  return low !== undefined && low > limit ? low * 10n : limit;
}

function least(values: readonly bigint[]): bigint | undefined {
  return [...values].sort((a, b) => (a < b ? -1 : 1))[0];
}

function greatest(values: readonly bigint[]): bigint | undefined {
  return [...values].sort((a, b) => (a > b ? -1 : 1))[0];
}

/** Decimal digits, without leading zeros, of the whole numbers from low to high (0 <= low <= high). */
function digitRange(arena: ExpressionArena, low: bigint, high: bigint): number {
  const options: number[] = [];
  const lowLength = low.toString().length;
  const highLength = high.toString().length;
  for (let length = lowLength; length <= highLength; length++) {
    const from = length === lowLength ? low.toString() : `1${'0'.repeat(length - 1)}`;
    const to = length === highLength ? high.toString() : '9'.repeat(length);
    options.push(sameLengthRange(arena, from, to));
  }
  return arena.alternation(options);
}

/** Digit strings between two of the same length. */
function sameLengthRange(arena: ExpressionArena, from: string, to: string): number {
  if (from === '') return EMPTY_TEXT;
  const rest = from.length - 1;
  if (/^0*$/.test(from) && /^9*$/.test(to)) return digits(arena, from.length, from.length);
  const first = from.charCodeAt(0);
  const last = to.charCodeAt(0);
  if (first === last) {
    return arena.sequence(arena.bytes(first, first), sameLengthRange(arena, from.slice(1), to.slice(1)));
  }
  const options = [
    arena.sequence(arena.bytes(first, first), sameLengthRange(arena, from.slice(1), '9'.repeat(rest))),
    arena.sequence(arena.bytes(last, last), sameLengthRange(arena, '0'.repeat(rest), to.slice(1))),
  ];
  if (first + 1 < last) options.push(arena.sequence(arena.bytes(first + 1, last - 1), digits(arena, rest, rest)));
  return arena.alternation(options);
}

/** Two digits, from 00 to `last`. */
function digitRangePadded(arena: ExpressionArena, last: number): number {
  return sameLengthRange(arena, '00', String(last).padStart(2, '0'));
}

function digits(arena: ExpressionArena, minimum: number, maximum: number): number {
  return arena.repetition(arena.bytes(0x30, 0x39), minimum, maximum);
}

/**
 * A JSON number. Without bounds also with an exponent, as JavaScript writes very large and very small ones. With bounds
 * in plain decimals only, at most 15 digits in all beside an exclusive bound, where more would round onto it.
 * @returns undefined where the bounds cannot be enforced in these forms.
 */
export function jsonNumber(arena: ExpressionArena, bounds: NumberBounds): number | undefined {
  const values = Object.values(bounds).filter((value): value is number => value !== undefined);
  if (values.length === 0) return freeNumber(arena);
  if (values.some((value) => Math.abs(value) > 1e15 || plainDecimal(value) === undefined)) return undefined;
  const low = tighter(bounds.minimum, bounds.exclusiveMinimum, (a, b) => a > b);
  const high = tighter(bounds.maximum, bounds.exclusiveMaximum, (a, b) => a < b);
  const longest = Math.max(...values.map((value) => Math.trunc(Math.abs(value)).toString().length));
  const finest = Math.max(DECIMALS, ...values.map((value) => plainDecimal(value)!.fraction.length));
  const decimals = low?.exclusive || high?.exclusive ? Math.max(0, DECIMALS - longest) : finest;
  const options: number[] = [];
  // Not negative: low..high cut at 0.
  if (high === undefined || high.value > 0 || (high.value === 0 && !high.exclusive)) {
    const from = low === undefined || low.value < 0 ? undefined : low;
    options.push(magnitude(arena, from, high, decimals));
  }
  // Negative: the mirror image, without -0.
  if (low === undefined || low.value < 0) {
    const from = high !== undefined && high.value < 0 ? mirrored(high) : { value: 0, exclusive: true };
    const to = low === undefined ? undefined : mirrored(low);
    options.push(arena.sequence(literal(arena, '-'), magnitude(arena, from, to, decimals)));
  }
  return arena.alternation(options);
}

interface Bound {
  value: number;
  exclusive: boolean;
}

function mirrored(bound: Bound): Bound {
  return { value: -bound.value, exclusive: bound.exclusive };
}

function tighter(
  inclusive: number | undefined,
  exclusive: number | undefined,
  beats: (a: number, b: number) => boolean,
): Bound | undefined {
  if (exclusive !== undefined && (inclusive === undefined || !beats(inclusive, exclusive))) {
    return { value: exclusive, exclusive: true };
  }
  return inclusive === undefined ? undefined : { value: inclusive, exclusive: false };
}

/** Digits of a value before and after the point; undefined where it has more than 25 decimals. */
function plainDecimal(value: number): { integer: string; fraction: string } | undefined {
  const match = /^(\d)(?:\.(\d+))?e([+-]\d+)$/.exec(Math.abs(value).toExponential());
  if (match === null) return undefined;
  const [, lead = '', more = '', power = '0'] = match;
  const all = lead + more;
  const point = 1 + Number(power);
  const integer = point <= 0 ? '0' : all.slice(0, point).padEnd(point, '0');
  const fraction = (point <= 0 ? '0'.repeat(-point) + all : all.slice(point)).replace(/0+$/, '');
  return fraction.length > BOUND_DECIMALS ? undefined : { integer, fraction };
}

/** Decimal numerals x without sign, from <= x <= to (or < where exclusive). */
function magnitude(arena: ExpressionArena, from: Bound | undefined, to: Bound | undefined, decimals: number): number {
  const low = from === undefined ? { integer: '0', fraction: '' } : plainDecimal(from.value)!;
  const high = to === undefined ? { integer: LARGEST.toString(), fraction: '' } : plainDecimal(to.value)!;
  const lowExclusive = from?.exclusive ?? false;
  const highExclusive = to?.exclusive ?? false;
  const lowInteger = BigInt(low.integer);
  const highInteger = BigInt(high.integer);
  if (lowInteger > highInteger) return NOTHING;
  const withFraction = (integer: string, fraction: number) => arena.sequence(literal(arena, integer), fraction);
  if (lowInteger === highInteger && to !== undefined) {
    const fraction = fractionBetween(arena, low.fraction, lowExclusive, high.fraction, highExclusive, decimals);
    return withFraction(low.integer, fraction);
  }
  const options = [
    withFraction(low.integer, fractionBetween(arena, low.fraction, lowExclusive, undefined, false, decimals)),
  ];
  let last = highInteger;
  if (to !== undefined) {
    options.push(withFraction(high.integer, fractionBetween(arena, '', false, high.fraction, highExclusive, decimals)));
    last--;
  }
  if (lowInteger < last) {
    const any = fractionBetween(arena, '', false, undefined, false, decimals);
    options.push(arena.sequence(digitRange(arena, lowInteger + 1n, last), any));
  }
  return arena.alternation(options);
}

/** The point and decimals, or nothing, of a fraction f with low <= f <= high (high undefined: below 1). */
function fractionBetween(
  arena: ExpressionArena,
  low: string,
  lowExclusive: boolean,
  high: string | undefined,
  highExclusive: boolean,
  decimals: number,
): number {
  const whole = low === '' && !lowExclusive && !(high === '' && highExclusive) ? EMPTY_TEXT : NOTHING;
  if (decimals === 0) return whole;
  const tail = decimalsBetween(arena, low, lowExclusive, high, highExclusive, decimals, true);
  return arena.alternation([whole, arena.sequence(literal(arena, '.'), tail)]);
}

function decimalsBetween(
  arena: ExpressionArena,
  low: string | undefined,
  lowExclusive: boolean,
  high: string | undefined,
  highExclusive: boolean,
  places: number,
  first: boolean,
): number {
  const lowMet = low === undefined || (low === '' && !lowExclusive);
  const highMet = high === undefined || !(high === '' && highExclusive);
  const stop = !first && lowMet && highMet ? EMPTY_TEXT : NOTHING;
  if (places === 0) return stop;
  if (lowMet && high === undefined) return digits(arena, first ? 1 : 0, places);
  const lowDigit = low === undefined || low === '' ? 0 : Number(low[0]);
  const highDigit = high === undefined ? 9 : high === '' ? 0 : Number(high[0]);
  const options = [stop];
  for (let digit = lowDigit; digit <= highDigit; digit++) {
    const below = high !== undefined && digit < highDigit ? undefined : high?.slice(1);
    const above = low !== undefined && digit > lowDigit ? undefined : low?.slice(1);
    const rest = decimalsBetween(arena, above, lowExclusive, below, highExclusive, places - 1, false);
    options.push(arena.sequence(arena.bytes(0x30 + digit, 0x30 + digit), rest));
  }
  return arena.alternation(options);
}

/** Any number: plain decimals, or one digit, decimals and an exponent (both as JavaScript writes them). */
function freeNumber(arena: ExpressionArena): number {
  const digit = arena.bytes(0x30, 0x39);
  const lead = arena.bytes(0x31, 0x39);
  const zero = literal(arena, '0');
  const point = literal(arena, '.');
  // JavaScript writes up to 21 digits before the point, and up to 23 after it (0.00000 and 17 digits).
  const fraction = arena.sequence(point, arena.repetition(digit, 1, 23));
  const integer = arena.sequence(lead, arena.repetition(digit, 0, 20));
  const below = (hundreds: number, rest: number) =>
    arena.alternation([
      arena.sequence(lead, arena.optional(digit)),
      arena.sequence(arena.bytes(0x31, 0x30 + hundreds - 1), digit, digit),
      arena.sequence(literal(arena, String(hundreds)), digitRangePadded(arena, rest)),
    ]);
  // Above 1e308 it would be Infinity; 5e-324 is the smallest that JavaScript writes.
  const exponent = arena.sequence(
    arena.bytes(0x65, 0x65),
    arena.alternation([
      arena.sequence(literal(arena, '+'), below(3, 7)),
      arena.sequence(literal(arena, '-'), below(3, 24)),
    ]),
  );
  const scientific = arena.sequence(
    lead,
    arena.optional(arena.sequence(point, arena.repetition(digit, 1, 17))),
    exponent,
  );
  const positive = arena.alternation([arena.sequence(integer, arena.optional(fraction)), scientific]);
  const belowOne = arena.sequence(zero, point, arena.repetition(zero, 0, 6), lead, arena.repetition(digit, 0, 17));
  return arena.alternation([
    positive,
    arena.sequence(zero, arena.optional(fraction)),
    arena.sequence(literal(arena, '-'), arena.alternation([positive, belowOne])),
  ]);
}
