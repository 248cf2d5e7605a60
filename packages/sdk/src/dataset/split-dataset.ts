import { sha256Hex } from '../hash/index.js';
import { promptKey } from './conversation.js';
import type { Example } from './example.js';

/** How much is held out, and by which draw. */
export interface SplitOptions {
  seed: number | string;
  /** Share of the rows to hold out, from 0 to 1. */
  fraction: number;
}

/** Two parts of a dataset, each in the order of the file. */
export interface DatasetSplit {
  train: Example[];
  heldOut: Example[];
}

/**
 * Holds out a share of the rows, drawn by the hash of the seed and the prompt: the same rows whatever their order, and
 * hardly others when rows are added. Rows that ask the same, case and white space aside, stay together. At most
 * `fraction` of the rows is held out, and at least one prompt where there are two and the fraction is neither 0 nor 1.
 */
export function splitDataset(examples: readonly Example[], { seed, fraction }: SplitOptions): DatasetSplit {
  if (!(fraction >= 0 && fraction <= 1)) throw new RangeError(`fraction must be from 0 to 1, got ${fraction}`);
  const groups = new Map<string, number[]>();
  for (const [index, example] of examples.entries()) {
    const key = promptKey(example);
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [index]);
    else group.push(index);
  }
  const drawn = [...groups]
    .map(([key, rows]) => ({ order: sha256Hex(`${seed}\n${key}`), rows }))
    .sort((a, b) => (a.order < b.order ? -1 : 1));

  const limit = Math.round(fraction * examples.length);
  const heldOut = new Set<number>();
  for (const { rows } of drawn) {
    if (heldOut.size + rows.length <= limit) for (const row of rows) heldOut.add(row);
  }
  if (heldOut.size === 0 && fraction > 0 && drawn.length > 1) {
    const smallest = drawn.reduce((a, b) => (b.rows.length < a.rows.length ? b : a));
    for (const row of smallest.rows) heldOut.add(row);
  }
  return {
    train: examples.filter((_, index) => !heldOut.has(index)),
    heldOut: examples.filter((_, index) => heldOut.has(index)),
  };
}
