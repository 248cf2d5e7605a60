import type { Parameter } from '../model/parameter.js';
import type { PassRunner } from './pass-runner.js';
import { planPasses } from './prefix-tree.js';
import type { TrainingExample } from './training-example.js';

/** Most rows of a pass in which each may carry a label, as each label takes a row of logits. */
const mostLabelRows = 384;

/** How losses are measured. */
export interface MeanLossOptions {
  passes: PassRunner;
  /** Most rows computed at once; bounds memory, not the result. */
  maxTokensPerPass: number;
  signal: AbortSignal | undefined;
}

/**
 * Mean loss of the base with an adapter, in nats a label token. The graph is that of training: its gradients are computed
 * and left alone, which costs half the time and spares a second copy of the weights.
 * @throws the signal's reason when aborted
 */
export async function meanLoss(
  examples: readonly TrainingExample[],
  parameters: readonly Parameter[],
  { passes, maxTokensPerPass, signal }: MeanLossOptions,
): Promise<number> {
  let sum = 0;
  let labels = 0;
  for (const tree of planPasses(examples, Math.min(maxTokensPerPass, mostLabelRows))) {
    signal?.throwIfAborted();
    await passes.run({ tree, parameters, weights: { ofLeaf: () => 1 }, random: null }, ({ nats }) => {
      for (const loss of nats!) sum += loss;
      labels += nats!.length;
    });
  }
  return sum / labels;
}
