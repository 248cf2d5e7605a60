/** Passes of one row that a training makes at least: with three epochs alone few rows would take too few steps to learn. */
const fewestPasses = 800;
const [fewestEpochs, mostEpochs] = [3, 10];
/** Rows of the first training, which tells how fast this machine is. */
const [smallestFirst, largestFirst] = [16, 100];
/** A size is worth its own training where it is so many times the one before. */
const step = 1.4;

/** Epochs of a training on so many rows: the fewer, the more. */
export function epochsFor(rows: number): number {
  return Math.min(mostEpochs, Math.max(fewestEpochs, Math.ceil(fewestPasses / rows)));
}

/** The first size to train on, of so many rows at hand. */
export function firstSize(rows: number): number {
  return Math.min(rows, Math.max(smallestFirst, Math.min(largestFirst, Math.round(rows / 8))));
}

/**
 * Sizes after the first: a quarter, a half and all of the rows, or of as many as there is time for.
 * @param seconds that are left; passSeconds that a row takes in one epoch; measureSeconds that it takes to measure an adapter
 */
export function furtherSizes(
  { first, rows }: { first: number; rows: number },
  { seconds, passSeconds, measureSeconds }: { seconds: number; passSeconds: number; measureSeconds: number },
): number[] {
  const sizesUpTo = (largest: number) => {
    const sizes: number[] = [];
    for (const size of [largest / 4, largest / 2, largest].map(Math.round)) {
      if (size >= step * (sizes.at(-1) ?? first)) sizes.push(size);
    }
    return sizes;
  };
  const cost = (sizes: readonly number[]) =>
    sizes.reduce((sum, size) => sum + size * epochsFor(size) * passSeconds + measureSeconds, 0);
  // Costs rise with the largest size but for the bends of the epochs, so it is looked for from above.
  for (let largest = rows; largest > first; largest = Math.floor(largest * 0.95)) {
    const sizes = sizesUpTo(largest);
    if (sizes.length > 0 && cost(sizes) <= seconds) return sizes;
  }
  return [];
}
