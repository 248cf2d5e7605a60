import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

export interface CrossEntropy {
  /** Scalar: the weighted sum of the labels' losses, in nats. */
  loss: Tensor;
  /** [labels, vocabulary] */
  logits: Tensor;
  /** [labels]: 1 where the most likely token is the label, else 0. */
  correct: Tensor;
}

/**
 * Weighted cross-entropy of a tied or separate, frozen output head. Seeds the backward pass.
 * The gradient never holds a one-hot matrix: d(hidden) = weight · (softmax · head − head[label]).
 * @param hidden [labels, width]
 * @param head frozen, [vocabulary, width]
 * @param labels int64 [labels]: token ids
 * @param weights float32 [labels, 1]: weight of each label, usually 1 / number of labels
 */
export function crossEntropy(tape: Tape, hidden: Tensor, head: Tensor, labels: Tensor, weights: Tensor): CrossEntropy {
  const { graph } = tape;
  const logits = graph.node('Gemm', [hidden, head], { attributes: { transB: 1 } });
  const probabilities = graph.node('Softmax', [logits], { attributes: { axis: -1 } });
  const columns = graph.node('Unsqueeze', [labels, graph.integers([1])]);
  const likelihood = graph.node('GatherElements', [probabilities, columns], { attributes: { axis: 1 } });
  // A probability that underflows to 0 must not make the loss infinite.
  const bounded = graph.node('Max', [likelihood, graph.scalar(1e-30)]);
  const nats = graph.node('Neg', [graph.node('Log', [bounded])]);
  const loss = graph.node('ReduceSum', [graph.node('Mul', [nats, weights])], { attributes: { keepdims: 0 } });
  tape.record([loss], [hidden], () => {
    const expected = graph.node('Gemm', [probabilities, head]);
    const actual = graph.node('Gather', [head, labels], { attributes: { axis: 0 } });
    tape.accumulate(hidden, graph.node('Mul', [graph.node('Sub', [expected, actual]), weights]));
  });
  const likeliest = graph.node('ArgMax', [logits], { attributes: { axis: -1, keepdims: 0 } });
  const correct = graph.node('Cast', [graph.node('Equal', [likeliest, labels])], { attributes: { to: 1 } });
  return { loss, logits, correct };
}
