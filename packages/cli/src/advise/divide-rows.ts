import { createRandom, type Example, splitDataset } from '@tooltune/sdk';
import { askedWords, createNearDuplicateIndex } from '@tooltune/sdk/checks';

/** Rows in an order drawn by the seed: any part from the beginning on is a sample. */
export interface DividedRows {
  training: Example[];
  heldOut: Example[];
  /** Rows left out, as they nearly ask what a held-out row asks. */
  nearDuplicates: number;
}

/**
 * Holds rows out, drawn by the seed. Rows that ask the same, case and white space aside, stay on one side; those that nearly
 * ask what a held-out row asks are neither learnt from nor shown.
 */
export function divideRows(
  rows: readonly Example[],
  { seed, heldOut: count }: { seed: number; heldOut: number },
): DividedRows {
  const { train, heldOut } = splitDataset(rows, { seed, fraction: Math.min(1, count / rows.length) });
  const held = createNearDuplicateIndex({ threshold: 0.8 });
  for (const row of heldOut) held.add(askedWords(row), '');
  const others = train.filter((row) => !held.has(askedWords(row), ''));
  const random = createRandom(`advise ${seed}`);
  return {
    training: random.fork('training').shuffle(others),
    heldOut: random.fork('held out').shuffle(heldOut),
    nearDuplicates: train.length - others.length,
  };
}
