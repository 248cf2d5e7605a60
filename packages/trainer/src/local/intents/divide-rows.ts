import { type Example, type IntentExample, splitDataset, TooltuneError } from '@tooltune/sdk';
import { intentRows } from './intent-examples.js';

/** Rows to learn from, and rows to measure and calibrate on. */
export interface DividedRows {
  training: IntentExample[];
  validation: IntentExample[];
}

/**
 * Holds a share of the rows out, drawn by the seed, where no others are given. Throws `training/bad-rows`,
 * `training/bad-option`.
 */
export function divideRows(
  rows: readonly Example[],
  { validation, fraction, seed }: { validation: readonly Example[] | undefined; fraction: number; seed: number },
): DividedRows {
  if (!(fraction >= 0 && fraction < 1)) {
    throw new TooltuneError(
      'training/bad-option',
      `validationFraction must be at least 0 and below 1, it is ${fraction}`,
    );
  }
  const learnt = intentRows(rows);
  if (validation !== undefined) return { training: learnt, validation: intentRows(validation) };
  const { train, heldOut } = splitDataset(learnt, { seed, fraction });
  return { training: intentRows(train), validation: intentRows(heldOut) };
}
