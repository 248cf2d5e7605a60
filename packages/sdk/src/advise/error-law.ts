/** A measured share of wrong rows, and the variance of that. */
export interface MeasuredError {
  error: number;
  variance: number;
}

/** What is believed before anything is measured. */
export interface ErrorLawPrior {
  slope: number;
  /** Share of the error at the largest size that no number of rows takes away. */
  limit: number;
}

/** Error after learning from so many times the rows of the largest size; never rises, and is from 0 to 1. */
export type ErrorLaw = (relativeRows: number) => number;

const slopes = Array.from({ length: 32 }, (_, index) => 0.03 * 100 ** (index / 31));
const limits = Array.from({ length: 26 }, (_, index) => index / 25);
/** Standard deviations of what is believed: of the slope's logarithm, and of the limit. */
const [slopeDoubt, limitDoubt] = [0.7, 0.4];

/**
 * The likeliest error = min(1, level · (limit + (1 − limit) · rows^−slope)) with level ≥ 0, limit in [0, 1] and slope in
 * [0.03, 3], rows in parts of the largest size: on a grid of limits and slopes, where the level has a closed form (weighted
 * least squares).
 */
export function fitErrorLaw(
  relativeRows: readonly number[],
  measured: readonly MeasuredError[],
  prior: ErrorLawPrior,
): ErrorLaw {
  let best = { cost: Number.POSITIVE_INFINITY, level: 0, limit: 0, slope: 0 };
  const powers = new Float64Array(relativeRows.length);
  const shape = new Float64Array(relativeRows.length);
  for (const slope of slopes) {
    for (const [index, rows] of relativeRows.entries()) powers[index] = rows ** -slope;
    const slopeCost = (Math.log(slope / prior.slope) / slopeDoubt) ** 2;
    for (const limit of limits) {
      let cost = slopeCost + ((limit - prior.limit) / limitDoubt) ** 2;
      if (cost >= best.cost) continue;
      for (const [index, power] of powers.entries()) shape[index] = limit + (1 - limit) * power;
      const level = levelOf(shape, measured);
      for (const [index, { error, variance }] of measured.entries()) {
        cost += (error - Math.min(1, level * shape[index]!)) ** 2 / variance;
      }
      if (cost < best.cost) best = { cost, level, limit, slope };
    }
  }
  const { level, limit, slope } = best;
  return (rows) => Math.min(1, level * (limit + (1 - limit) * rows ** -slope));
}

/** Sizes at which the law says that all is wrong have no say in how high it is. */
function levelOf(shape: Float64Array, measured: readonly MeasuredError[]): number {
  let level = Number.POSITIVE_INFINITY;
  for (let turn = 0; turn < measured.length; turn++) {
    let [product, square] = [0, 0];
    for (const [index, { error, variance }] of measured.entries()) {
      if (turn > 0 && level * shape[index]! >= 1) continue;
      product += (error * shape[index]!) / variance;
      square += (shape[index]! * shape[index]!) / variance;
    }
    if (square === 0 || product / square === level) break;
    level = product / square;
  }
  return level;
}
