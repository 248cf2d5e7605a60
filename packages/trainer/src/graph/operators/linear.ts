import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/**
 * A linear projection without an adapter: x Wᵀ; the weight is trained where it is a parameter.
 * @param x [tokens, inputs]
 * @param weight [outputs, inputs]
 * @returns [tokens, outputs]
 */
export function linear(tape: Tape, x: Tensor, weight: Tensor): Tensor {
  const y = tape.graph.node('Gemm', [x, tape.graph.matrix(weight)], { attributes: { transB: 1 } });
  tape.record([y], [x, weight], () => {
    const dy = tape.gradient(y);
    if (tape.requiresGradient(x)) tape.accumulateProduct(x, dy, tape.graph.matrix(weight));
    tape.accumulateProduct(weight, dy, tape.saved(x), { transA: 1 });
  });
  return y;
}
