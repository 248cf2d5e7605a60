import type { Tensor } from '../graph.js';
import type { Tape } from '../tape.js';

/**
 * Rows of a frozen embedding table, times a constant. Nothing that is trained reaches them, so there is no gradient.
 * @param table [vocabulary, width]
 * @param tokens int64 [tokens]
 * @param scale 1, or √width for Gemma
 * @returns [tokens, width]
 */
export function embedding({ graph }: Tape, table: Tensor, tokens: Tensor, scale: number): Tensor {
  const rows = graph.pickRows(table, tokens);
  return scale === 1 ? rows : graph.node('Mul', [rows, graph.scalar(scale)]);
}
