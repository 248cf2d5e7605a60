import type { RenderedExample } from '@tooltune/sdk';

/** A score this low leaves no weight after the softmax, and no NaN where a whole row is masked. */
const masked = -1e9;

/** Examples laid out as packed rows: no padding except inside attention. Shapes as in buildLlamaGraph. */
export interface Pack {
  examples: number;
  /** Longest example in rows. */
  length: number;
  tokens: BigInt64Array;
  positions: BigInt64Array;
  rows: BigInt64Array;
  slots: BigInt64Array;
  valid: Float32Array;
  mask: Float32Array;
  labelRows: BigInt64Array;
  labelSlots: BigInt64Array;
  labels: BigInt64Array;
}

/** Rows an example takes: every token but the last, whose successor nobody predicts. */
export function packedRows(example: RenderedExample): number {
  return example.tokens.length - 1;
}

/** Number of label tokens. */
export function labelCount(example: RenderedExample): number {
  return example.labelMask.reduce((sum, value) => sum + value, 0);
}

/**
 * Lays examples out as one pack.
 * @param repeats query heads for each key head
 */
export function pack(examples: readonly RenderedExample[], repeats: number): Pack {
  const count = examples.length;
  const lengths = examples.map(packedRows);
  const length = Math.max(...lengths);
  const total = lengths.reduce((a, b) => a + b, 0);
  const labelTotal = examples.reduce((sum, example) => sum + labelCount(example), 0);
  const result: Pack = {
    examples: count,
    length,
    tokens: new BigInt64Array(total),
    positions: new BigInt64Array(total),
    rows: new BigInt64Array(count * length),
    slots: new BigInt64Array(total),
    valid: new Float32Array(count * length),
    mask: new Float32Array(count * repeats * length * length).fill(masked),
    labelRows: new BigInt64Array(labelTotal),
    labelSlots: new BigInt64Array(total).fill(BigInt(labelTotal)),
    labels: new BigInt64Array(labelTotal),
  };
  let offset = 0;
  let label = 0;
  examples.forEach((example, index) => {
    const rows = lengths[index]!;
    for (let i = 0; i < rows; i++) {
      const row = offset + i;
      const slot = index * length + i;
      result.tokens[row] = BigInt(example.tokens[i]!);
      result.positions[row] = BigInt(i);
      result.slots[row] = BigInt(slot);
      result.rows[slot] = BigInt(row);
      result.valid[slot] = 1;
      if (example.labelMask[i + 1] === 1) {
        result.labelRows[label] = BigInt(row);
        result.labelSlots[row] = BigInt(label);
        result.labels[label] = BigInt(example.tokens[i + 1]!);
        label++;
      }
    }
    for (let repeat = 0; repeat < repeats; repeat++) {
      for (let query = 0; query < length; query++) {
        const start = ((index * repeats + repeat) * length + query) * length;
        result.mask.fill(0, start, start + Math.min(query, rows - 1) + 1);
      }
    }
    offset += rows;
  });
  return result;
}

/**
 * Divides examples into passes of at most `maxTokens` rows, longest first so that lengths inside a pass are alike.
 * An example longer than that gets a pass of its own.
 */
export function planPasses(examples: readonly RenderedExample[], maxTokens: number): RenderedExample[][] {
  const sorted = [...examples].sort((a, b) => packedRows(b) - packedRows(a));
  const total = sorted.reduce((sum, example) => sum + packedRows(example), 0);
  // Equal passes rather than full ones and a small rest: their shapes recur, and so does the memory.
  const target = total / Math.ceil(total / maxTokens);
  const passes: RenderedExample[][] = [];
  let current: RenderedExample[] = [];
  let rows = 0;
  for (const example of sorted) {
    const size = packedRows(example);
    if (current.length > 0 && (rows + size > maxTokens || rows >= target)) {
      passes.push(current);
      current = [];
      rows = 0;
    }
    current.push(example);
    rows += size;
  }
  if (current.length > 0) passes.push(current);
  return passes;
}
