import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/**
 * Picks rows, each at most once.
 * @param x [tokens, width]
 * @param rows int64 [picked]: which rows
 * @param slots int64 [tokens]: for each row of x its place among the picked, or `picked` for none
 * @returns [picked, width]
 */
export function gatherRows(tape: Tape, x: Tensor, rows: Tensor, slots: Tensor, width: number): Tensor {
  const { graph } = tape;
  const y = graph.node('Gather', [x, rows], { attributes: { axis: 0 } });
  tape.record([y], [x], () => {
    // A row of zeros at the end is what the rows that were not picked receive.
    const padded = graph.node('Concat', [tape.gradient(y), graph.zeros([1, width])], { attributes: { axis: 0 } });
    tape.accumulate(x, graph.node('Gather', [padded, slots], { attributes: { axis: 0 } }));
  });
  return y;
}
