import { wilsonRate } from '../evaluate/index.js';
import type { AdapterBaseline, EvaluationRate } from '../schemas/index.js';
import { confidenceBin } from './baseline.js';
import type { DriftObservation } from './observation.js';
import { type PopulationStability, populationStability } from './population-stability.js';

export interface DriftOptions {
  /** What answers were like when the adapter was made; without it only rates are judged. */
  baseline?: AdapterBaseline | undefined;
  /** Requests below which nothing is judged. Default 100. */
  minRows?: number | undefined;
  /** Shares from which retraining is due, when the whole 95% interval lies above them. */
  limits?: Partial<DriftLimits> | undefined;
}

/** Shares of the requests, from 0 to 1. */
export interface DriftLimits {
  /** Default 0.05. */
  errors: number;
  /** Default 0.1. */
  repairs: number;
  /** No call, or out of scope. Default 0.1 above the upper bound of the baseline's; 0.3 without a baseline. */
  abstentions: number;
}

/** A share with its interval, and from where on it is too much. */
export interface JudgedRate extends EvaluationRate {
  limit: number;
  isExceeded: boolean;
}

/** A distribution beside the baseline's; index and noise are null where there is nothing to compare. */
export interface JudgedDistribution {
  index: number | null;
  noise: number | null;
  verdict: PopulationStability['verdict'] | 'unknown';
}

/** How recent requests differ from what the adapter was made for. */
export interface DriftReport {
  /** Requests that were looked at. */
  rows: number;
  /** Whether there were enough of them. */
  isEnough: boolean;
  hasBaseline: boolean;
  labels: JudgedDistribution;
  confidence: JudgedDistribution;
  errors: JudgedRate;
  repairs: JudgedRate;
  abstentions: JudgedRate;
  /** Labels whose share changed most: baseline and now, from 0 to 1. */
  changes: { name: string | null; expected: number; actual: number }[];
  /** Whether retraining is due, and for which reasons. */
  isDue: boolean;
  reasons: string[];
}

const unknown: JudgedDistribution = { index: null, noise: null, verdict: 'unknown' };
const mostChanges = 8;

/**
 * Compares recent requests with the baseline: the distribution of tools or intents and of confidence by the population
 * stability index, and errors, repairs and abstentions by their shares. A distribution counts as moved only beyond what
 * chance explains, a share only where its whole interval is above the limit.
 */
export function measureDrift(observations: readonly DriftObservation[], options: DriftOptions = {}): DriftReport {
  const { baseline, minRows = 100, limits = {} } = options;
  const labels = new Map<string | null, number>();
  const bins = new Map<number, number>();
  // Labels count each once in their effective number, so that a share that stands for many is no proof of many.
  const scale = effectiveScale(observations);
  for (const { labels: names, confidence, weight } of observations) {
    for (const name of names) labels.set(name, (labels.get(name) ?? 0) + weight * scale);
    if (confidence !== null) add(bins, confidenceBin(confidence), weight * scale);
  }
  const rows = observations.filter(({ weight }) => weight > 0).length;
  const isEnough = rows >= minRows;
  const expected = new Map((baseline?.labels ?? []).map(({ name, count }) => [name, count]));
  const expectedBins = new Map((baseline?.confidence ?? []).map((count, bin) => [bin, count]));
  const abstained = ({ labels: [first] }: DriftObservation) => first === null;
  const answered = observations.filter(({ labels: names }) => names.length > 0);
  const report = {
    rows,
    isEnough,
    hasBaseline: baseline !== undefined,
    labels: compare(expected, labels, isEnough),
    confidence: compare(expectedBins, bins, isEnough),
    errors: judge(observations, ({ failed }) => failed, limits.errors ?? 0.05, isEnough),
    repairs: judge(observations, ({ repaired }) => repaired, limits.repairs ?? 0.1, isEnough),
    abstentions: judge(answered, abstained, limits.abstentions ?? abstentionLimit(baseline), isEnough),
    changes: changesOf(expected, labels),
  };
  const reasons = [
    ...(report.labels.verdict === 'shifted' ? ['the distribution of answers has shifted'] : []),
    ...(report.confidence.verdict === 'shifted' ? ['the distribution of confidence has shifted'] : []),
    ...(report.errors.isExceeded ? ['too many requests fail'] : []),
    ...(report.repairs.isExceeded ? ['too many answers had to be repaired'] : []),
    ...(report.abstentions.isExceeded ? ['too many requests are answered without a call or intent'] : []),
  ];
  return { ...report, isDue: reasons.length > 0, reasons };
}

function add<Key>(counts: Map<Key, number>, key: Key, count: number): void {
  counts.set(key, (counts.get(key) ?? 0) + count);
}

/** What weights are multiplied by to sum to Kish's effective number of rows. */
function effectiveScale(observations: readonly DriftObservation[]): number {
  let sum = 0;
  let squares = 0;
  for (const { weight } of observations) {
    sum += weight;
    squares += weight * weight;
  }
  return squares === 0 ? 0 : sum / squares;
}

function compare<Key>(
  expected: ReadonlyMap<Key, number>,
  actual: ReadonlyMap<Key, number>,
  isEnough: boolean,
): JudgedDistribution {
  const hasRows = (counts: ReadonlyMap<Key, number>) => [...counts.values()].some((count) => count > 0);
  if (!isEnough || !hasRows(expected) || !hasRows(actual)) return unknown;
  return populationStability(expected, actual);
}

function judge(
  observations: readonly DriftObservation[],
  has: (observation: DriftObservation) => boolean,
  limit: number,
  isEnough: boolean,
): JudgedRate {
  const scale = effectiveScale(observations);
  let count = 0;
  let total = 0;
  for (const observation of observations) {
    total += observation.weight * scale;
    if (has(observation)) count += observation.weight * scale;
  }
  const rate = wilsonRate(Math.min(count, total), total);
  return { ...rate, limit, isExceeded: isEnough && rate.low !== null && rate.low > limit };
}

function abstentionLimit(baseline: AdapterBaseline | undefined): number {
  if (baseline === undefined) return 0.3;
  const total = baseline.labels.reduce((sum, { count }) => sum + count, 0);
  const abstained = baseline.labels.find(({ name }) => name === null)?.count ?? 0;
  return Math.min(1, (wilsonRate(abstained, total).high ?? 0) + 0.1);
}

function changesOf(
  expected: ReadonlyMap<string | null, number>,
  actual: ReadonlyMap<string | null, number>,
): DriftReport['changes'] {
  const totals = [expected, actual].map((counts) => [...counts.values()].reduce((sum, count) => sum + count, 0));
  if (totals.includes(0)) return [];
  return [...new Set([...expected.keys(), ...actual.keys()])]
    .map((name) => ({
      name,
      expected: (expected.get(name) ?? 0) / totals[0]!,
      actual: (actual.get(name) ?? 0) / totals[1]!,
    }))
    .filter((change) => change.expected !== change.actual)
    .sort((a, b) => Math.abs(b.actual - b.expected) - Math.abs(a.actual - a.expected))
    .slice(0, mostChanges);
}
