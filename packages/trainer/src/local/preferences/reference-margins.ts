import type { Parameter } from '../../model/parameter.js';
import type { PassRunner } from '../pass-runner.js';
import { planGroupedPasses } from '../prefix-tree.js';
import type { TrainingExample } from '../training-example.js';
import type { Preference } from './preference-objective.js';

export interface ReferenceMarginsOptions {
  passes: PassRunner;
  /** Of the reference model. */
  parameters: readonly Parameter[];
  /** Most tokens computed at once; bounds memory, not the result. */
  maxTokensPerPass: number;
  signal: AbortSignal | undefined;
}

/**
 * By how much more likely a model finds the preferred answer of each pair than the other, in nats.
 * @throws the signal's reason when aborted
 */
export async function referenceMargins(
  preferences: readonly Preference[],
  { passes, parameters, maxTokensPerPass, signal }: ReferenceMarginsOptions,
): Promise<Map<Preference, number>> {
  const losses = new Map<TrainingExample, number>();
  const groups = preferences.map(({ preferred, other }) => [preferred, other]);
  for (const tree of planGroupedPasses(groups, maxTokensPerPass)) {
    signal?.throwIfAborted();
    await passes.run({ tree, parameters, weights: { ofLeaf: () => 0 }, random: null }, ({ nats }, { labelLeaves }) => {
      for (const { example } of tree.leaves) losses.set(example, 0);
      labelLeaves.forEach((leaf, label) => {
        const { example } = tree.leaves[leaf]!;
        losses.set(example, losses.get(example)! + nats![label]!);
      });
    });
  }
  return new Map(
    preferences.map((preference) => {
      return [preference, losses.get(preference.other)! - losses.get(preference.preferred)!];
    }),
  );
}
