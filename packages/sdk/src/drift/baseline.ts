import { type Example, promptAndTarget } from '../dataset/index.js';
import { type PredictionOptions, predictText, type ReadLabels, type ScoredIntentRow } from '../intents/index.js';
import type { AdapterBaseline, IntentLabel } from '../schemas/index.js';
import type { DriftObservation } from './observation.js';

/** Where the bins of a confidence histogram begin; finer where calibrated answers usually are. */
export const confidenceBins = [0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95, 0.99] as const;

/** The bin that a probability is in, from 0. */
export function confidenceBin(probability: number): number {
  let bin = confidenceBins.length - 1;
  while (bin > 0 && probability < confidenceBins[bin]!) bin--;
  return bin;
}

/** What the classifier made of rows that were held out; undefined where there is none. */
export function intentBaseline(
  labels: readonly IntentLabel[],
  rows: readonly Pick<ScoredIntentRow, 'logits'>[],
  calibration: PredictionOptions['calibration'],
  kind?: ReadLabels['kind'],
): AdapterBaseline | undefined {
  if (rows.length === 0) return undefined;
  const counts = new Map<string | null, number>();
  const confidence = confidenceBins.map(() => 0);
  for (const { logits } of rows) {
    const { intent, intents = [], probability } = predictText({ kind, labels, calibration }, logits, { topK: 1 });
    for (const name of intents.length > 0 ? intents : [intent]) counts.set(name, (counts.get(name) ?? 0) + 1);
    confidence[confidenceBin(probability)]!++;
  }
  return { source: 'validation', rows: rows.length, labels: labelsOf(counts), confidence };
}

/** The tools that the rows to learn from call; undefined where there is no row. */
export function toolBaseline(examples: readonly Example[]): AdapterBaseline | undefined {
  const conversations = examples.filter((example) => example.kind === 'conversation');
  if (conversations.length === 0) return undefined;
  const counts = new Map<string | null, number>();
  for (const example of conversations) {
    const calls = promptAndTarget(example).target.toolCalls ?? [];
    for (const name of calls.length === 0 ? [null] : calls.map((call) => call.name)) {
      counts.set(name, (counts.get(name) ?? 0) + 1);
    }
  }
  return { source: 'training', rows: conversations.length, labels: labelsOf(counts) };
}

/** What recorded requests were like at another time; undefined where none was answered. */
export function observedBaseline(observations: readonly DriftObservation[]): AdapterBaseline | undefined {
  const counts = new Map<string | null, number>();
  const confidence = confidenceBins.map(() => 0);
  const answered = observations.filter(({ labels, weight }) => labels.length > 0 && weight > 0);
  for (const observation of answered) {
    for (const name of observation.labels) counts.set(name, (counts.get(name) ?? 0) + 1);
    if (observation.confidence !== null) confidence[confidenceBin(observation.confidence)]!++;
  }
  if (answered.length === 0) return undefined;
  const hasConfidence = confidence.some((count) => count > 0);
  return {
    ...{ source: 'validation', rows: answered.length, labels: labelsOf(counts) },
    ...(hasConfidence ? { confidence } : {}),
  };
}

/** The most frequent first. */
function labelsOf(counts: ReadonlyMap<string | null, number>): AdapterBaseline['labels'] {
  const byName = (a: string | null, b: string | null) => (a ?? '').localeCompare(b ?? '', 'en');
  return [...counts]
    .map(([name, count]) => ({ name, count }))
    .sort((a, b) => b.count - a.count || byName(a.name, b.name));
}
