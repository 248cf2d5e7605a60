import type { Random } from '../random/index.js';
import type {
  CalibrationBin,
  EvaluationTagMetrics,
  IntentConfusion,
  IntentMetrics,
  IntentScore,
} from '../schemas/index.js';
import type { IntentAnswer } from './intent-classifier.js';
import { bootstrapEstimate, mean, percentiles, ratios, wilsonRate } from './statistics.js';

/** A row that was asked. */
export interface AnsweredIntent {
  /** null: out of scope. Of a score the level. */
  expected: string | null;
  /** All that apply, of a classifier that names any number; `expected` is these in one line, null for none. */
  expectedIntents?: readonly string[] | undefined;
  answer: IntentAnswer;
  /** What the row is a case of. */
  tags?: readonly string[] | undefined;
}

/** Sums up the answers; `random` draws the samples of the bootstrap intervals. @throws RangeError where there is no row */
export function intentMetrics(rows: readonly AnsweredIntent[], random: Random): IntentMetrics {
  if (rows.length === 0) throw new RangeError('metrics of no rows');
  const rate = (among: readonly AnsweredIntent[]) => wilsonRate(among.filter(isRight).length, among.length);
  const inScope = rows.filter(({ expected }) => expected !== null);
  const tags = tagMetrics(rows);
  return {
    rows: rows.length,
    accuracy: rate(rows),
    inScopeAccuracy: rate(inScope),
    outOfScopeRecall: rate(rows.filter(({ expected }) => expected === null)),
    outOfScopePrecision: rate(rows.filter(({ answer }) => answer.intent === null)),
    macroF1: bootstrapEstimate(rows, macroF1, random.fork('macro F1')),
    expectedCalibrationError:
      inScope.length === 0 ? null : bootstrapEstimate(inScope, calibrationError, random.fork('calibration error')),
    latencyMs: percentiles(rows.map(({ answer }) => answer.durationMs)),
    meanPromptTokens: mean(rows.map(({ answer }) => answer.promptTokens)),
    intents: intentScores(rows),
    calibrationBins: calibrationBins(inScope),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

/** What was taken for what, and how often: the most frequent first, equal ones in the order of their first rows. */
export function intentConfusions(rows: readonly AnsweredIntent[]): IntentConfusion[] {
  const confusions = new Map<string, IntentConfusion>();
  for (const { expected, answer } of rows) {
    if (answer.intent === expected) continue;
    const key = JSON.stringify([expected, answer.intent]);
    const known = confusions.get(key);
    if (known === undefined) confusions.set(key, { expected, got: answer.intent, count: 1 });
    else known.count++;
  }
  return [...confusions.values()].sort((a, b) => b.count - a.count);
}

/** Out of scope included; of several intents all of them and no other. */
export function isRight({ expected, expectedIntents, answer }: AnsweredIntent): boolean {
  if (expectedIntents === undefined) return answer.intent === expected;
  const { intents = [] } = answer;
  return intents.length === expectedIntents.length && intents.every((intent) => expectedIntents.includes(intent));
}

/** Mean F1 score of the intents that rows have, out of scope being one. */
function macroF1(rows: readonly AnsweredIntent[]): number {
  const scores = [...countIntents(rows).values()].filter(({ wanted }) => wanted > 0).map((count) => ratios(count).f1!);
  return mean(scores);
}

function countIntents(rows: readonly AnsweredIntent[]) {
  const counts = new Map<string | null, { wanted: number; got: number; right: number }>();
  const countsOf = (intent: string | null) => {
    const known = counts.get(intent) ?? { wanted: 0, got: 0, right: 0 };
    counts.set(intent, known);
    return known;
  };
  for (const row of rows) {
    countsOf(row.expected).wanted++;
    countsOf(row.answer.intent).got++;
    if (isRight(row)) countsOf(row.expected).right++;
  }
  return counts;
}

/** By name, out of scope last. */
function intentScores(rows: readonly AnsweredIntent[]): IntentScore[] {
  return [...countIntents(rows).entries()]
    .sort(([a], [b]) => (a === null ? 1 : b === null || a < b ? -1 : 1))
    .map(([intent, count]) => ({ intent, ...count, ...ratios(count) }));
}

export function tagMetrics(rows: readonly AnsweredIntent[]): EvaluationTagMetrics[] {
  const tags = [...new Set(rows.flatMap((row) => row.tags ?? []))].sort();
  return tags.map((tag) => {
    const tagged = rows.filter((row) => row.tags?.includes(tag));
    return { tag, right: wilsonRate(tagged.filter(isRight).length, tagged.length) };
  });
}

export const binCount = 15;

/** Expected calibration error in bins of equal width (Naeini et al. 2015; Guo et al. 2017), of rows with an intent. */
function calibrationError(rows: readonly AnsweredIntent[]): number {
  const surplus = new Float64Array(binCount);
  for (const row of rows) surplus[binOf(row)]! += row.answer.top[0]!.probability - Number(isLikeliest(row));
  return surplus.reduce((sum, value) => sum + Math.abs(value), 0) / rows.length;
}

/** Of rows with an intent. */
function calibrationBins(rows: readonly AnsweredIntent[]): CalibrationBin[] {
  return Array.from({ length: binCount }, (_, bin) => rows.filter((row) => binOf(row) === bin)).flatMap((inBin) =>
    inBin.length === 0
      ? []
      : [
          {
            rows: inBin.length,
            probability: mean(inBin.map(({ answer }) => answer.top[0]!.probability)),
            right: inBin.filter(isLikeliest).length / inBin.length,
          },
        ],
  );
}

function binOf({ answer }: AnsweredIntent): number {
  return Math.min(binCount - 1, Math.floor(answer.top[0]!.probability * binCount));
}

/** Abstaining aside. */
function isLikeliest({ expected, answer }: AnsweredIntent): boolean {
  return answer.top[0]!.intent === expected;
}
