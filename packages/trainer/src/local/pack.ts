import { type PrefixTree, treeRows } from './prefix-tree.js';
import { packedRows } from './training-example.js';

/** A score this low leaves no weight after the softmax, and no NaN where a whole row is masked. */
const masked = -1e9;

/**
 * Examples laid out as rows, what they share once and first (the trunk): no padding except inside attention. Shapes as in
 * AttentionLayout and buildModelGraph.
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
  /** The same where a row sees only so many tokens, itself included; null where there is no such window. */
  localMask: Float32Array | null;
  /** Rows that have a label: the open ones, then the choices. */
  labelRows: BigInt64Array;
  labelSlots: BigInt64Array;
  /** For each of these rows its leaf, counted in the order of the tree. */
  labelLeaves: Int32Array;
  /** The open labels. */
  labels: BigInt64Array;
  /** What may come at the choices, `most` tokens for each. */
  most: number;
  options: BigInt64Array;
  optionMask: Float32Array;
  /** How likely each is to be; null where no choice has targets. */
  optionTargets: Float32Array | null;
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
 * separate examples.
 * @param window tokens that a row of a local layer sees, itself included; null for a model without such layers
 */
export function pack(tree: PrefixTree, window: number | null): Pack {
  const { trunk, leaves } = layOut(tree);
  const total = treeRows(tree);
  const trunkRows = trunk.reduce((sum, { length }) => sum + length, 0);
  const length = Math.max(1, ...leaves.map((run) => run.length));
  const chunks = chunkRows(trunk, trunkRows, leaves, length);
  const scores = chunks.length * length * (Math.max(1, trunkRows) + length);
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
    mask: new Float32Array(scores).fill(masked),
    localMask: window === null ? null : new Float32Array(scores).fill(masked),
    ...layOutLabels(tree, leaves, total),
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
      const ofSlot = (all: Float32Array) =>
        all.subarray(slot * (result.trunk + length), (slot + 1) * (result.trunk + length));
      const mask = ofSlot(result.mask);
      const localMask = result.localMask && ofSlot(result.localMask);
      if (at >= rows) {
        // Padding looks somewhere too.
        mask[0] = 0;
        if (localMask !== null) localMask[0] = 0;
        continue;
      }
      while (runs[current]!.row + runs[current]!.length <= row + at) current++;
      result.rows[slot] = BigInt(row + at);
      result.slots[row + at] = BigInt(slot);
      result.valid[slot] = 1;
      const place = { run: runs[current]!, row: row + at, chunkStart: row, trunk: result.trunk };
      unmask(mask, place, Number.POSITIVE_INFINITY);
      if (localMask !== null) unmask(localMask, place, window!);
    }
  });
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

/** Where a row stands. */
interface Place {
  run: Run;
  row: number;
  /** First row of its chunk. */
  chunkStart: number;
  /** Rows of the trunk. */
  trunk: number;
}

/**
 * Lets a row look at itself and what stands before it on its path: at the trunk's rows, and from `chunkStart` on at those
 * of its own chunk.
 * @param window most tokens that it sees
 */
function unmask(mask: Float32Array, { run: own, row, chunkStart, trunk }: Place, window: number): void {
  const firstPosition = own.start + row - own.row - window + 1;
  let last = row;
  for (let run: Run | null = own; run !== null && run.start + run.length > firstPosition; run = run.parent) {
    const first = Math.max(run.row, run.row + firstPosition - run.start);
    for (let key = first; key <= Math.min(last, run.row + run.length - 1); key++) {
      mask[key >= chunkStart ? trunk + key - chunkStart : key] = 0;
    }
    last = Number.POSITIVE_INFINITY;
  }
}

function layOutLabels(tree: PrefixTree, leaves: readonly Run[], rows: number) {
  const all = tree.leaves.flatMap(({ example }, leaf) => {
    const { row, start, length } = leaves[leaf]!;
    return Array.from({ length }, (_, at) => start + at + 1)
      .filter((position) => example.labelMask[position] === 1)
      .map((position) => ({
        ...{ row: row + position - 1 - start, leaf, label: example.tokens[position]! },
        options: example.choices?.get(position),
        targets: example.targets?.get(position),
      }));
  });
  const open = all.filter(({ options }) => options === undefined);
  const choices = all.filter(({ options }) => options !== undefined);
  const most = Math.max(1, ...choices.map(({ options }) => options!.length));
  const labelSlots = new BigInt64Array(rows).fill(BigInt(all.length));
  const ordered = [...open, ...choices];
  ordered.forEach(({ row }, at) => {
    labelSlots[row] = BigInt(at);
  });
  const options = new BigInt64Array(choices.length * most);
  const optionMask = new Float32Array(choices.length * most).fill(masked);
  const hasTargets = choices.some(({ targets }) => targets !== undefined);
  const optionTargets = hasTargets ? new Float32Array(choices.length * most) : null;
  choices.forEach((choice, at) => {
    optionTargets?.set(choice.targets!, at * most);
    choice.options!.forEach((token, option) => {
      options[at * most + option] = BigInt(token);
      optionMask[at * most + option] = 0;
    });
  });
  return {
    labelRows: BigInt64Array.from(ordered, ({ row }) => BigInt(row)),
    labelSlots,
    labelLeaves: Int32Array.from(ordered, ({ leaf }) => leaf),
    labels: BigInt64Array.from(open, ({ label }) => BigInt(label)),
    most,
    options,
    optionMask,
    optionTargets,
  };
}
