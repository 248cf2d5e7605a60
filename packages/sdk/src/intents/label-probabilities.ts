/** Probabilities of labels from their logits: softmax(logits / temperature). Shape [labels], both. */
export function labelProbabilities(logits: ArrayLike<number>, temperature: number): Float64Array {
  const probabilities = Float64Array.from(logits);
  const largest = probabilities.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  let total = 0;
  for (let label = 0; label < probabilities.length; label++) {
    probabilities[label] = Math.exp((probabilities[label]! - largest) / temperature);
    total += probabilities[label]!;
  }
  for (let label = 0; label < probabilities.length; label++) probabilities[label]! /= total;
  return probabilities;
}
