import { labelProbabilities } from './label-probabilities.js';

/** A row whose label is known. */
export interface LabelledLogits {
  /** [labels] */
  logits: ArrayLike<number>;
  /** Place of the right one. */
  label: number;
}

const lowest = 0.05;
const highest = 20;

/**
 * The temperature at which the rows' labels are the most likely (temperature scaling, Guo et al. 2017), from 0.05 to 20.
 * Where no row is wrong nothing says how sure to be, and it is 1.
 */
export function fitTemperature(rows: readonly LabelledLogits[]): number {
  if (rows.every(isRight)) return 1;
  // The mean negative log-likelihood is convex in the inverse temperature: its slope is bisected, on a logarithmic scale.
  let [low, high] = [Math.log(1 / highest), Math.log(1 / lowest)];
  for (let step = 0; step < 50; step++) {
    const middle = (low + high) / 2;
    if (slope(rows, Math.exp(middle)) < 0) low = middle;
    else high = middle;
  }
  return 1 / Math.exp((low + high) / 2);
}

/** Derivative of the summed negative log-likelihood by the inverse temperature: expected logits less the labels' own. */
function slope(rows: readonly LabelledLogits[], inverse: number): number {
  let sum = 0;
  for (const { logits, label } of rows) {
    sum -= logits[label]!;
    labelProbabilities(logits, 1 / inverse).forEach((probability, at) => {
      sum += probability * logits[at]!;
    });
  }
  return sum;
}

function isRight({ logits, label }: LabelledLogits): boolean {
  return Array.from(logits).every((logit, at) => at === label || logit < logits[label]!);
}
