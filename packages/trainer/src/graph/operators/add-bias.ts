import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';
import { sumRows } from './sum-rows.js';

/**
 * x + bias, the same bias for each row; trained where it is a parameter.
 * @param x [tokens, width]
 * @param bias [width]
 * @returns [tokens, width]
 */
export function addBias(tape: Tape, x: Tensor, bias: Tensor): Tensor {
  const y = tape.graph.node('Add', [x, bias]);
  tape.record([y], [x, bias], () => {
    const dy = tape.gradient(y);
    tape.accumulate(x, dy);
    if (tape.requiresGradient(bias)) tape.accumulate(bias, sumRows(tape.graph, dy));
  });
  return y;
}
