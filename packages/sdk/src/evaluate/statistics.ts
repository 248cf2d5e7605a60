import type { Random } from '../random/index.js';
import type { EvaluationEstimate, EvaluationPercentiles, EvaluationRate } from '../schemas/index.js';

/** The normal distribution's 97.5% point. */
const z = 1.959963984540054;

/** A share with its 95% score interval (Wilson 1927); nulls where the total is 0. */
export function wilsonRate(count: number, total: number): EvaluationRate {
  if (total === 0) return { count, total, rate: null, low: null, high: null };
  const rate = count / total;
  const centre = rate + (z * z) / (2 * total);
  const spread = z * Math.sqrt((rate * (1 - rate)) / total + (z * z) / (4 * total * total));
  const scale = 1 + (z * z) / total;
  return {
    count,
    total,
    rate,
    low: count === 0 ? 0 : Math.max(0, (centre - spread) / scale),
    high: count === total ? 1 : Math.min(1, (centre + spread) / scale),
  };
}

/** 50th and 95th percentile by nearest rank: each is one of the values. @throws RangeError where there is none */
export function percentiles(values: readonly number[]): EvaluationPercentiles {
  if (values.length === 0) throw new RangeError('percentiles of no values');
  const sorted = [...values].sort((a, b) => a - b);
  const at = (share: number) => sorted[Math.ceil(share * sorted.length) - 1]!;
  return { p50: at(0.5), p95: at(0.95) };
}

/** The arithmetic mean. @throws RangeError where there is no value */
export function mean(values: readonly number[]): number {
  if (values.length === 0) throw new RangeError('mean of no values');
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

const bootstrapSamples = 1000;

/**
 * A figure of all rows with its 95% percentile interval (bootstrap, Efron 1979): the figure of 1,000 samples, each as many
 * rows drawn with replacement. Samples of which there is no figure (null) are left out.
 * @throws RangeError where there is no figure of all rows
 */
export function bootstrapEstimate<Row>(
  rows: readonly Row[],
  figure: (rows: readonly Row[]) => number | null,
  random: Random,
): EvaluationEstimate {
  const value = figure(rows);
  if (value === null) throw new RangeError('bootstrap of a figure that the rows do not have');
  return { value, ...percentileInterval(bootstrapFigures(rows, figure, random)) };
}

/** Figures of the samples that have one, in ascending order. */
export function bootstrapFigures<Row>(
  rows: readonly Row[],
  figure: (rows: readonly Row[]) => number | null,
  random: Random,
): number[] {
  const sample: Row[] = new Array(rows.length);
  const figures: number[] = [];
  for (let count = 0; count < bootstrapSamples; count++) {
    for (let place = 0; place < rows.length; place++) sample[place] = rows[random.integer(0, rows.length - 1)]!;
    const value = figure(sample);
    if (value !== null) figures.push(value);
  }
  return figures.sort((a, b) => a - b);
}

/** What lies between the 2.5th and the 97.5th percentile of values in ascending order. */
export function percentileInterval(sorted: readonly number[]): { low: number; high: number } {
  return {
    low: sorted[Math.floor(0.025 * sorted.length)]!,
    high: sorted[Math.ceil(0.975 * sorted.length) - 1]!,
  };
}

/** Precision, recall and F1 score of counts; null where there is nothing to divide by. */
export function ratios({ wanted, got, right }: { wanted: number; got: number; right: number }): {
  precision: number | null;
  recall: number | null;
  f1: number | null;
} {
  const share = (part: number, whole: number) => (whole === 0 ? null : part / whole);
  return { precision: share(right, got), recall: share(right, wanted), f1: share(2 * right, wanted + got) };
}
