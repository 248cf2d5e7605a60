import type { Graph, Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/** One projection with its adapter: y = x Wᵀ + scale · (x Aᵀ) B. */
export interface LoraProjection {
  /** Frozen weight, [outputs, inputs]. */
  weight: Tensor;
  /** Trainable, [rank, outputs]: the transpose of the paper's B. */
  loraB: Tensor;
  /** Trainable, [1, outputs]: lengths of the rows of the adapted weight (DoRA); absent for plain LoRA. */
  magnitude?: Tensor;
}

export interface LoraOptions {
  /** alpha / rank, or alpha / √rank for rsLoRA. */
  scale: number;
  /** Makes the mask that the adapter's input is multiplied by, [tokens, inputs]: 0 for what is dropped. */
  dropout?: (x: Tensor) => Tensor;
}

/**
 * Linear projections of the same input, each with a low-rank adapter (Hu et al. 2021). With magnitudes it is DoRA (Liu et
 * al. 2024): the rows of the adapted weight get these lengths, and, as in section 4.3, the gradient takes their own lengths
 * for constants.
 * @param x [tokens, inputs]
 * @param loraA trainable, [projections × rank, inputs]: the projections' A matrices, one below the other
 * @returns one [tokens, outputs] for each projection
 */
export function loraLinear(
  tape: Tape,
  x: Tensor,
  projections: readonly LoraProjection[],
  loraA: Tensor,
  { scale, dropout }: LoraOptions,
): Tensor[] {
  const { graph } = tape;
  const count = projections.length;
  const split = (tensor: Tensor, axis: number) =>
    count === 1
      ? [tensor]
      : graph.nodeWithOutputs('Split', [tensor], count, { attributes: { axis, num_outputs: count } });
  const mask = dropout?.(x);
  const dropped = (tensor: Tensor) => (mask === undefined ? tensor : graph.node('Mul', [tensor, mask]));
  const reduced = split(graph.node('Gemm', [dropped(x), loraA], { attributes: { transB: 1 } }), 1);
  const outputs = projections.map(({ weight, loraB }, index) => {
    const frozen = graph.node('Gemm', [x, graph.matrix(weight)], { attributes: { transB: 1 } });
    return graph.node('Gemm', [reduced[index]!, loraB, frozen], { attributes: { alpha: { float: scale } } });
  });
  const rowScales = new Map<LoraProjection, Tensor>();
  if (projections.some(({ magnitude }) => magnitude !== undefined)) {
    const parts = split(loraA, 0);
    projections.forEach((projection, index) => {
      if (projection.magnitude === undefined) return;
      rowScales.set(projection, rowScale(graph, projection, projection.magnitude, parts[index]!, scale));
    });
  }
  const scaled = projections.map((projection, index) => {
    const rows = rowScales.get(projection);
    return rows === undefined ? outputs[index]! : graph.node('Mul', [outputs[index]!, rows]);
  });

  const own = projections.flatMap(({ loraB, magnitude }) => [loraB, ...(magnitude === undefined ? [] : [magnitude])]);
  tape.record(scaled, [x, loraA, ...own], () => {
    const gradients = projections.map((projection, index) => {
      const dy = tape.gradient(scaled[index]!);
      const rows = rowScales.get(projection);
      if (rows === undefined) return dy;
      const { magnitude } = projection;
      const products = graph.node('ReduceSum', [graph.node('Mul', [dy, scaled[index]!]), graph.integers([0])], {
        attributes: { keepdims: 1 },
      });
      tape.accumulate(magnitude!, graph.node('Div', [products, magnitude!]));
      return graph.node('Mul', [dy, rows]);
    });
    const reducedGradients = projections.map(({ loraB }, index) => {
      const dy = gradients[index]!;
      tape.accumulateProduct(loraB, reduced[index]!, dy, { transA: 1, alpha: { float: scale } });
      return graph.node('Gemm', [dy, loraB], { attributes: { transB: 1, alpha: { float: scale } } });
    });
    const stackedGradient =
      count === 1 ? reducedGradients[0]! : graph.node('Concat', reducedGradients, { attributes: { axis: 1 } });
    tape.accumulateProduct(loraA, stackedGradient, dropped(tape.saved(x)), { transA: 1 });
    if (!tape.requiresGradient(x)) return;
    projections.forEach(({ weight }, index) => {
      tape.accumulateProduct(x, gradients[index]!, graph.matrix(weight));
    });
    if (mask === undefined) tape.accumulateProduct(x, stackedGradient, loraA);
    else tape.accumulate(x, graph.node('Mul', [graph.node('Gemm', [stackedGradient, loraA]), mask]));
  });
  return scaled;
}

/** magnitude / length of each row of W + scale · Bᵀ A: [1, outputs]. */
function rowScale(
  graph: Graph,
  { weight, loraB }: LoraProjection,
  magnitude: Tensor,
  loraA: Tensor,
  scale: number,
): Tensor {
  const adapted = graph.node('Gemm', [loraB, loraA, graph.matrix(weight)], {
    attributes: { transA: 1, alpha: { float: scale } },
  });
  const squares = graph.node('ReduceSumSquare', [adapted, graph.integers([1])], { attributes: { keepdims: 0 } });
  const lengths = graph.node('Unsqueeze', [graph.node('Sqrt', [squares]), graph.integers([0])]);
  return graph.node('Div', [magnitude, lengths]);
}
