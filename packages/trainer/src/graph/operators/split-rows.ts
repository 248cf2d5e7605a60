import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/**
 * Cuts rows in two.
 * @param x [first + second, width]
 * @param sizes int64 [2]: first and second
 * @returns [first, width] and [second, width]
 */
export function splitRows(tape: Tape, x: Tensor, sizes: Tensor): [Tensor, Tensor] {
  const { graph } = tape;
  const parts = graph.nodeWithOutputs('Split', [x, sizes], 2, { attributes: { axis: 0 } }) as [Tensor, Tensor];
  tape.record(parts, [x], () => {
    tape.accumulate(
      x,
      graph.node(
        'Concat',
        parts.map((part) => tape.gradient(part)),
        { attributes: { axis: 0 } },
      ),
    );
  });
  return parts;
}
