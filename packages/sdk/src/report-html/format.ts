import type { EvaluationRate } from '../schemas/index.js';

/** `79.7%`; a dash for null. */
export function percent(share: number | null | undefined, digits = 1): string {
  return share === null || share === undefined ? '–' : `${(share * 100).toFixed(digits)}%`;
}

/** `+74.7 points`, of a difference of shares. */
export function points(difference: number): string {
  return `${signed(difference * 100, 1)} points`;
}

export function signed(value: number, digits: number): string {
  const text = Math.abs(value).toFixed(digits);
  return Number(text) === 0 ? text : `${value < 0 ? '−' : '+'}${text}`;
}

/** `p = 0.031`, `p < 0.001`. */
export function pValue(value: number): string {
  return value < 0.001 ? 'p < 0.001' : `p = ${value.toFixed(3)}`;
}

/** `743 ms`, `2.31 s`. */
export function milliseconds(value: number): string {
  return value < 999.5 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(2)} s`;
}

export function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function decimal(value: number | null | undefined, digits = 3): string {
  return value === null || value === undefined ? '–' : value.toFixed(digits);
}

/** `1 row`, `2 rows`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${whole(count)} ${count === 1 ? one : many}`;
}

/** `a, b and c`. */
export function listed(names: readonly string[]): string {
  return names.length < 2 ? (names[0] ?? '') : `${names.slice(0, -1).join(', ')} and ${names.at(-1)}`;
}

/** `(74.8 to 83.8)`, in percent. */
export function interval({ low, high }: { low: number | null; high: number | null }): string {
  return low === null || high === null ? '' : `${(low * 100).toFixed(1)} to ${(high * 100).toFixed(1)}`;
}

/** `3 of 300`. */
export function countOf({ count, total }: EvaluationRate): string {
  return `${whole(count)} of ${whole(total)}`;
}
