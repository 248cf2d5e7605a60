import type { Graph, Tensor } from '../graph.js';
import type { LabelLoss } from './cross-entropy.js';

/** Pairs of answers to the same prompt, of which the first is preferred. */
export interface PreferencePairs {
  /** float32 [pairs, labels]: 1 at the labels of the preferred answer, -1 at those of the other, else 0. */
  signs: Tensor;
  /** float32 [pairs, 1]: how much more likely the reference model finds the preferred answer, in nats. */
  referenceMargins: Tensor;
  /** float32 [pairs, 1]: weight of each pair, usually 1 / number of pairs. */
  weights: Tensor;
}

export interface PreferenceLoss extends LabelLoss {
  /** [pairs]: each pair's own loss, unweighted, in nats. */
  pairLosses: Tensor;
  /** [pairs]: by how much more than the reference the model prefers the preferred answer, in nats. */
  margins: Tensor;
}

/**
 * Direct preference optimisation (Rafailov et al. 2023): −log σ(β · margin), where the margin is by how much more the
 * model prefers an answer to the other than the reference does.
 * @param nats [labels, 1]: each label's loss
 */
export function preferenceLoss(
  graph: Graph,
  nats: Tensor,
  { signs, referenceMargins, weights }: PreferencePairs,
  beta: number,
): PreferenceLoss {
  const preference = graph.node('Neg', [graph.node('MatMul', [signs, nats])]); // [pairs, 1]
  const margins = graph.node('Sub', [preference, referenceMargins]);
  const doubts = graph.node('Mul', [margins, graph.scalar(-beta)]);
  // log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), which does not overflow.
  const small = graph.node('Exp', [graph.node('Neg', [graph.node('Abs', [doubts])])]);
  const pairLosses = graph.node('Add', [
    graph.node('Max', [doubts, graph.scalar(0)]),
    graph.node('Log', [graph.node('Add', [small, graph.scalar(1)])]),
  ]);
  const pulls = graph.node('Mul', [graph.node('Mul', [graph.node('Sigmoid', [doubts]), weights]), graph.scalar(beta)]);
  const flatten = (x: Tensor) => graph.node('Reshape', [x, graph.integers([-1])]);
  return {
    loss: graph.node('ReduceSum', [graph.node('Mul', [pairLosses, weights])], { attributes: { keepdims: 0 } }),
    slopes: graph.node('Gemm', [signs, pulls], { attributes: { transA: 1 } }),
    pairLosses: flatten(pairLosses),
    margins: flatten(margins),
  };
}
