import type { IntentCalibration, IntentLabel, IntentThreshold } from '../schemas/index.js';
import { labelProbabilities } from './label-probabilities.js';

/** An intent and how likely it is. */
export interface LikelyIntent {
  intent: string;
  /** Calibrated, from 0 to 1. */
  probability: number;
}

/** What a text was taken for. */
export interface IntentPrediction {
  /** null: it abstains, as the text seems to be out of scope. */
  intent: string | null;
  /** Calibrated probability of the most likely intent, whether it was taken or not. */
  probability: number;
  /** The most likely intents, the likeliest first. */
  top: LikelyIntent[];
  /** Calibrated probability that the text is out of scope; null where the adapter has not learnt what is. */
  outOfScope: number | null;
  /**
   * Of an adapter that names any number of intents: those whose probability reaches their threshold, the likeliest first.
   * `intent` is the first of them, null where there is none.
   */
  intents?: string[];
  /** Of an adapter that scores; `intent` is the most likely level. */
  score?: PredictedScore;
  /** Of both: every intent or level with its probability, in the adapter's order. Levels' sum to 1. */
  probabilities?: LikelyIntent[];
}

/** A score between the lowest and the highest level. */
export interface PredictedScore {
  /** The most likely level, and what it counts. */
  level: string;
  value: number;
  /** Mean of the levels' values by their probabilities. */
  expected: number;
}

/** How sure it must be, and what is told. */
export interface PredictionOptions {
  calibration: IntentCalibration;
  /** In place of the calibration's: the least score at which it does not abstain, or null never to abstain for its sake. */
  threshold?: number | null | undefined;
  /** How many intents are told in `top`. */
  topK: number;
}

/**
 * What the logits of the labels' tokens say of a text. Without a threshold it abstains only where out of scope is the
 * most likely of all labels.
 * @param logits in the order of the labels
 */
export function predictIntent(
  labels: readonly IntentLabel[],
  logits: ArrayLike<number>,
  { calibration, threshold = calibration.threshold?.value ?? null, topK }: PredictionOptions,
): IntentPrediction {
  const probabilities = labelProbabilities(logits, calibration.temperature);
  const ranked: LikelyIntent[] = [];
  let outOfScope: number | null = null;
  for (const [index, { intent }] of labels.entries()) {
    const probability = probabilities[index]!;
    if (intent === null) outOfScope = probability;
    else ranked.push({ intent, probability });
  }
  ranked.sort((a, b) => b.probability - a.probability);
  const best = ranked[0]!;
  const abstains =
    threshold === null
      ? outOfScope !== null && outOfScope > best.probability
      : scopeScore(calibration.threshold?.score ?? 'probability', best.probability, outOfScope) < threshold;
  return {
    intent: abstains ? null : best.intent,
    probability: best.probability,
    top: ranked.slice(0, topK),
    outOfScope,
  };
}

/** How sure it is that a text has an intent, from 0 to 1: what thresholds are set on. */
export function scopeScore(score: IntentThreshold['score'], probability: number, outOfScope: number | null): number {
  return score === 'in-scope' ? 1 - (outOfScope ?? 0) : probability;
}
