import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/**
 * Root mean square normalisation with a frozen weight (Zhang and Sennrich 2019).
 * @param x [tokens, width]
 * @param weight [width]
 * @returns [tokens, width]
 */
export function rmsNorm(tape: Tape, x: Tensor, weight: Tensor, epsilon: number): Tensor {
  const { graph } = tape;
  // The second output is 1 / sqrt(mean(x²) + ε), one for each token.
  const [y, inverse] = graph.nodeWithOutputs('SimplifiedLayerNormalization', [x, weight], 2, {
    attributes: { axis: -1, epsilon: { float: epsilon }, stash_type: 1 },
  }) as [Tensor, Tensor];
  tape.record([y], [x], () => {
    // dx = inverse · (g − x · inverse² · mean(x · g)), where g = dy · weight
    const g = graph.node('Mul', [tape.gradient(y), weight]);
    const mean = graph.node('ReduceMean', [graph.node('Mul', [g, x]), graph.integers([-1])], {
      attributes: { keepdims: 1 },
    });
    const scale = graph.node('Mul', [mean, graph.node('Mul', [inverse, inverse])]);
    const centred = graph.node('Sub', [g, graph.node('Mul', [x, scale])]);
    tape.accumulate(x, graph.node('Mul', [centred, inverse]));
  });
  return y;
}
