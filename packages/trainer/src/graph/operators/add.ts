import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/** a + b, of equal shapes. */
export function add(tape: Tape, a: Tensor, b: Tensor): Tensor {
  const sum = tape.graph.node('Add', [a, b]);
  tape.record([sum], [a, b], () => {
    tape.accumulate(a, tape.gradient(sum));
    tape.accumulate(b, tape.gradient(sum));
  });
  return sum;
}
