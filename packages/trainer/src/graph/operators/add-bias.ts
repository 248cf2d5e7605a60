import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/**
 * x + bias, the same frozen bias for each row.
 * @param x [tokens, width]
 * @param bias [width]
 * @returns [tokens, width]
 */
export function addBias(tape: Tape, x: Tensor, bias: Tensor): Tensor {
  const y = tape.graph.node('Add', [x, bias]);
  tape.record([y], [x], () => tape.accumulate(x, tape.gradient(y)));
  return y;
}
