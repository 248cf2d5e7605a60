import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/**
 * A frozen linear projection: x Wᵀ.
 * @param x [tokens, inputs]
 * @param weight [outputs, inputs]
 * @returns [tokens, outputs]
 */
export function linear(tape: Tape, x: Tensor, weight: Tensor): Tensor {
  const y = tape.graph.node('Gemm', [x, tape.graph.matrix(weight)], { attributes: { transB: 1 } });
  tape.record([y], [x], () => tape.accumulateProduct(x, tape.gradient(y), tape.graph.matrix(weight)));
  return y;
}
