import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';
import {
  type ChoiceCrossEntropy,
  evenTargets,
  flatten,
  isLargest,
  mix,
  type OutputHead,
  optionLogits,
  realOptions,
  reduce,
  weightedSum,
} from './cross-entropy.js';

/** Places where only some tokens may come, and how likely each of these is to be. */
export interface OptionTargets {
  /** int64 [choices, most]: the tokens that may come; any token for padding. */
  options: Tensor;
  /** float32 [choices, most]: 0 for an option, a large negative number for padding. */
  mask: Tensor;
  /** float32 [choices, most]: 0 for padding. */
  targets: Tensor;
  /** float32 [choices, 1] */
  weights: Tensor;
}

/**
 * Weighted cross-entropy to a distribution over the options, which sums to 1: the softmax is over these alone. Seeds the
 * backward pass. Right is where the likeliest option is that of the highest target.
 * @param hidden [choices, width]
 */
export function softChoiceCrossEntropy(
  tape: Tape,
  hidden: Tensor,
  head: OutputHead,
  { options, mask, targets: given, weights }: OptionTargets,
): ChoiceCrossEntropy {
  const { graph } = tape;
  const { logits, pull } = optionLogits(tape, hidden, head, options);
  const probabilities = graph.node('Softmax', [graph.node('Add', [logits, mask])], { attributes: { axis: -1 } });
  const share = head.smoothing?.share ?? 0;
  const targets = share === 0 ? given : mix(graph, given, evenTargets(graph, mask), share);
  // A probability that underflows to 0 must not make the loss infinite.
  const logarithms = graph.node('Log', [graph.node('Max', [probabilities, graph.scalar(1e-30)])]);
  const natsFor = (wanted: Tensor) =>
    graph.node('Neg', [reduce(graph, 'ReduceSum', graph.node('Mul', [logarithms, wanted]))]);
  const nats = natsFor(targets);
  const loss = weightedSum(graph, nats, weights);
  tape.record([loss], [hidden, head.matrix], () => {
    pull(graph.node('Mul', [graph.node('Sub', [probabilities, targets]), weights]));
  });
  const isWanted = graph.node('Equal', [given, reduce(graph, 'ReduceMax', given)]);
  const wanted = graph.node('Mul', [graph.node('Cast', [isWanted], { attributes: { to: 1 } }), probabilities]);
  const largest = reduce(graph, 'ReduceMax', probabilities);
  const correct = isLargest(graph, reduce(graph, 'ReduceMax', wanted), largest);
  return { loss, nats: flatten(graph, share === 0 ? nats : natsFor(given)), correct, logits };
}

/**
 * Weighted binary cross-entropy of each option by itself: its probability is σ(logit − logit of the reference), the
 * reference being the first option, whose target is not looked at. A place's loss is the sum over its options. Seeds the
 * backward pass. Right is where every option is on its target's side of a half.
 * @param hidden [choices, width]
 */
export function binaryChoiceCrossEntropy(
  tape: Tape,
  hidden: Tensor,
  head: OutputHead,
  { options, mask, targets: given, weights }: OptionTargets,
): ChoiceCrossEntropy {
  const { graph } = tape;
  const { logits, pull } = optionLogits(tape, hidden, head, options);
  const slice = (x: Tensor, start: number, end: number) =>
    graph.node('Slice', [x, ...[start, end, 1].map((value) => graph.integers([value]))]);
  const last = 2 ** 31 - 1;
  const margins = graph.node('Sub', [slice(logits, 1, last), slice(logits, 0, 1)]); // [choices, most - 1]
  const real = realOptions(graph, slice(mask, 1, last));
  const hard = slice(given, 1, last);
  const share = head.smoothing?.share ?? 0;
  const targets =
    share === 0
      ? hard
      : graph.node('Add', [graph.node('Mul', [hard, graph.scalar(1 - share)]), graph.scalar(share / 2)]);
  // log(1 + eˣ) = max(x, 0) + log(1 + e^−|x|), which does not overflow.
  const small = graph.node('Exp', [graph.node('Neg', [graph.node('Abs', [margins])])]);
  const softplus = graph.node('Add', [
    graph.node('Max', [margins, graph.scalar(0)]),
    graph.node('Log', [graph.node('Add', [small, graph.scalar(1)])]),
  ]);
  const natsFor = (wanted: Tensor) => {
    const each = graph.node('Sub', [softplus, graph.node('Mul', [margins, wanted])]);
    return reduce(graph, 'ReduceSum', graph.node('Mul', [each, real]));
  };
  const nats = natsFor(targets);
  const loss = weightedSum(graph, nats, weights);
  tape.record([loss], [hidden, head.matrix], () => {
    const slopes = graph.node('Mul', [graph.node('Sub', [graph.node('Sigmoid', [margins]), targets]), real]);
    const weighted = graph.node('Mul', [slopes, weights]);
    // What lifts the options lowers the reference.
    const ofReference = graph.node('Neg', [reduce(graph, 'ReduceSum', weighted)]);
    pull(graph.node('Concat', [ofReference, weighted], { attributes: { axis: 1 } }));
  });
  const isAbove = graph.node('Cast', [graph.node('Greater', [margins, graph.scalar(0)])], { attributes: { to: 1 } });
  const misses = graph.node('Mul', [graph.node('Abs', [graph.node('Sub', [isAbove, hard])]), real]);
  const isRight = graph.node('Less', [reduce(graph, 'ReduceSum', misses), graph.scalar(0.5)]);
  const correct = flatten(graph, graph.node('Cast', [isRight], { attributes: { to: 1 } }));
  return { loss, nats: flatten(graph, share === 0 ? nats : natsFor(hard)), correct, logits };
}
