import type { IntentLabel } from '@tooltune/sdk';
import type { Parameter } from '../../model/parameter.js';
import type { PassRunner } from '../pass-runner.js';
import { planPasses } from '../prefix-tree.js';
import type { TrainingExample } from '../training-example.js';

export interface LabelLogitsOptions {
  passes: PassRunner;
  parameters: readonly Parameter[];
  labels: readonly IntentLabel[];
  /** Most rows computed at once; bounds memory, not the result. */
  maxTokensPerPass: number;
  signal: AbortSignal | undefined;
}

/**
 * The labels' logits after each prompt, in the order of the labels: [examples][labels].
 * @param examples of IntentRenderer
 * @throws the signal's reason when aborted
 */
export async function labelLogits(
  examples: readonly TrainingExample[],
  { passes, parameters, labels, maxTokensPerPass, signal }: LabelLogitsOptions,
): Promise<Float32Array[]> {
  const found = new Map<TrainingExample, Float32Array>();
  for (const tree of planPasses(examples, maxTokensPerPass)) {
    signal?.throwIfAborted();
    await passes.run({ tree, parameters, weights: { ofLeaf: () => 1 }, random: null }, ({ choiceLogits }, packed) => {
      packed.labelLeaves.forEach((leaf, row) => {
        const start = row * packed.most;
        const byToken = new Map(
          labels.map((_, option) => [Number(packed.options[start + option]), choiceLogits![start + option]!]),
        );
        const logits = Float32Array.from(labels, ({ token }) => byToken.get(token)!);
        found.set(tree.leaves[leaf]!.example, logits);
      });
    });
  }
  return examples.map((example) => found.get(example)!);
}
