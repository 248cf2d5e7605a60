/** Passes of one row that a training makes at least: with three epochs alone few rows would take too few steps to learn. */
const fewestPasses = 800;
const [fewestEpochs, mostEpochs] = [3, 10];
/** Rows of the first training, which tells how fast this machine is. */
const [smallestFirst, largestFirst] = [16, 100];
/** Epochs of a training on so many rows: the fewer, the more. */
export function epochsFor(rows: number): number {
  return Math.min(mostEpochs, Math.max(fewestEpochs, Math.ceil(fewestPasses / rows)));
}

/** The first size to train on, of so many rows at hand. */
export function firstSize(rows: number): number {
  return Math.min(rows, Math.max(smallestFirst, Math.min(largestFirst, Math.round(rows / 8))));
}

/**
 * Sizes after the first, each as many times the one before: up to three, the last all rows, or as many as there is time for.
 * @param seconds that are left; passSeconds that a row takes in one epoch; measureSeconds that it takes to measure an adapter
 */
export function furtherSizes(
  { first, rows }: { first: number; rows: number },
  { seconds, passSeconds, measureSeconds }: { seconds: number; passSeconds: number; measureSeconds: number },
): number[] {
  const cost = (sizes: readonly number[]) =>
    sizes.reduce((sum, size) => sum + size * epochsFor(size) * passSeconds + measureSeconds, 0);
  // Costs rise with the largest size but for the bends of the epochs, so it is looked for from above.
  for (let largest = rows; largest > first; largest = Math.min(largest - 1, Math.floor(largest * 0.95))) {
    const sizes = sizesBetween(first, largest);
    if (sizes.length > 0 && cost(sizes) <= seconds) return sizes;
  }
  return [];
}

/** A size that is hardly more than the one before would say nothing new. */
function sizesBetween(first: number, largest: number): number[] {
  const ratio = largest / first;
  const count = ratio < 1.4 ? 0 : ratio < 2.2 ? 1 : ratio < 6 ? 2 : 3;
  return Array.from({ length: count }, (_, index) => Math.round(first * ratio ** ((index + 1) / count)));
}
