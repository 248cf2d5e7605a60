import type { Graph, Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/** An output head, tied to the embedding table or its own; trained where its matrix is a parameter. */
export interface OutputHead {
  /** [vocabulary, width], float32 or blocks. */
  matrix: Tensor;
  vocabulary: number;
  /**
   * [1, width], the mean of the head's rows, and the share of the target that is spread over the vocabulary (label
   * smoothing, Szegedy et al. 2016); absent for none.
   */
  smoothing?: { share: number; meanRow: Tensor };
}

/** What is made of the labels' losses. */
export interface LabelLoss {
  /** Scalar, in nats. */
  loss: Tensor;
  /** [labels, 1]: its derivative by each label's loss. */
  slopes: Tensor;
}

export interface CrossEntropy {
  /** Scalar: the weighted sum of the labels' losses, or what else was made of them, in nats. */
  loss: Tensor;
  /** [labels]: what each label is short of certainty, unweighted and without smoothing. */
  nats: Tensor;
  /** [labels]: 1 where no token is more likely than the label, else 0. */
  correct: Tensor;
}

export interface ChoiceCrossEntropy extends CrossEntropy {
  /** [choices, most]: the options' logits; of no meaning where there is padding. */
  logits: Tensor;
}

/** The labels' losses [labels, 1], each with its weight [labels, 1], usually 1 / number of labels. */
export function weightedLoss(graph: Graph, nats: Tensor, weights: Tensor): LabelLoss {
  return { loss: weightedSum(graph, nats, weights), slopes: weights };
}

/** Rows of the head that are multiplied at once where it is large: bounds what is copied of it, or expanded. */
const chunkRows = { float: 32_768, quantized: 16_384 } as const;

/**
 * Cross-entropy over the whole vocabulary. Seeds the backward pass. The gradient never holds a one-hot matrix:
 * d(hidden) = slope · (softmax · head − head[label]). A large head is taken in chunks, whose sums are joined.
 * @param hidden [labels, width]
 * @param labels int64 [labels]: token ids
 * @param lossOf what the loss is, given each label's own [labels, 1]: usually weightedLoss
 */
export function crossEntropy(
  tape: Tape,
  hidden: Tensor,
  head: OutputHead,
  labels: Tensor,
  lossOf: (nats: Tensor) => LabelLoss,
): CrossEntropy {
  const { graph } = tape;
  const { smoothing } = head;
  const chunks = headChunks(graph, head);
  const logits = chunks.map((chunk) => headLogits(graph, hidden, chunk.rows()));
  const largest = logits.map((part) => reduce(graph, 'ReduceMax', part)).reduce(join(graph, 'Max'));
  const exponentials = logits.map((part) => graph.node('Exp', [graph.node('Sub', [part, largest])]));
  const total = exponentials.map((part) => reduce(graph, 'ReduceSum', part)).reduce(join(graph, 'Add'));
  const logTotal = graph.node('Add', [graph.node('Log', [total]), largest]);
  // Added after the exponentials, so computed before them (see Tape.remakes): these can then take the logits' place.
  const labelLogit = chunks.map((chunk, at) => pickLogit(graph, logits[at]!, labels, chunk)).reduce(join(graph, 'Add')); // [labels, 1]
  const labelRow = graph.pickRows(head.matrix, labels);
  // A logit is linear in the row of the head: the mean logit is that of the mean row.
  const target =
    smoothing === undefined
      ? labelLogit
      : mix(graph, labelLogit, headLogits(graph, hidden, smoothing.meanRow), smoothing.share);
  const nats = graph.node('Sub', [logTotal, target]); // [labels, 1]
  const { loss, slopes } = lossOf(nats);
  tape.record([loss], [hidden, head.matrix], () => {
    const sums = chunks
      .map((chunk, at) => graph.node('Gemm', [exponentials[at]!, chunk.rows()]))
      .reduce(join(graph, 'Add'));
    const expected = graph.node('Div', [sums, total]);
    const actual = smoothing === undefined ? labelRow : mix(graph, labelRow, smoothing.meanRow, smoothing.share);
    tape.accumulate(hidden, graph.node('Mul', [graph.node('Sub', [expected, actual]), slopes]));
    if (!tape.requiresGradient(head.matrix)) return;
    const pulled = graph.node('Mul', [hidden, graph.node('Div', [slopes, total])]);
    const products = exponentials.map((part) => graph.node('Gemm', [part, pulled], { attributes: { transA: 1 } }));
    tape.accumulate(
      head.matrix,
      products.length === 1 ? products[0]! : graph.node('Concat', products, { attributes: { axis: 0 } }),
    );
    tape.accumulateRows(head.matrix, labels, graph.node('Neg', [graph.node('Mul', [hidden, slopes])]));
  });
  const own = smoothing === undefined ? nats : graph.node('Sub', [logTotal, labelLogit]);
  return { loss, nats: flatten(graph, own), correct: isLargest(graph, labelLogit, largest) };
}

/**
 * Weighted cross-entropy where only some tokens may come: the softmax is over these alone, and no other row of the head is
 * touched. Seeds the backward pass. Label smoothing spreads over these tokens too.
 * @param hidden [choices, width]
 * @param options int64 [choices, most]: the tokens that may come, the label first; any token for padding
 * @param mask float32 [choices, most]: 0 for an option, a large negative number for padding
 * @param weights float32 [choices, 1]
 */
export function choiceCrossEntropy(
  tape: Tape,
  hidden: Tensor,
  head: OutputHead,
  options: Tensor,
  mask: Tensor,
  weights: Tensor,
): ChoiceCrossEntropy {
  const { graph } = tape;
  const most = graph.node('Shape', [options], { attributes: { start: 1, end: 2 } });
  const { logits: products, pull } = optionLogits(tape, hidden, head, options);
  const probabilities = graph.node('Softmax', [graph.node('Add', [products, mask])], { attributes: { axis: -1 } });
  const first = graph.node('Slice', [probabilities, ...firstColumn(graph)]);
  const share = head.smoothing?.share ?? 0;
  const targets = choiceTargets(graph, mask, most, share); // [most] or [choices, most]
  // A probability that underflows to 0 must not make the loss infinite.
  const logarithms = graph.node('Log', [graph.node('Max', [probabilities, graph.scalar(1e-30)])]);
  const nats = graph.node('Neg', [reduce(graph, 'ReduceSum', graph.node('Mul', [logarithms, targets]))]);
  const loss = weightedSum(graph, nats, weights);
  const own = share === 0 ? nats : graph.node('Neg', [graph.node('Slice', [logarithms, ...firstColumn(graph)])]);
  tape.record([loss], [hidden, head.matrix], () => {
    const dLogits = graph.node('Mul', [graph.node('Sub', [probabilities, targets]), weights]);
    pull(dLogits);
  });
  const correct = isLargest(graph, first, reduce(graph, 'ReduceMax', probabilities));
  return { loss, nats: flatten(graph, own), correct, logits: products };
}

/**
 * Logits of some tokens at each place, [choices, most], and what a gradient of theirs is passed on by; no other row of the
 * head is touched.
 * @param hidden [choices, width]
 * @param options int64 [choices, most]
 */
export function optionLogits(
  tape: Tape,
  hidden: Tensor,
  head: OutputHead,
  options: Tensor,
): { logits: Tensor; pull: (dLogits: Tensor) => void } {
  const { graph } = tape;
  const flat = graph.node('Reshape', [options, graph.integers([-1])]);
  const rows = graph.node('Reshape', [
    graph.pickRows(head.matrix, flat),
    graph.node(
      'Concat',
      [graph.node('Shape', [options]), graph.node('Shape', [hidden], { attributes: { start: 1 } })],
      {
        attributes: { axis: 0 },
      },
    ),
  ]); // [choices, most, width]
  const column = graph.node('Unsqueeze', [hidden, graph.integers([2])]);
  const logits = graph.node('Squeeze', [graph.node('MatMul', [rows, column]), graph.integers([2])]);
  const pull = (dLogits: Tensor) => {
    const row = graph.node('Unsqueeze', [dLogits, graph.integers([1])]);
    tape.accumulate(hidden, graph.node('Squeeze', [graph.node('MatMul', [row, rows]), graph.integers([1])]));
    if (!tape.requiresGradient(head.matrix)) return;
    const products = graph.node('MatMul', [
      graph.node('Unsqueeze', [dLogits, graph.integers([2])]),
      graph.node('Unsqueeze', [hidden, graph.integers([1])]),
    ]); // [choices, most, width]
    const width = graph.node('Shape', [hidden], { attributes: { start: 1 } });
    const shape = graph.node('Concat', [graph.integers([-1]), width], { attributes: { axis: 0 } });
    tape.accumulateRows(head.matrix, flat, graph.node('Reshape', [products, shape]));
  };
  return { logits, pull };
}

/** Start, end and axis of a slice. */
function firstColumn(graph: Graph): Tensor[] {
  return [0, 1, 1].map((value) => graph.integers([value]));
}

/** Logits of all tokens: [labels, vocabulary]. */
export function vocabularyLogits(graph: Graph, hidden: Tensor, head: OutputHead): Tensor {
  const parts = headChunks(graph, head).map((chunk) => headLogits(graph, hidden, chunk.rows()));
  return parts.length === 1 ? parts[0]! : graph.node('Concat', parts, { attributes: { axis: 1 } });
}

/** How likely options are to be: all on the first, less a share that is spread evenly over those that are no padding. */
function choiceTargets(graph: Graph, mask: Tensor, most: Tensor, share: number): Tensor {
  const places = graph.node('Range', [
    graph.integer(0),
    graph.node('Squeeze', [most, graph.integers([0])]),
    graph.integer(1),
  ]);
  const first = graph.node('Cast', [graph.node('Equal', [places, graph.integer(0)])], { attributes: { to: 1 } });
  if (share === 0) return first;
  return mix(graph, first, evenTargets(graph, mask), share);
}

interface HeadChunk {
  start: number;
  end: number;
  /** [end - start, width]; expanded or copied anew at each use. */
  rows: () => Tensor;
}

function headChunks(graph: Graph, { matrix, vocabulary }: OutputHead): HeadChunk[] {
  const most = chunkRows[graph.isQuantized(matrix) ? 'quantized' : 'float'];
  if (vocabulary <= 2 * most) return [{ start: 0, end: vocabulary, rows: () => graph.matrix(matrix) }];
  return Array.from({ length: Math.ceil(vocabulary / most) }, (_, at) => {
    const start = at * most;
    const end = Math.min(vocabulary, start + most);
    return { start, end, rows: () => graph.matrixRows(matrix, start, end) };
  });
}

function headLogits(graph: Graph, hidden: Tensor, rows: Tensor): Tensor {
  return graph.node('Gemm', [hidden, rows], { attributes: { transB: 1 } });
}

/** The label's logit where the label is in the chunk, else 0: [labels, 1]. */
function pickLogit(graph: Graph, logits: Tensor, labels: Tensor, { start, end }: HeadChunk): Tensor {
  const local = graph.node('Sub', [labels, graph.integers([start])]);
  const inside = graph.node('Min', [
    graph.node('Max', [local, graph.integers([0])]),
    graph.integers([end - start - 1]),
  ]);
  const columns = graph.node('Unsqueeze', [inside, graph.integers([1])]);
  const picked = graph.node('GatherElements', [logits, columns], { attributes: { axis: 1 } });
  const isHere = graph.node('Unsqueeze', [graph.node('Equal', [local, inside]), graph.integers([1])]);
  return graph.node('Where', [isHere, picked, graph.scalar(0)]);
}

/** [rows, columns] to [rows, 1]. */
export function reduce(graph: Graph, operator: string, x: Tensor): Tensor {
  const reduced = graph.node(operator, [x, graph.integers([-1])], { attributes: { keepdims: 1 } });
  // Of no rows, onnxruntime leaves the columns as they were.
  return graph.node('Reshape', [reduced, graph.integers([-1, 1])]);
}

function join(graph: Graph, operator: string): (a: Tensor, b: Tensor) => Tensor {
  return (a, b) => graph.node(operator, [a, b]);
}

/** 1 for an option and 0 for padding. Same shape as the mask. */
export function realOptions(graph: Graph, mask: Tensor): Tensor {
  return graph.node('Cast', [graph.node('Equal', [mask, graph.scalar(0)])], { attributes: { to: 1 } });
}

/** All options equally likely, padding not at all. Same shape as the mask. */
export function evenTargets(graph: Graph, mask: Tensor): Tensor {
  const real = realOptions(graph, mask);
  return graph.node('Div', [real, reduce(graph, 'ReduceSum', real)]);
}

/** (1 − share) · a + share · b */
export function mix(graph: Graph, a: Tensor, b: Tensor, share: number): Tensor {
  return graph.node('Add', [
    graph.node('Mul', [a, graph.scalar(1 - share)]),
    graph.node('Mul', [b, graph.scalar(share)]),
  ]);
}

export function weightedSum(graph: Graph, nats: Tensor, weights: Tensor): Tensor {
  return graph.node('ReduceSum', [graph.node('Mul', [nats, weights])], { attributes: { keepdims: 0 } });
}

export function isLargest(graph: Graph, value: Tensor, largest: Tensor): Tensor {
  const flags = graph.node('Cast', [graph.node('Equal', [value, largest])], { attributes: { to: 1 } });
  return flatten(graph, flags);
}

export function flatten(graph: Graph, x: Tensor): Tensor {
  return graph.node('Reshape', [x, graph.integers([-1])]);
}
