/** An exact decimal number, not negative: 0.d1d2d3... times ten to the `exponent`. Zero has no digits and exponent 0. */
export interface Decimal {
  /** Significant digits; neither the first nor the last is 0. */
  digits: string;
  exponent: number;
}

/** The magnitude of a finite double, by the shortest decimal that is read back as it (ECMA-262, Number::toString). */
export function decimalOf(value: number): Decimal {
  if (value === 0) return { digits: '', exponent: 0 };
  if (Number.isSafeInteger(value) && value % 10 !== 0) {
    const digits = String(Math.abs(value));
    return { digits, exponent: digits.length };
  }
  const text = Math.abs(value).toExponential();
  const mark = text.indexOf('e');
  return { digits: text[0] + text.slice(2, mark), exponent: Number(text.slice(mark + 1)) + 1 };
}

/** Digits after the point of a decimal written in full. */
export function decimalsOf({ digits, exponent }: Decimal): number {
  return Math.max(0, digits.length - exponent);
}

/** The value times ten to the `decimals`, rounded down, and whether that is exact. */
export function scaled({ digits, exponent }: Decimal, decimals: number): { floor: bigint; exact: boolean } {
  const shift = exponent - digits.length + decimals;
  if (digits === '') return { floor: 0n, exact: true };
  if (shift >= 0) return { floor: BigInt(digits) * 10n ** BigInt(shift), exact: true };
  const kept = digits.length + shift;
  return { floor: kept <= 0 ? 0n : BigInt(digits.slice(0, kept)), exact: false };
}
