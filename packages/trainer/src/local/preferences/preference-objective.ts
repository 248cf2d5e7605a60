import type { LossWeights, WeightedPair } from '../loss-weights.js';
import type { Objective } from '../objective.js';
import { labelCount, type TrainingExample } from '../training-example.js';

/** Two answers to the same conversation, rendered. */
export interface Preference {
  preferred: TrainingExample;
  other: TrainingExample;
}

/** Preferences are learnt by direct preference optimisation (Rafailov et al. 2023). */
export interface PreferenceObjectiveOptions {
  /** By how much more likely the reference model finds the preferred answer of each pair, in nats. */
  referenceMargins: ReadonlyMap<Preference, number>;
  /** Weight of the preferred answers' own loss, a mean over their labels, beside that of the pairs; 0: none. */
  rpoAlpha: number;
}

/**
 * The loss is the mean over the pairs of the batch, and beside it the preferred answers are imitated (Pang et al. 2024), so
 * that they do not become less likely along with the others. A pair is right where the model prefers as it should more than
 * the reference did.
 */
export function preferenceObjective({ referenceMargins, rpoAlpha }: PreferenceObjectiveOptions): Objective<Preference> {
  return {
    weigh(batch) {
      const labels = batch.reduce((sum, { preferred }) => sum + labelCount(preferred), 0);
      return ({ leaves }): LossWeights => {
        const leafOf = new Map(leaves.map(({ example }, leaf) => [example, leaf]));
        const pairs: WeightedPair[] = [];
        for (const preference of batch) {
          const preferred = leafOf.get(preference.preferred);
          const other = leafOf.get(preference.other);
          if (preferred === undefined || other === undefined) continue;
          const referenceMargin = referenceMargins.get(preference) ?? 0;
          pairs.push({ preferred, other, referenceMargin, weight: 1 / batch.length });
        }
        const imitated = new Set(pairs.map(({ preferred }) => preferred));
        return { ofLeaf: (leaf) => (imitated.has(leaf) ? rpoAlpha / labels : 0), pairs };
      };
    },
    score({ pairLosses, margins }) {
      return {
        loss: pairLosses!.reduce((sum, loss) => sum + loss, 0),
        losses: pairLosses!.length,
        right: margins!.reduce((count, margin) => count + (margin > 0 ? 1 : 0), 0),
      };
    },
  };
}
