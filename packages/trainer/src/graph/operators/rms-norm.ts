import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';
import { sumRows } from './sum-rows.js';

/**
 * Root mean square normalisation (Zhang and Sennrich 2019); its weight is trained where it is a parameter.
 * @param x [tokens, width]
 * @param weight [width]
 * @returns [tokens, width]
 */
export function rmsNorm(tape: Tape, x: Tensor, weight: Tensor, epsilon: number): Tensor {
  const { y, inverse, gradient, weightGradient } = normalise(tape, x, weight, epsilon);
  tape.remakes(y, () => tape.graph.node('Mul', [tape.graph.node('Mul', [x, inverse]), weight]));
  tape.record([y], [x, weight], () => {
    const dy = tape.gradient(y);
    tape.accumulate(x, gradient(dy));
    if (tape.requiresGradient(weight)) tape.accumulate(weight, sumRows(tape.graph, weightGradient(dy)));
  });
  return y;
}

/**
 * The same for each head on its own, all heads sharing the weight (query-key normalisation, Dehghani et al. 2023).
 * @param x [tokens, heads × headSize]
 * @param weight [headSize]
 * @returns [tokens, heads × headSize]
 */
export function headRmsNorm(tape: Tape, x: Tensor, weight: Tensor, headSize: number, epsilon: number): Tensor {
  const { graph } = tape;
  const split = (rows: Tensor) => graph.node('Reshape', [rows, graph.integers([0, -1, headSize])]);
  const shape = graph.node('Shape', [x]);
  const merge = (heads: Tensor) => graph.node('Reshape', [heads, shape]);
  const { y: normalised, gradient, weightGradient } = normalise(tape, split(x), weight, epsilon);
  const y = merge(normalised);
  tape.record([y], [x, weight], () => {
    const dy = split(tape.gradient(y));
    tape.accumulate(x, merge(gradient(dy)));
    if (tape.requiresGradient(weight)) tape.accumulate(weight, sumRows(graph, weightGradient(dy), [0, 1]));
  });
  return y;
}

/** Normalises along the last axis; `gradient` takes dy to dx, `weightGradient` to what is to be summed over the rows. */
function normalise(tape: Tape, x: Tensor, weight: Tensor, epsilon: number) {
  const { graph } = tape;
  // The second output is 1 / sqrt(mean(x²) + ε), one for each row.
  const [y, inverse] = graph.nodeWithOutputs('SimplifiedLayerNormalization', [x, weight], 2, {
    attributes: { axis: -1, epsilon: { float: epsilon }, stash_type: 1 },
  }) as [Tensor, Tensor];
  const gradient = (dy: Tensor): Tensor => {
    // dx = inverse · (g − x · inverse² · mean(x · g)), where g = dy · weight
    const g = graph.node('Mul', [dy, weight]);
    const mean = graph.node('ReduceMean', [graph.node('Mul', [g, x]), graph.integers([-1])], {
      attributes: { keepdims: 1 },
    });
    const scale = graph.node('Mul', [mean, graph.node('Mul', [inverse, inverse])]);
    const centred = graph.node('Sub', [g, graph.node('Mul', [x, scale])]);
    return graph.node('Mul', [centred, inverse]);
  };
  const weightGradient = (dy: Tensor): Tensor => graph.node('Mul', [dy, graph.node('Mul', [x, inverse])]);
  return { y, inverse, gradient, weightGradient };
}
