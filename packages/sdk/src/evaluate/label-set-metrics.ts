import type { Random } from '../random/index.js';
import type { CalibrationBin, IntentMetrics, IntentScore } from '../schemas/index.js';
import { type AnsweredIntent, binCount, isRight, tagMetrics } from './intent-metrics.js';
import { bootstrapEstimate, mean, percentiles, ratios, wilsonRate } from './statistics.js';

interface Counts {
  wanted: number;
  got: number;
  right: number;
}

/**
 * Sums up the answers of a classifier that names any number of intents; `random` draws the samples of the bootstrap
 * intervals. What each figure means is told in intent-evaluation-report.schema.json.
 * @throws RangeError where there is no row
 */
export function labelSetMetrics(rows: readonly AnsweredIntent[], random: Random): IntentMetrics {
  if (rows.length === 0) throw new RangeError('metrics of no rows');
  const rate = (among: readonly AnsweredIntent[]) => wilsonRate(among.filter(isRight).length, among.length);
  const tags = tagMetrics(rows);
  return {
    rows: rows.length,
    accuracy: rate(rows),
    inScopeAccuracy: rate(rows.filter(({ expected }) => expected !== null)),
    outOfScopeRecall: rate(rows.filter(({ expected }) => expected === null)),
    outOfScopePrecision: rate(rows.filter(({ answer }) => answer.intent === null)),
    microF1: bootstrapEstimate(rows, microF1, random.fork('micro F1')),
    macroF1: bootstrapEstimate(rows, macroF1, random.fork('macro F1')),
    expectedCalibrationError: bootstrapEstimate(rows, calibrationError, random.fork('calibration error')),
    latencyMs: percentiles(rows.map(({ answer }) => answer.durationMs)),
    meanPromptTokens: mean(rows.map(({ answer }) => answer.promptTokens)),
    intents: labelScores(rows),
    calibrationBins: calibrationBins(rows),
    ...(tags.length === 0 ? {} : { tags }),
  };
}

/** 1 where nothing is wanted and nothing named. */
function microF1(rows: readonly AnsweredIntent[]): number {
  const total = { wanted: 0, got: 0, right: 0 };
  for (const { wanted, got, right } of countLabels(rows).values()) {
    total.wanted += wanted;
    total.got += got;
    total.right += right;
  }
  return total.wanted + total.got === 0 ? 1 : (2 * total.right) / (total.wanted + total.got);
}

/** Mean F1 score of the intents that rows have, or the micro F1 score where none has one. */
function macroF1(rows: readonly AnsweredIntent[]): number {
  const scores = [...countLabels(rows).values()].filter(({ wanted }) => wanted > 0).map((count) => ratios(count).f1!);
  return scores.length === 0 ? microF1(rows) : mean(scores);
}

function countLabels(rows: readonly AnsweredIntent[]): Map<string, Counts> {
  const counts = new Map<string, Counts>();
  const countsOf = (intent: string) => {
    const known = counts.get(intent) ?? { wanted: 0, got: 0, right: 0 };
    counts.set(intent, known);
    return known;
  };
  for (const { expectedIntents = [], answer } of rows) {
    const { intents = [] } = answer;
    for (const intent of expectedIntents) countsOf(intent).wanted++;
    for (const intent of intents) {
      countsOf(intent).got++;
      if (expectedIntents.includes(intent)) countsOf(intent).right++;
    }
  }
  return counts;
}

function labelScores(rows: readonly AnsweredIntent[]): IntentScore[] {
  return [...countLabels(rows).entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([intent, count]) => ({ intent, ...count, ...ratios(count) }));
}

interface Pair {
  probability: number;
  isWanted: boolean;
}

function pairsOf(rows: readonly AnsweredIntent[]): Pair[] {
  return rows.flatMap(({ expectedIntents = [], answer }) =>
    (answer.probabilities ?? []).map(({ intent, probability }) => ({
      probability,
      isWanted: expectedIntents.includes(intent),
    })),
  );
}

const binOf = ({ probability }: Pair) => Math.min(binCount - 1, Math.floor(probability * binCount));

/** Over all pairs of a row and an intent: how far probabilities are from the share of intents that apply. */
function calibrationError(rows: readonly AnsweredIntent[]): number {
  const pairs = pairsOf(rows);
  const surplus = new Float64Array(binCount);
  for (const pair of pairs) surplus[binOf(pair)]! += pair.probability - Number(pair.isWanted);
  return surplus.reduce((sum, value) => sum + Math.abs(value), 0) / Math.max(1, pairs.length);
}

function calibrationBins(rows: readonly AnsweredIntent[]): CalibrationBin[] {
  return [...groupByBin(rows).entries()]
    .sort(([a], [b]) => a - b)
    .map(([, inBin]) => ({
      rows: inBin.length,
      probability: mean(inBin.map(({ probability }) => probability)),
      right: inBin.filter(({ isWanted }) => isWanted).length / inBin.length,
    }));
}

function groupByBin(rows: readonly AnsweredIntent[]): Map<number, Pair[]> {
  const bins = new Map<number, Pair[]>();
  for (const pair of pairsOf(rows)) {
    const inBin = bins.get(binOf(pair));
    if (inBin === undefined) bins.set(binOf(pair), [pair]);
    else inBin.push(pair);
  }
  return bins;
}
