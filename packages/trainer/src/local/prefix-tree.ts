import { packedRows, sharableRows, type TrainingExample } from './training-example.js';

/** Rows that several examples begin with, after those of its parent. */
export interface TrunkSegment {
  /** Place of the parent among the segments, or -1 at the root. */
  parent: number;
  /** Position of the first row in its examples. */
  start: number;
  /** An example that holds the rows. */
  example: TrainingExample;
  length: number;
}

/** An example's rows after those it shares. */
export interface Leaf {
  example: TrainingExample;
  /** Place of the segment that it goes on from, or -1. */
  parent: number;
  /** Position of its first row. */
  start: number;
}

/** Examples as a tree of shared prefixes. */
export interface PrefixTree {
  /** Parents before children. */
  segments: TrunkSegment[];
  /** One an example; those of one segment side by side. */
  leaves: Leaf[];
}

/**
 * Rows that a segment must save to be worth a place in the trunk: a row costs as much as two thousand attention scores,
 * and each row of the trunk is a key for every other.
 */
const worthwhileRows = 8;

/**
 * Finds what examples share at their beginning: the tool block first of all, then system prompts and turns. Rows that
 * carry a label, and all after them, are an example's own.
 */
export function buildPrefixTree(examples: readonly TrainingExample[]): PrefixTree {
  const sorted = [...examples].sort((a, b) => comparePrefixes(a, b) || packedRows(b) - packedRows(a));
  const tree: PrefixTree = { segments: [], leaves: [] };
  place(tree, findBranch(sorted, 0), -1);
  return tree;
}

/** Rows that the tree takes when it is packed. */
export function treeRows({ segments, leaves }: PrefixTree): number {
  const own = leaves.reduce((sum, { example, start }) => sum + packedRows(example) - start, 0);
  return segments.reduce((sum, { length }) => sum + length, own);
}

/**
 * Divides examples into passes of at most `maxTokens` computed rows. Examples that share a prefix stay together; a pass
 * that goes on with it computes the prefix again. An example longer than that gets a pass of its own.
 */
export function planPasses(examples: readonly TrainingExample[], maxTokens: number): PrefixTree[] {
  return planGroupedPasses(
    examples.map((example) => [example]),
    maxTokens,
  );
}

/** The same for examples in groups, each of which is to be in one pass; one larger than that gets a pass of its own. */
export function planGroupedPasses(groups: readonly (readonly TrainingExample[])[], maxTokens: number): PrefixTree[] {
  if (groups.length === 0) return [];
  const whole = buildPrefixTree(groups.flat());
  const total = treeRows(whole);
  if (total <= maxTokens) return [whole];
  const ordered = orderGroups(groups, whole);
  const passes: PrefixTree[] = [];
  let rest = ordered;
  while (rest.length > 0) {
    const { taken, tree } = longestPass(rest, maxTokens);
    passes.push(tree);
    rest = rest.slice(taken);
  }
  return evenPasses(passes, ordered, maxTokens);
}

/** Groups in the order in which the first of their examples stands in a tree. */
function orderGroups(
  groups: readonly (readonly TrainingExample[])[],
  tree: PrefixTree,
): (readonly TrainingExample[])[] {
  const groupsOf = new Map<TrainingExample, (readonly TrainingExample[])[]>();
  for (const group of groups) {
    for (const example of group) {
      const others = groupsOf.get(example);
      if (others === undefined) groupsOf.set(example, [group]);
      else others.push(group);
    }
  }
  return [...new Set(tree.leaves.flatMap(({ example }) => groupsOf.get(example)!))];
}

/** As many groups from the start as fit, at least one. */
function longestPass(
  groups: readonly (readonly TrainingExample[])[],
  maxTokens: number,
): { taken: number; tree: PrefixTree } {
  let taken = 1;
  let tree = buildPrefixTree(groups[0]!);
  // Gallops, then closes in.
  for (let stride = 1, growing = true; stride >= 1; stride = growing ? stride * 2 : Math.floor(stride / 2)) {
    const attempt = taken + stride <= groups.length ? buildPrefixTree(groups.slice(0, taken + stride).flat()) : null;
    if (attempt !== null && treeRows(attempt) <= maxTokens) {
      taken += stride;
      tree = attempt;
    } else growing = false;
  }
  return { taken, tree };
}

/** Passes of like size rather than full ones and a small rest: their shapes recur, and so does the memory. */
function evenPasses(
  full: readonly PrefixTree[],
  ordered: readonly (readonly TrainingExample[])[],
  maxTokens: number,
): PrefixTree[] {
  const start = (index: number) => Math.round((index * ordered.length) / full.length);
  const even = full.map((_, index) => buildPrefixTree(ordered.slice(start(index), start(index + 1)).flat()));
  return even.every((tree) => treeRows(tree) <= maxTokens) ? even : [...full];
}

/** Examples that agree up to some row, and what they fall into after it. */
interface Branch {
  examples: readonly TrainingExample[];
  start: number;
  end: number;
  /** Worth a place in the trunk. */
  branches: Branch[];
  /** Rows saved by this branch and those after it. */
  saved: number;
}

/** @param sorted examples that agree in their first `start` rows, in the order of comparePrefixes */
function findBranch(sorted: readonly TrainingExample[], start: number): Branch {
  const end = commonRows(sorted[0]!, sorted.at(-1)!);
  const branches: Branch[] = [];
  for (let from = 0; from < sorted.length; ) {
    let to = from + 1;
    while (to < sorted.length && commonRows(sorted[from]!, sorted[to]!) > end) to++;
    // One that only this example holds, or that ends here, branches no further.
    if (to - from >= 2) {
      const branch = findBranch(sorted.slice(from, to), end);
      if (branch.saved >= worthwhileRows) branches.push(branch);
    }
    from = to;
  }
  const saved = (sorted.length - 1) * (end - start) + branches.reduce((sum, branch) => sum + branch.saved, 0);
  return { examples: sorted, start, end, branches, saved };
}

function place(tree: PrefixTree, branch: Branch, parent: number): void {
  const { examples, start, end, branches } = branch;
  let segment = parent;
  let from = start;
  if (end > start && branch.saved >= worthwhileRows) {
    segment = tree.segments.length;
    tree.segments.push({ parent, start, example: examples[0]!, length: end - start });
    from = end;
  }
  for (const next of branches) place(tree, next, segment);
  const placed = new Set(branches.flatMap((next) => next.examples));
  for (const example of examples) {
    if (!placed.has(example)) tree.leaves.push({ example, parent: segment, start: from });
  }
}

/** Orders examples by the tokens that they may share; a prefix comes before what goes on from it. */
function comparePrefixes(a: TrainingExample, b: TrainingExample): number {
  const common = commonRows(a, b);
  const ends = [sharableRows(a), sharableRows(b)] as const;
  if (common === ends[0] || common === ends[1]) return ends[0] - ends[1];
  return a.tokens[common]! - b.tokens[common]!;
}

function commonRows(a: TrainingExample, b: TrainingExample): number {
  const most = Math.min(sharableRows(a), sharableRows(b));
  let rows = 0;
  while (rows < most && a.tokens[rows] === b.tokens[rows]) rows++;
  return rows;
}
