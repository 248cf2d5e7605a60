import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/** The tanh approximation of GELU is x · sigmoid(linear · x + cubic · x³), since (1 + tanh u) / 2 = sigmoid(2u). */
const linear = 2 * Math.sqrt(2 / Math.PI);
const cubic = 0.044715 * linear;

/**
 * GeGLU (Shazeer 2020) with GELU's tanh approximation (Hendrycks and Gimpel 2016): gelu(gate) · up.
 * @param gate [tokens, width]
 * @param up [tokens, width]
 * @returns [tokens, width]
 */
export function geglu(tape: Tape, gate: Tensor, up: Tensor): Tensor {
  const { graph } = tape;
  const times = (a: Tensor, b: Tensor) => graph.node('Mul', [a, b]);
  const square = () => times(gate, gate);
  /** constant + factor · gate² */
  const polynomial = (constant: number, factor: number, squared: Tensor) =>
    graph.node('Add', [times(squared, graph.scalar(factor)), graph.scalar(constant)]);
  const sigmoidOf = (squared: Tensor) => graph.node('Sigmoid', [times(gate, polynomial(linear, cubic, squared))]);

  const sigmoid = sigmoidOf(square());
  const gelu = times(gate, sigmoid);
  const y = times(gelu, up);
  // Only gate and up are kept for the backward pass.
  tape.remakes(sigmoid, () => sigmoidOf(square()));
  tape.remakes(gelu, () => times(gate, tape.saved(sigmoid)));
  tape.remakes(y, () => times(tape.saved(gelu), up));
  tape.record([y], [gate, up], () => {
    const dy = tape.gradient(y);
    const [s, f] = [tape.saved(sigmoid), tape.saved(gelu)];
    tape.accumulate(up, times(dy, f));
    // gelu' = sigmoid + gelu · (1 − sigmoid) · (linear + 3 · cubic · gate²)
    const rest = graph.node('Sub', [f, times(f, s)]);
    const slope = graph.node('Add', [s, times(rest, polynomial(linear, 3 * cubic, square()))]);
    tape.accumulate(gate, times(times(dy, up), slope));
  });
  return y;
}
