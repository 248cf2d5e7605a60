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
 * rows drawn with replacement.
 */
export function bootstrapEstimate<Row>(
  rows: readonly Row[],
  figure: (rows: readonly Row[]) => number,
  random: Random,
): EvaluationEstimate {
  const figures = Array.from({ length: bootstrapSamples }, () =>
    figure(rows.map(() => rows[random.integer(0, rows.length - 1)]!)),
  ).sort((a, b) => a - b);
  return {
    value: figure(rows),
    low: figures[Math.floor(0.025 * bootstrapSamples)]!,
    high: figures[Math.ceil(0.975 * bootstrapSamples) - 1]!,
  };
}
