import type { Random } from '../random/index.js';
import type { IntentConfusion, IntentMetrics } from '../schemas/index.js';
import type { IntentAnswer } from './intent-classifier.js';
import { bootstrapEstimate, mean, percentiles, wilsonRate } from './statistics.js';

/** A row that was asked. */
export interface AnsweredIntent {
  /** null: out of scope. */
  expected: string | null;
  answer: IntentAnswer;
}

/** Sums up the answers; `random` draws the samples of the bootstrap intervals. @throws RangeError where there is no row */
export function intentMetrics(rows: readonly AnsweredIntent[], random: Random): IntentMetrics {
  if (rows.length === 0) throw new RangeError('metrics of no rows');
  const rate = (among: readonly AnsweredIntent[]) => wilsonRate(among.filter(isRight).length, among.length);
  const inScope = rows.filter(({ expected }) => expected !== null);
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

function isRight({ expected, answer }: AnsweredIntent): boolean {
  return answer.intent === expected;
}

/** Mean F1 score of the intents that rows have, out of scope being one. */
function macroF1(rows: readonly AnsweredIntent[]): number {
  const counts = new Map<string | null, { expected: number; got: number; right: number }>();
  const countsOf = (intent: string | null) => {
    const known = counts.get(intent) ?? { expected: 0, got: 0, right: 0 };
    counts.set(intent, known);
    return known;
  };
  for (const row of rows) {
    countsOf(row.expected).expected++;
    countsOf(row.answer.intent).got++;
    if (isRight(row)) countsOf(row.expected).right++;
  }
  const scores = [...counts.values()]
    .filter(({ expected }) => expected > 0)
    .map(({ expected, got, right }) => (2 * right) / (expected + got));
  return mean(scores);
}

const calibrationBins = 15;

/** Expected calibration error in bins of equal width (Naeini et al. 2015; Guo et al. 2017), of rows with an intent. */
function calibrationError(rows: readonly AnsweredIntent[]): number {
  const surplus = new Float64Array(calibrationBins);
  for (const { expected, answer } of rows) {
    const { intent, probability } = answer.top[0]!;
    const bin = Math.min(calibrationBins - 1, Math.floor(probability * calibrationBins));
    surplus[bin]! += probability - (intent === expected ? 1 : 0);
  }
  return surplus.reduce((sum, value) => sum + Math.abs(value), 0) / rows.length;
}
