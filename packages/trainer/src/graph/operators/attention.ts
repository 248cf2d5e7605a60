import { microsoftDomain, type Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/** Sizes of grouped-query attention (Ainslie et al. 2023): every key head serves heads / keyHeads query heads. */
export interface AttentionShape {
  heads: number;
  keyHeads: number;
  headSize: number;
}

/** How packed token rows are laid out as a padded batch of examples. */
export interface AttentionLayout {
  /** int64 [examples, length]: packed row of each slot; any row for padding. */
  rows: Tensor;
  /** int64 [tokens]: slot of each packed row, counted over examples × length. */
  slots: Tensor;
  /** float32 [examples, length, 1]: 1 for a token, 0 for padding. */
  valid: Tensor;
  /** float32 [examples, 1, repeats × length, length]: 0 where a query may look, a large negative number elsewhere. */
  mask: Tensor;
}

/**
 * Causal attention inside each example of a pack. Query heads that share a key head are folded into rows, so keys and
 * values are never repeated.
 * @param q [tokens, heads × headSize]
 * @param k [tokens, keyHeads × headSize]
 * @param v [tokens, keyHeads × headSize]
 * @returns [tokens, heads × headSize]
 */
export function attention(
  tape: Tape,
  q: Tensor,
  k: Tensor,
  v: Tensor,
  shape: AttentionShape,
  layout: AttentionLayout,
): Tensor {
  const { graph } = tape;
  const { keyHeads } = shape;
  const repeats = shape.heads / keyHeads;
  const scale = { float: 1 / Math.sqrt(shape.headSize) };
  const product = (a: Tensor, b: Tensor, attributes = {}) =>
    graph.node('FusedMatMul', [a, b], { domain: microsoftDomain, attributes });
  const toHeads = (x: Tensor, repeat: number) => splitHeads(tape, x, keyHeads, repeat, shape.headSize);
  const fromHeads = (x: Tensor, repeat: number) => mergeHeads(tape, x, keyHeads, repeat, shape.headSize, layout.slots);
  const unpack = (x: Tensor) => graph.node('Gather', [x, layout.rows], { attributes: { axis: 0 } });

  const queries = toHeads(unpack(q), repeats); // [examples, keyHeads, repeats × length, headSize]
  const keys = toHeads(unpack(k), 1); // [examples, keyHeads, length, headSize]
  const values = toHeads(unpack(v), 1);
  const scores = graph.node('Add', [product(queries, keys, { transB: 1, alpha: scale }), layout.mask]);
  const weights = graph.node('Softmax', [scores], { attributes: { axis: -1 } });
  const context = product(weights, values);
  const y = fromHeads(context, repeats);

  tape.record([y], [q, k, v], () => {
    // Padding slots repeat some token's row: their gradient must not count.
    const unpacked = graph.node('Mul', [unpack(tape.gradient(y)), layout.valid]);
    const dContext = toHeads(unpacked, repeats);
    // Softmax backward: dS = P · (dP − rowsum(P · dP)), and rowsum(P · dP) = rowsum(dO · O) (Dao et al. 2022).
    const rowSum = graph.node('ReduceSum', [graph.node('Mul', [dContext, context]), graph.integers([-1])], {
      attributes: { keepdims: 1 },
    });
    const dValues = product(weights, dContext, { transA: 1 });
    const dWeights = product(dContext, values, { transB: 1 });
    const dScores = graph.node('Mul', [weights, graph.node('Sub', [dWeights, rowSum])]);
    tape.accumulate(q, fromHeads(product(dScores, keys, { alpha: scale }), repeats));
    tape.accumulate(k, fromHeads(product(dScores, queries, { transA: 1, alpha: scale }), 1));
    tape.accumulate(v, fromHeads(dValues, 1));
  });
  return y;
}

/** [examples, length, keyHeads × repeats × headSize] → [examples, keyHeads, repeats × length, headSize]. */
function splitHeads(tape: Tape, x: Tensor, keyHeads: number, repeats: number, headSize: number): Tensor {
  const { graph } = tape;
  const split = graph.node('Reshape', [x, graph.integers([0, 0, keyHeads, repeats, headSize])]);
  const turned = graph.node('Transpose', [split], { attributes: { perm: [0, 2, 3, 1, 4] } });
  return graph.node('Reshape', [turned, graph.integers([0, 0, -1, headSize])]);
}

/** The inverse of splitHeads, packed again: [tokens, keyHeads × repeats × headSize]. */
function mergeHeads(tape: Tape, x: Tensor, keyHeads: number, repeats: number, headSize: number, slots: Tensor): Tensor {
  const { graph } = tape;
  const split = graph.node('Reshape', [x, graph.integers([0, 0, repeats, -1, headSize])]);
  const turned = graph.node('Transpose', [split], { attributes: { perm: [0, 3, 1, 2, 4] } });
  const rows = graph.node('Reshape', [turned, graph.integers([-1, keyHeads * repeats * headSize])]);
  return graph.node('Gather', [rows, slots], { attributes: { axis: 0 } });
}
