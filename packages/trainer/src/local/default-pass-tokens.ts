import { buildPrefixTree } from './prefix-tree.js';
import type { TrainingExample } from './training-example.js';

const leastTokens = 768;
/** Of a pass, for what its examples do not share. */
const ownTokens = 640;

/**
 * Tokens of a pass, where nobody says: so many that what the examples of a batch begin with, a tool block above all, is
 * not computed anew for every few of them.
 */
export function defaultPassTokens(examples: readonly TrainingExample[], batchSize: number): number {
  const count = Math.min(batchSize, examples.length);
  const batch = Array.from({ length: count }, (_, index) => examples[Math.floor((index * examples.length) / count)]!);
  const shared = buildPrefixTree(batch)
    .leaves.map(({ start }) => start)
    .sort((a, b) => a - b);
  return Math.max(leastTokens, shared[Math.floor(count / 2)]! + ownTokens);
}
