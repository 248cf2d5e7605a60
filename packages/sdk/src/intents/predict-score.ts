import type { IntentLabel } from '../schemas/index.js';
import { labelProbabilities } from './label-probabilities.js';
import type { IntentPrediction, PredictionOptions } from './predict-intent.js';

/**
 * The level of a text: probabilities are the softmax over the levels' logits.
 * @param labels from the lowest level to the highest
 * @param logits in the order of the labels
 */
export function predictScore(
  labels: readonly IntentLabel[],
  logits: ArrayLike<number>,
  { calibration, topK }: Pick<PredictionOptions, 'calibration' | 'topK'>,
): IntentPrediction {
  const shares = labelProbabilities(logits, calibration.temperature);
  const levels = labels.map(({ intent, value = 0 }, index) => ({
    intent: intent!,
    value,
    probability: shares[index]!,
  }));
  const best = levels.reduce((a, b) => (b.probability > a.probability ? b : a));
  const probabilities = levels.map(({ intent, probability }) => ({ intent, probability }));
  return {
    intent: best.intent,
    probability: best.probability,
    top: probabilities.toSorted((a, b) => b.probability - a.probability).slice(0, topK),
    outOfScope: null,
    score: {
      level: best.intent,
      value: best.value,
      expected: levels.reduce((sum, { value, probability }) => sum + value * probability, 0),
    },
    probabilities,
  };
}
