import type { Random } from '@tooltune/sdk';
import type { GraphFeed } from './graph-session.js';

/** Sizes of the graph's DropoutMasks. */
export interface DropoutShape {
  /** Columns of the table. */
  width: number;
  masks: number;
}

/**
 * Inputs of DropoutMasks for a pass.
 * @param tokens rows of the pass
 * @param rate share of the adapters' inputs that is dropped; what is kept is scaled up by 1 / (1 - rate)
 * @param random null for a pass that drops nothing
 */
export function dropoutFeeds(
  tokens: number,
  { width, masks }: DropoutShape,
  rate: number,
  random: Random | null,
): Record<string, GraphFeed> {
  const table = new Float32Array(tokens * width).fill(1);
  const order = new BigInt64Array(masks * tokens);
  if (random !== null) {
    const kept = 1 / (1 - rate);
    for (let i = 0; i < table.length; i++) table[i] = random.next() < rate ? 0 : kept;
    const rows = Array.from({ length: tokens }, (_, row) => BigInt(row));
    for (let mask = 0; mask < masks; mask++) order.set(random.shuffle(rows), mask * tokens);
  }
  return {
    dropout: { data: table, shape: [tokens, width] },
    dropoutOrder: { data: order, shape: [masks, tokens] },
  };
}
