import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/** One projection with its adapter: y = x Wᵀ + scale · (x Aᵀ) B. */
export interface LoraProjection {
  /** Frozen weight, [outputs, inputs]. */
  weight: Tensor;
  /** Trainable, [rank, outputs]: the transpose of the paper's B. */
  loraB: Tensor;
}

/**
 * Linear projections of the same input, each with a low-rank adapter (Hu et al. 2021).
 * @param x [tokens, inputs]
 * @param loraA trainable, [projections × rank, inputs]: the projections' A matrices, one below the other
 * @param scale alpha / rank
 * @returns one [tokens, outputs] for each projection
 */
export function loraLinear(
  tape: Tape,
  x: Tensor,
  projections: readonly LoraProjection[],
  loraA: Tensor,
  scale: number,
): Tensor[] {
  const { graph } = tape;
  const count = projections.length;
  const stacked = graph.node('Gemm', [x, loraA], { attributes: { transB: 1 } });
  const reduced =
    count === 1
      ? [stacked]
      : graph.nodeWithOutputs('Split', [stacked], count, { attributes: { axis: 1, num_outputs: count } });
  const outputs = projections.map(({ weight, loraB }, index) => {
    const frozen = graph.node('Gemm', [x, weight], { attributes: { transB: 1 } });
    return graph.node('Gemm', [reduced[index]!, loraB, frozen], { attributes: { alpha: { float: scale } } });
  });
  const trainable = [x, loraA, ...projections.map(({ loraB }) => loraB)];
  tape.record(outputs, trainable, () => {
    const reducedGradients = projections.map(({ loraB }, index) => {
      const dy = tape.gradient(outputs[index]!);
      tape.accumulateProduct(loraB, reduced[index]!, dy, { transA: 1, alpha: { float: scale } });
      return graph.node('Gemm', [dy, loraB], { attributes: { transB: 1, alpha: { float: scale } } });
    });
    const stackedGradient =
      count === 1 ? reducedGradients[0]! : graph.node('Concat', reducedGradients, { attributes: { axis: 1 } });
    tape.accumulateProduct(loraA, stackedGradient, x, { transA: 1 });
    projections.forEach(({ weight }, index) => {
      tape.accumulateProduct(x, tape.gradient(outputs[index]!), weight);
    });
    tape.accumulateProduct(x, stackedGradient, loraA);
  });
  return outputs;
}
