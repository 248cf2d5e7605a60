import type { Random } from '../random/index.js';
import type { EvaluationDifference, PairedRate } from '../schemas/index.js';
import { bootstrapFigures, percentileInterval } from './statistics.js';

/**
 * Two-sided p-value of McNemar's exact test (McNemar 1947): that rows which only one of two configurations gets right fall
 * to either with the same chance.
 */
export function mcNemarExact(onlyFirst: number, onlySecond: number): number {
  const total = onlyFirst + onlySecond;
  const fewer = Math.min(onlyFirst, onlySecond);
  // Terms of the binomial distribution relative to the largest of those summed, so that none underflows.
  let term = 1;
  let sum = 1;
  for (let count = fewer; count > 0; count--) {
    term *= count / (total - count + 1);
    sum += term;
  }
  return Math.min(1, 2 * Math.exp(logBinomial(total, fewer) - total * Math.LN2 + Math.log(sum)));
}

/** Rows of which something is so with both, with one, or with neither: McNemar's test, and the difference of the rates. */
export function pairedRate(
  pairs: readonly (readonly [baseline: boolean, candidate: boolean])[],
  random: Random,
): PairedRate {
  const count = (baseline: boolean, candidate: boolean) =>
    pairs.filter((pair) => pair[0] === baseline && pair[1] === candidate).length;
  const [baselineOnly, candidateOnly] = [count(true, false), count(false, true)];
  const differences = pairs.map(([baseline, candidate]) => Number(candidate) - Number(baseline));
  return {
    rows: pairs.length,
    ...{ both: count(true, true), baselineOnly, candidateOnly, neither: count(false, false) },
    difference: pairs.length === 0 ? null : differenceOf(differences, meanOf, random).difference,
    pValue: mcNemarExact(baselineOnly, candidateOnly),
  };
}

/**
 * A difference between two configurations on the same rows, with its percentile interval and the two-sided p-value of the
 * paired bootstrap (Efron & Tibshirani 1993, section 16.4): the share of samples whose difference is at least as far from
 * that of all rows as that is from 0.
 * @param figure the difference on some rows, null where they have none
 * @throws RangeError where all rows have none
 */
export function differenceOf<Row>(
  rows: readonly Row[],
  figure: (rows: readonly Row[]) => number | null,
  random: Random,
): { difference: EvaluationDifference; pValue: number } {
  const value = figure(rows);
  if (value === null) throw new RangeError('a difference that the rows do not have');
  const figures = bootstrapFigures(rows, figure, random);
  // Sums in another order differ in their last digits.
  const asFar = figures.filter((other) => Math.abs(other - value) >= Math.abs(value) - 1e-12).length;
  return {
    difference: { value, ...percentileInterval(figures) },
    pValue: (asFar + 1) / (figures.length + 1),
  };
}

/** p-values that hold for all of several tests at once (Holm 1979), in the order given. */
export function holm(pValues: readonly number[]): number[] {
  const order = pValues.map((_, index) => index).sort((a, b) => pValues[a]! - pValues[b]!);
  const adjusted = new Array<number>(pValues.length);
  let largest = 0;
  for (const [rank, index] of order.entries()) {
    largest = Math.max(largest, Math.min(1, pValues[index]! * (pValues.length - rank)));
    adjusted[index] = largest;
  }
  return adjusted;
}

function meanOf(values: readonly number[]): number {
  let sum = 0;
  for (const value of values) sum += value;
  return sum / values.length;
}

function logBinomial(n: number, k: number): number {
  let sum = 0;
  for (let i = 1; i <= k; i++) sum += Math.log((n - k + i) / i);
  return sum;
}
