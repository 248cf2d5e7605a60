import { labelCount, packedRows } from './example-rows.js';
import { type PrefixTree, treeRows } from './prefix-tree.js';

/** A score this low leaves no weight after the softmax, and no NaN where a whole row is masked. */
const masked = -1e9;

/**
 * Examples laid out as rows, what they share once and first (the trunk): no padding except inside attention. Shapes as in
 * AttentionLayout and buildLlamaGraph.
 */
export interface Pack {
  /** Rows of the trunk, at least 1. */
  trunk: number;
  /** Runs of rows that are keys for each other, and the longest one's rows. */
  chunks: number;
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

/** Rows that stand one after another in the pack and in their example. */
interface Run {
  tokens: Int32Array;
  /** First row of the pack, position of its token in the example, and rows. */
  row: number;
  start: number;
  length: number;
  /** What it goes on from. */
  parent: Run | null;
}

/**
 * Lays a tree of examples out as one pack. Positions, what each row looks at, and so the gradients are those of the
 * separate examples. Labels stand in the order of the tree's leaves.
 */
export function pack(tree: PrefixTree): Pack {
  const { trunk, leaves } = layOut(tree);
  const total = treeRows(tree);
  const trunkRows = trunk.reduce((sum, { length }) => sum + length, 0);
  const length = Math.max(1, ...leaves.map((run) => run.length));
  const chunks = chunkRows(trunk, trunkRows, leaves, length);
  const labelTotal = tree.leaves.reduce((sum, { example }) => sum + labelCount(example), 0);
  const result: Pack = {
    // The first row takes the place of a trunk that is not there; it is masked for all rows but those of its chunk.
    trunk: Math.max(1, trunkRows),
    chunks: chunks.length,
    length,
    tokens: new BigInt64Array(total),
    positions: new BigInt64Array(total),
    rows: new BigInt64Array(chunks.length * length),
    slots: new BigInt64Array(total),
    valid: new Float32Array(chunks.length * length),
    mask: new Float32Array(chunks.length * length * (Math.max(1, trunkRows) + length)).fill(masked),
    labelRows: new BigInt64Array(labelTotal),
    labelSlots: new BigInt64Array(total).fill(BigInt(labelTotal)),
    labels: new BigInt64Array(labelTotal),
  };
  for (const run of [...trunk, ...leaves]) {
    for (let at = 0; at < run.length; at++) {
      result.tokens[run.row + at] = BigInt(run.tokens[run.start + at]!);
      result.positions[run.row + at] = BigInt(run.start + at);
    }
  }
  const runs = [...trunk, ...leaves];
  let current = 0;
  chunks.forEach(({ row, length: rows }, chunk) => {
    for (let at = 0; at < length; at++) {
      const slot = chunk * length + at;
      const mask = result.mask.subarray(slot * (result.trunk + length), (slot + 1) * (result.trunk + length));
      if (at >= rows) {
        // Padding looks somewhere too.
        mask[0] = 0;
        continue;
      }
      while (runs[current]!.row + runs[current]!.length <= row + at) current++;
      result.rows[slot] = BigInt(row + at);
      result.slots[row + at] = BigInt(slot);
      result.valid[slot] = 1;
      unmask(mask, runs[current]!, row + at, row, result.trunk);
    }
  });
  writeLabels(result, tree, leaves);
  return result;
}

function layOut({ segments, leaves }: PrefixTree): { trunk: Run[]; leaves: Run[] } {
  const trunk: Run[] = [];
  let row = 0;
  const add = (run: Omit<Run, 'row' | 'parent'>, parent: number): Run => {
    const added = { ...run, row, parent: trunk[parent] ?? null };
    row += run.length;
    return added;
  };
  for (const { example, start, length, parent } of segments) {
    trunk.push(add({ tokens: example.tokens, start, length }, parent));
  }
  return {
    trunk,
    leaves: leaves.map(({ example, start, parent }) =>
      add({ tokens: example.tokens, start, length: packedRows(example) - start }, parent),
    ),
  };
}

/** The trunk in pieces of the leaves' length, whatever segments they cut, then each leaf. */
function chunkRows(
  trunk: readonly Run[],
  trunkRows: number,
  leaves: readonly Run[],
  length: number,
): { row: number; length: number }[] {
  const chunks: { row: number; length: number }[] = [];
  if (trunk.length > 0) {
    for (let row = 0; row < trunkRows; row += length) chunks.push({ row, length: Math.min(length, trunkRows - row) });
  }
  return [...chunks, ...leaves];
}

/**
 * Lets a row look at itself and what stands before it on its path: at the trunk's rows, and from `chunkStart` on at those
 * of its own chunk.
 */
function unmask(mask: Float32Array, own: Run, row: number, chunkStart: number, trunk: number): void {
  let last = row;
  for (let run: Run | null = own; run !== null; run = run.parent) {
    for (let key = run.row; key <= Math.min(last, run.row + run.length - 1); key++) {
      mask[key >= chunkStart ? trunk + key - chunkStart : key] = 0;
    }
    last = Number.POSITIVE_INFINITY;
  }
}

function writeLabels(pack: Pack, tree: PrefixTree, leaves: readonly Run[]): void {
  let label = 0;
  tree.leaves.forEach(({ example }, index) => {
    const { row, start, length } = leaves[index]!;
    for (let at = 0; at < length; at++) {
      if (example.labelMask[start + at + 1] !== 1) continue;
      pack.labelRows[label] = BigInt(row + at);
      pack.labelSlots[row + at] = BigInt(label);
      pack.labels[label] = BigInt(example.tokens[start + at + 1]!);
      label++;
    }
  });
}
