import { type ConversationExample, type Example, promptAndTarget, promptKey, userTexts } from '../dataset/index.js';
import type { Toolset } from '../toolset/index.js';
import { generateDataset } from './generate-dataset.js';
import { type RowKind, rowKinds } from './rows/row-kinds.js';

export interface GenerateBesideOptions {
  toolset: Toolset;
  /** Rows that there are; generated ones vary and recombine what they say. */
  rows: readonly Example[];
  /** Rows to generate. */
  count: number;
  seed?: number | string;
  /** Rows that are held out of training: nothing is generated that asks nearly the same. */
  heldOut?: readonly Example[] | undefined;
}

/** Kinds that are generated only where there are rows of their like: a bot that never declines is not taught to. */
const likeness: Partial<Record<RowKind, (row: ConversationExample) => boolean>> = {
  parallel: (row) => callsOf(row) > 1,
  'no-tool': (row) => callsOf(row) === 0,
  refusal: (row) => callsOf(row) === 0,
  'missing-argument': (row) => callsOf(row) === 0,
  'second-request': (row) => row.messages.length > 3,
  correction: (row) => row.messages.length > 3,
  'change-of-mind': () => false,
};

/**
 * Rows that are learnt beside the user's own: requests composed from the schemas and from what the rows say, of the kinds
 * that are among them.
 * @throws TooltuneError `generate/bad-option`, `generate/exhausted`
 */
export function generateBeside(options: GenerateBesideOptions): ConversationExample[] {
  const { toolset, count, seed = 1, heldOut = [] } = options;
  const rows = options.rows.filter((row): row is ConversationExample => row.kind === 'conversation');
  if (count === 0 || rows.length === 0) return [];
  const others = Object.fromEntries(
    rowKinds.flatMap((kind) => {
      const isLike = likeness[kind];
      return isLike === undefined || rows.some(isLike) ? [] : [[kind, 0]];
    }),
  );
  const generated = generateDataset({
    ...{ toolset, seeds: rows, count: rows.length + count, seed, shares: others },
    ...{ validationFraction: 0, testFraction: 0 },
    heldOut: heldOut.flatMap((row) => (row.kind === 'conversation' ? userTexts(row.messages) : [])),
  });
  const own = new Set(rows.map(promptKey));
  return generated.train.filter((row) => !own.has(promptKey(row))).slice(0, count);
}

function callsOf(row: ConversationExample): number {
  return promptAndTarget(row).target.toolCalls?.length ?? 0;
}
