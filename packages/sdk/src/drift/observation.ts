import type { RuntimeRecord } from '../schemas/index.js';

/** What of a request drift is told by. */
export interface DriftObservation {
  /** Tools that were called, or the intent; null alone: no call, or out of scope. Empty: nothing was answered. */
  labels: readonly (string | null)[];
  /** Probability of the likeliest intent, from 0 to 1; null of tools. */
  confidence: number | null;
  failed: boolean;
  repaired: boolean;
  /** Requests that this one stands for. */
  weight: number;
}

/** What a record says of drift; undefined of feedback, and of answers that nobody waited for. */
export function observationOf(record: RuntimeRecord): DriftObservation | undefined {
  if (record.type === 'feedback') return undefined;
  const { weight = 1 } = record;
  if (record.type === 'intent') {
    const { answer } = record;
    if (answer === undefined) return { labels: [], confidence: null, failed: true, repaired: false, weight };
    const { intents = [], intent } = answer;
    const labels = intents.length > 0 ? intents : [intent];
    return { labels, confidence: answer.probability, failed: false, repaired: false, weight };
  }
  const { reason, answer, usage } = record;
  if (reason === 'aborted' || reason === 'abandoned') return undefined;
  const failed = reason === 'error' || reason === 'length' || answer.errors.length > 0;
  const names = answer.calls.map(({ name }) => name);
  const labels = names.length > 0 ? names : failed ? [] : [null];
  return { labels, confidence: null, failed, repaired: (usage?.repairs ?? 0) > 0, weight };
}
