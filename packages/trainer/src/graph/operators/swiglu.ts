import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/**
 * SwiGLU (Shazeer 2020): silu(gate) · up.
 * @param gate [tokens, width]
 * @param up [tokens, width]
 * @returns [tokens, width]
 */
export function swiglu(tape: Tape, gate: Tensor, up: Tensor): Tensor {
  const { graph } = tape;
  const sigmoid = graph.node('Sigmoid', [gate]);
  const silu = graph.node('Mul', [gate, sigmoid]);
  const y = graph.node('Mul', [silu, up]);
  // Only gate and up are kept for the backward pass.
  tape.remakes(sigmoid, () => graph.node('Sigmoid', [gate]));
  tape.remakes(silu, () => graph.node('Mul', [gate, tape.saved(sigmoid)]));
  tape.remakes(y, () => graph.node('Mul', [tape.saved(silu), up]));
  tape.record([y], [gate, up], () => {
    const dy = tape.gradient(y);
    tape.accumulate(up, graph.node('Mul', [dy, tape.saved(silu)]));
    // silu' = sigmoid + silu · (1 − sigmoid)
    const [s, f] = [tape.saved(sigmoid), tape.saved(silu)];
    const slope = graph.node('Sub', [graph.node('Add', [s, f]), graph.node('Mul', [f, s])]);
    tape.accumulate(gate, graph.node('Mul', [graph.node('Mul', [dy, up]), slope]));
  });
  return y;
}
