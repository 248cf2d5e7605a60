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
  tape.record([y], [gate, up], () => {
    const dy = tape.gradient(y);
    tape.accumulate(up, graph.node('Mul', [dy, silu]));
    // silu' = sigmoid + silu · (1 − sigmoid)
    const slope = graph.node('Sub', [graph.node('Add', [sigmoid, silu]), graph.node('Mul', [silu, sigmoid])]);
    tape.accumulate(gate, graph.node('Mul', [graph.node('Mul', [dy, up]), slope]));
  });
  return y;
}
