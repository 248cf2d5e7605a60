import type { LowRankUpdate } from '../adapter/adapter.js';

/**
 * Adds a low-rank update to a weight, in place: W + scale · B · A, and for DoRA (Liu et al. 2024) each row of that made as
 * long as its magnitude. Sums are taken in double precision and rounded once.
 * @param weight [outputs, inputs]
 * @param scale `loraScale` of the adapter
 */
export function mergeWeight(weight: Float32Array, update: LowRankUpdate, scale: number): void {
  const { inputs, outputs, a, b, magnitude } = update;
  const rank = a.length / inputs;
  const row = new Float64Array(inputs);
  for (let output = 0; output < outputs; output++) {
    row.set(weight.subarray(output * inputs, (output + 1) * inputs));
    for (let at = 0; at < rank; at++) {
      const factor = scale * b[output * rank + at]!;
      const from = at * inputs;
      for (let input = 0; input < inputs; input++) row[input]! += factor * a[from + input]!;
    }
    if (magnitude !== undefined) stretch(row, magnitude[output]!);
    weight.set(row, output * inputs);
  }
}

/** Gives a row another Euclidean length; a row of zeros stays what it is. */
function stretch(row: Float64Array, length: number): void {
  let sum = 0;
  for (const value of row) sum += value * value;
  if (sum === 0) return;
  const factor = length / Math.sqrt(sum);
  for (let index = 0; index < row.length; index++) row[index]! *= factor;
}
