import type { LossWeights } from './loss-weights.js';
import type { Pack } from './pack.js';
import type { PassOutputs } from './pass-runner.js';
import type { PrefixTree } from './prefix-tree.js';
import { labelCount, type TrainingExample } from './training-example.js';

/** What is learnt from rows: the loss that a step lowers, and what is told of it. */
export interface Objective<Row> {
  /** What the losses of a pass count, in a step that learns from the whole batch. */
  weigh(batch: readonly Row[]): (tree: PrefixTree) => LossWeights;
  /** What a pass says of its rows. */
  score(outputs: PassOutputs, packed: Pack, tree: PrefixTree): Score;
}

/** How well rows are predicted. */
export interface Score {
  /** Sum of the losses that are told, in nats. */
  loss: number;
  /** How many these are: label tokens, or pairs. */
  losses: number;
  /** Rows that are right: to the letter, or preferred as they should be. */
  right: number;
}

/**
 * Answers are imitated: the loss is the mean over the labels of the batch.
 * @param untold examples whose loss is not told
 */
export function imitation(untold: ReadonlySet<TrainingExample> = new Set()): Objective<TrainingExample> {
  return {
    weigh(batch) {
      const labels = batch.reduce((sum, example) => sum + labelCount(example), 0);
      return () => ({ ofLeaf: () => 1 / labels });
    },
    score({ nats, correct }, { labelLeaves }, { leaves }) {
      const score: Score = { loss: 0, losses: 0, right: 0 };
      const wrong = new Set<number>();
      labelLeaves.forEach((leaf, label) => {
        if (correct![label] !== 1) wrong.add(leaf);
        if (untold.has(leaves[leaf]!.example)) return;
        score.loss += nats![label]!;
        score.losses++;
      });
      score.right = leaves.length - wrong.size;
      return score;
    },
  };
}
