import {
  assignLabelTokens,
  type IntentLabel,
  type ScoreExample,
  type TextExample,
  type Tokenizer,
} from '@tooltune/sdk';
import { intentsOf } from './intent-examples.js';
import { levelsOf, type TextRows } from './text-rows.js';

export interface AssignLabelsOptions {
  kind: TextRows['kind'];
  /** Rows to learn from. */
  rows: readonly TextExample[];
  /** Of scores: from the lowest to the highest. Default: the numbers that rows have. */
  levels: readonly string[] | undefined;
  tokenizer: Tokenizer;
  /** Of the adapter that is gone on from. */
  kept: readonly IntentLabel[] | undefined;
}

/**
 * The labels and their tokens: of intents those that rows have; of any number of intents the reference beside them, whether
 * rows without intent are there or not; of scores the levels in their order. Throws `intents/too-many-labels`,
 * `training/bad-option`.
 */
export function assignLabels({ kind, rows, levels: given, tokenizer, kept }: AssignLabelsOptions): IntentLabel[] {
  if (kind !== 'ordinal') {
    const intents = intentsOf(rows);
    const known = kind === 'multi' && !intents.includes(null) ? [...intents, null] : intents;
    return assignLabelTokens(known, tokenizer, kept);
  }
  // Levels of the adapter that is gone on from stay, as the order of names is known there.
  const earlier = kept?.map(({ intent, value = 0 }) => ({ level: intent!, value }));
  const levels = given === undefined && earlier !== undefined ? earlier : levelsOf(rows as ScoreExample[], given);
  const labels = assignLabelTokens(
    levels.map(({ level }) => level),
    tokenizer,
    kept,
  );
  const tokenOf = new Map(labels.map(({ intent, token }) => [intent, token]));
  return levels.map(({ level, value }) => ({ intent: level, token: tokenOf.get(level)!, value }));
}
