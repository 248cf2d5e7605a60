import { type Example, splitDataset, type TextExample, TooltuneError } from '@tooltune/sdk';
import { type TextRows, textRows } from './text-rows.js';

/** Rows to learn from, and rows to measure and calibrate on, all classified in the same way. */
export interface DividedRows {
  kind: TextRows['kind'];
  training: TextExample[];
  validation: TextExample[];
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
  const { kind, rows: all } = textRows([...rows, ...(validation ?? [])]);
  const learnt: TextExample[] = all.slice(0, rows.length);
  if (validation !== undefined) return { kind, training: learnt, validation: all.slice(rows.length) };
  const { train, heldOut } = splitDataset(learnt, { seed, fraction });
  return { kind, training: train as TextExample[], validation: heldOut as TextExample[] };
}
