import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/**
 * Rows of an embedding table, times a constant; the table is trained where it is a parameter.
 * @param table [vocabulary, width]
 * @param tokens int64 [tokens]
 * @param scale 1, or √width for Gemma
 * @returns [tokens, width]
 */
export function embedding(tape: Tape, table: Tensor, tokens: Tensor, scale: number): Tensor {
  const { graph } = tape;
  const scaled = (rows: Tensor) => (scale === 1 ? rows : graph.node('Mul', [rows, graph.scalar(scale)]));
  const y = scaled(graph.pickRows(table, tokens));
  tape.record([y], [table], () => tape.accumulateRows(table, tokens, scaled(tape.gradient(y))));
  return y;
}
