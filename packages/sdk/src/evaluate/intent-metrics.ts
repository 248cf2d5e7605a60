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
  const namesSeveral = rows.some(({ expectedIntents }) => expectedIntents !== undefined);
  // A row with none of several intents still says of each that it does not apply.
  const measured = namesSeveral ? rows : inScope;
  const tags = tagMetrics(rows);
  return {
    rows: rows.length,
    accuracy: rate(rows),
    inScopeAccuracy: rate(inScope),
    outOfScopeRecall: rate(rows.filter(({ expected }) => expected === null)),
    outOfScopePrecision: rate(rows.filter(({ answer }) => answer.intent === null)),
    ...(namesSeveral ? { microF1: bootstrapEstimate(rows, microF1, random.fork('micro F1')) } : {}),
    macroF1: bootstrapEstimate(rows, macroF1, random.fork('macro F1')),
    expectedCalibrationError:
      measured.length === 0 ? null : bootstrapEstimate(measured, calibrationError, random.fork('calibration error')),
    latencyMs: percentiles(rows.map(({ answer }) => answer.durationMs)),
    meanPromptTokens: mean(rows.map(({ answer }) => answer.promptTokens)),
    intents: intentScores(rows),
    calibrationBins: calibrationBins(measured),
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

/** 1 where nothing is wanted and nothing named. */
function microF1(rows: readonly AnsweredIntent[]): number {
  const total = { wanted: 0, got: 0, right: 0 };
  for (const { wanted, got, right } of countIntents(rows).values()) {
    total.wanted += wanted;
    total.got += got;
    total.right += right;
  }
  return total.wanted + total.got === 0 ? 1 : (2 * total.right) / (total.wanted + total.got);
}

/** Mean F1 score of the intents that rows have, or the micro F1 score where none has one. */
function macroF1(rows: readonly AnsweredIntent[]): number {
  const scores = [...countIntents(rows).values()].filter(({ wanted }) => wanted > 0).map((count) => ratios(count).f1!);
  return scores.length === 0 ? microF1(rows) : mean(scores);
}

function countIntents(rows: readonly AnsweredIntent[]) {
  const counts = new Map<string | null, { wanted: number; got: number; right: number }>();
  const countsOf = (intent: string | null) => {
    const known = counts.get(intent) ?? { wanted: 0, got: 0, right: 0 };
    counts.set(intent, known);
    return known;
  };
  for (const row of rows) {
    const { wanted, got } = intentsOf(row);
    for (const intent of wanted) countsOf(intent).wanted++;
    for (const intent of got) {
      countsOf(intent).got++;
      if (wanted.includes(intent)) countsOf(intent).right++;
    }
  }
  return counts;
}

/** All that apply and all that were named; of one intent or none, out of scope is one. */
function intentsOf({ expected, expectedIntents, answer }: AnsweredIntent) {
  const one = expectedIntents === undefined;
  const wanted: readonly (string | null)[] = one ? [expected] : expectedIntents;
  const got: readonly (string | null)[] = one ? [answer.intent] : (answer.intents ?? []);
  return { wanted, got };
}

/** By name, out of scope last. */
function intentScores(rows: readonly AnsweredIntent[]): IntentScore[] {
  return [...countIntents(rows).entries()]
    .sort(([a], [b]) => (a === null ? 1 : b === null || a < b ? -1 : 1))
    .map(([intent, count]) => ({ intent, ...count, ...ratios(count) }));
}

function tagMetrics(rows: readonly AnsweredIntent[]): EvaluationTagMetrics[] {
  const tags = [...new Set(rows.flatMap((row) => row.tags ?? []))].sort();
  return tags.map((tag) => {
    const tagged = rows.filter((row) => row.tags?.includes(tag));
    return { tag, right: wilsonRate(tagged.filter(isRight).length, tagged.length) };
  });
}

const binCount = 15;

/** A probability that was told, and whether it was of what is so. */
interface Judged {
  probability: number;
  isRight: boolean;
}

/** Of the likeliest intent, abstaining aside; of several intents of each. */
function judge({ expected, expectedIntents, answer }: AnsweredIntent): Judged[] {
  if (expectedIntents === undefined) {
    const { intent, probability } = answer.top[0]!;
    return [{ probability, isRight: intent === expected }];
  }
  return (answer.probabilities ?? []).map(({ intent, probability }) => {
    return { probability, isRight: expectedIntents.includes(intent) };
  });
}

/** Expected calibration error in bins of equal width (Naeini et al. 2015; Guo et al. 2017). */
function calibrationError(rows: readonly AnsweredIntent[]): number {
  const judged = rows.flatMap(judge);
  const surplus = new Float64Array(binCount);
  for (const one of judged) surplus[binOf(one)]! += one.probability - Number(one.isRight);
  return surplus.reduce((sum, value) => sum + Math.abs(value), 0) / Math.max(1, judged.length);
}

function calibrationBins(rows: readonly AnsweredIntent[]): CalibrationBin[] {
  const bins = Array.from({ length: binCount }, (): Judged[] => []);
  for (const one of rows.flatMap(judge)) bins[binOf(one)]!.push(one);
  return bins
    .filter((inBin) => inBin.length > 0)
    .map((inBin) => ({
      rows: inBin.length,
      probability: mean(inBin.map(({ probability }) => probability)),
      right: inBin.filter((one) => one.isRight).length / inBin.length,
    }));
}

function binOf({ probability }: Judged): number {
  return Math.min(binCount - 1, Math.floor(probability * binCount));
}
