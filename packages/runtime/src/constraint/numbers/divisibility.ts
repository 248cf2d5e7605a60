import { decimalOf, decimalsOf, scaled } from './decimal.js';

/** Decimals of a divisor, and of the common multiple of several, that are supported. */
const MAXIMUM_DECIMALS = 15;
/** Ten remainders are added up in doubles: this times ten is below 2^53. */
const MAXIMUM_MODULUS = 9e14;
/** With divisors to avoid, a few hundred steps of this size are added up. */
const MAXIMUM_AVOIDING_MODULUS = 1e12;
const MAXIMUM_AVOIDED = 16;
/** Of so many multiples in a row one has none of 16 divisors (Jacobsthal's function of 16 primes, OEIS A048670). */
const AVOIDED_IN_A_ROW = 106;

/** Remainder of a numeral with digits after the last decimal of any divisor: a multiple of none. */
export const INDIVISIBLE = -1;

/**
 * Which numerals are multiples of one number and not multiples of others, by the remainder of their digits, the decimal
 * point left out. All divisors are whole numbers of units of ten to the minus `decimals`; a numeral with fewer decimals
 * is asked for by the part of the divisor that ten to the missing ones does not supply.
 */
export class Divisibility {
  /** Decimals of the unit. */
  readonly decimals: number;
  /** The number that all are multiples of, in units; undefined where any number may come. */
  readonly step: bigint | undefined;
  /** Numbers that none is a multiple of, in units. */
  readonly avoided: readonly bigint[];
  /** Digits are added up modulo this. */
  readonly modulus: number;
  private readonly stepByDecimals: number[] = [];
  private readonly avoidedByDecimals: number[][] = [];
  private readonly possibleByDecimals: boolean[] = [];
  /** Part of the step without factors of 2 and 5; 0 where remainders are kept apart in any case. */
  private readonly coprime: number;
  /** With so many digits more, only the remainder by that part matters. */
  private readonly distinguishing: number;
  private readonly classes = new Map<string, number>();

  constructor(decimals: number, step: bigint | undefined, avoided: readonly bigint[], modulus: bigint) {
    this.decimals = decimals;
    this.step = step;
    this.avoided = avoided;
    this.modulus = Number(modulus);
    for (let count = 0; count <= decimals; count++) {
      const missing = 10n ** BigInt(decimals - count);
      const within = (divisor: bigint) => Number(divisor / greatestCommonDivisor(divisor, missing));
      const stepWithin = within(step ?? 1n);
      const avoidedWithin = avoided.map(within);
      this.stepByDecimals.push(stepWithin);
      this.avoidedByDecimals.push(avoidedWithin);
      this.possibleByDecimals.push(!avoidedWithin.some((divisor) => stepWithin % divisor === 0));
    }
    let coprime = decimals > 0 || avoided.length > 0 ? 1 : this.modulus;
    let zeros = String(coprime).length;
    for (const factor of [2, 5]) {
      let count = 0;
      for (; coprime % factor === 0; count++) coprime /= factor;
      zeros = Math.max(zeros, count);
    }
    this.coprime = decimals > 0 || avoided.length > 0 || coprime === this.modulus ? 0 : coprime;
    this.distinguishing = zeros;
  }

  /** True where all numbers pass that have no more decimals than are allowed. */
  get isTrivial(): boolean {
    return this.avoided.length === 0 && (this.step === undefined || this.step === 1n);
  }

  /** True where a number of any size and any decimals fails: what is to be avoided divides the step. */
  get isImpossible(): boolean {
    return this.step !== undefined && this.avoided.some((divisor) => this.step! % divisor === 0n);
  }

  /** Remainder after one more digit, of those up to the unit. */
  append(remainder: number, digit: number): number {
    const next = (remainder * 10 + digit) % this.modulus;
    return this.coprime === 0 ? next : this.representative(next);
  }

  /** Whether a numeral with this remainder and so many decimals (at most `decimals`) passes as it is. */
  accepts(remainder: number, decimals: number): boolean {
    if (remainder === INDIVISIBLE) return true;
    if (remainder % this.stepByDecimals[decimals]! !== 0) return false;
    for (const divisor of this.avoidedByDecimals[decimals]!) if (remainder % divisor === 0) return false;
    return true;
  }

  /**
   * Whether some `count` digits more make a numeral pass.
   * @param shifted Remainder of the numeral with `count` zeros at its end.
   * @param decimals Decimals of the whole numeral, at most those of the unit.
   */
  canComplete(shifted: number, count: number, decimals: number): boolean {
    if (!this.possibleByDecimals[decimals]) return false;
    const step = this.stepByDecimals[decimals]!;
    const avoided = this.avoidedByDecimals[decimals]!;
    const end = 10 ** count;
    // Among numbers in a row, those with a divisor out of a few are soon followed by one without.
    for (let added = (step - (shifted % step)) % step; added < end; added += step) {
      let passes = true;
      const remainder = (shifted + added) % this.modulus;
      for (const divisor of avoided) passes &&= remainder % divisor !== 0;
      if (passes) return true;
    }
    return false;
  }

  /** Whether so many digits more at the end of any numeral without decimals can make it pass. */
  isCompletedBy(count: number): boolean {
    const tried = this.avoided.length === 0 ? 1 : AVOIDED_IN_A_ROW;
    return this.possibleByDecimals[0]! && 10 ** count >= this.stepByDecimals[0]! * tried;
  }

  /**
   * The nearest value that passes, from `value` on in steps up (1n) or down (-1n), all times ten to the `decimals`: those
   * of the unit, and more where there is no step but something to avoid.
   */
  nearest(value: bigint, decimals: number, direction: 1n | -1n): bigint {
    const unit = 10n ** BigInt(decimals - this.decimals);
    const step = this.step === undefined ? 1n : this.step * unit;
    const over = value % step;
    let nearest = over === 0n ? value : value - over + (direction > 0n ? step : 0n);
    while (this.avoided.some((divisor) => nearest % (divisor * unit) === 0n)) nearest += direction * step;
    return nearest;
  }

  /**
   * The first remainder seen of those that the same digits complete: with trailing zeros asked for, as by 1000, the
   * digits before are soon all one.
   */
  private representative(remainder: number): number {
    let key = String(remainder % this.coprime);
    let shifted = remainder;
    for (let count = 0; count < this.distinguishing; count++) {
      const added = (this.modulus - shifted) % this.modulus;
      key += added < 10 ** count ? `,${added}` : ',';
      shifted = (shifted * 10) % this.modulus;
    }
    const known = this.classes.get(key);
    if (known === undefined) this.classes.set(key, remainder);
    return known ?? remainder;
  }
}

const ANY = new Divisibility(0, undefined, [], 1n);
const WHOLE = new Divisibility(0, 1n, [], 1n);

/**
 * The common divisibility of numbers; undefined where it is out of reach: divisors finer than 1e-15, a common multiple
 * of them of 9e14 units or more (1e12 with divisors to avoid), or more than 16 to avoid.
 */
export function divisibility(
  multipleOf: readonly number[],
  notMultipleOf: readonly number[],
): Divisibility | undefined {
  if (notMultipleOf.length === 0) {
    if (multipleOf.length === 0) return ANY;
    if (multipleOf.length === 1 && multipleOf[0] === 1) return WHOLE;
  }
  const all = [...multipleOf, ...notMultipleOf];
  if (!all.every((divisor) => divisor > 0 && Number.isFinite(divisor))) return undefined;
  let decimals = Math.max(...all.map((divisor) => decimalsOf(decimalOf(divisor))));
  if (decimals > MAXIMUM_DECIMALS || notMultipleOf.length > MAXIMUM_AVOIDED) return undefined;
  const inUnits = (divisor: number) => scaled(decimalOf(divisor), decimals).floor;
  let step = multipleOf.length === 0 ? undefined : multipleOf.map(inUnits).reduce(leastCommonMultiple);
  let avoided = notMultipleOf.map((divisor) => leastCommonMultiple(inUnits(divisor), step ?? 1n));
  while (step !== undefined && decimals > 0 && step % 10n === 0n) {
    step /= 10n;
    avoided = avoided.map((divisor) => divisor / 10n);
    decimals--;
  }
  const modulus = avoided.reduce(leastCommonMultiple, step ?? 1n);
  if (modulus > (avoided.length > 0 ? MAXIMUM_AVOIDING_MODULUS : MAXIMUM_MODULUS)) return undefined;
  return new Divisibility(decimals, step, avoided, modulus);
}

function greatestCommonDivisor(a: bigint, b: bigint): bigint {
  while (b !== 0n) [a, b] = [b, a % b];
  return a;
}

function leastCommonMultiple(a: bigint, b: bigint): bigint {
  return (a / greatestCommonDivisor(a, b)) * b;
}
