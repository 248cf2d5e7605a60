import type { IntentLabel } from '../schemas/index.js';
import type { IntentPrediction, LikelyIntent, PredictionOptions } from './predict-intent.js';

/** From which probability on an intent is named where nothing was fitted. */
const defaultLabelThreshold = 0.5;

/**
 * Which of the labels apply to a text, each by itself: the probability of an intent is σ((logit − logit of the reference) /
 * temperature), the reference being the label whose intent is null. Logits of tokens have no zero of their own, their
 * differences have; so the reference is a threshold that is learnt with them and can differ from text to text (calibrated
 * label ranking, Fürnkranz et al. 2008; adaptive thresholding, Zhou et al. 2021).
 * @param logits in the order of the labels
 */
export function predictLabels(
  labels: readonly IntentLabel[],
  logits: ArrayLike<number>,
  { calibration, threshold, topK }: PredictionOptions,
): IntentPrediction {
  const { temperature, labelThresholds = [] } = calibration;
  const common = calibration.threshold?.value ?? defaultLabelThreshold;
  const own = new Map(labelThresholds.map(({ intent, value }) => [intent, value]));
  const thresholdOf = (intent: string) => {
    if (threshold === undefined) return own.get(intent) ?? common;
    return threshold ?? defaultLabelThreshold;
  };
  const probabilities = labelMargins(labels, logits).map(
    ({ intent, margin }): LikelyIntent => ({ intent, probability: marginProbability(margin, temperature) }),
  );
  const ranked = probabilities.toSorted((a, b) => b.probability - a.probability);
  const named = ranked.filter(({ intent, probability }) => probability >= thresholdOf(intent));
  const best = named[0] ?? ranked[0]!;
  return {
    intent: named[0]?.intent ?? null,
    probability: best.probability,
    top: ranked.slice(0, topK),
    outOfScope: null,
    intents: named.map(({ intent }) => intent),
    probabilities,
  };
}

/** Calibrated probability that an intent applies whose logit is so far above that of the reference. */
export function marginProbability(margin: number, temperature: number): number {
  return 1 / (1 + Math.exp(-margin / temperature));
}

/** By how much each intent's logit is above that of the reference, in nats. */
export function labelMargins(
  labels: readonly IntentLabel[],
  logits: ArrayLike<number>,
): { intent: string; margin: number }[] {
  const reference = logits[labels.findIndex(({ intent }) => intent === null)]!;
  return labels.flatMap(({ intent }, index) =>
    intent === null ? [] : [{ intent, margin: logits[index]! - reference }],
  );
}
