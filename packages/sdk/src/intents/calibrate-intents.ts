import type { IntentCalibration, IntentLabel } from '../schemas/index.js';
import { chooseThreshold } from './choose-threshold.js';
import { fitTemperature } from './fit-temperature.js';
import { predictIntent } from './predict-intent.js';

/** A held-out row and what the model made of it. */
export interface ScoredIntentRow {
  /** null: out of scope, whether or not there is a label for that. */
  intent: string | null;
  /** In the order of the labels, raw. */
  logits: ArrayLike<number>;
}

/**
 * Fits temperature and threshold to held-out rows. The temperature is fitted to those that have a label; a threshold is
 * chosen only where some are out of scope.
 */
export function calibrateIntents(labels: readonly IntentLabel[], rows: readonly ScoredIntentRow[]): IntentCalibration {
  const labelled = rows
    .map(({ intent, logits }) => ({ logits, label: labels.findIndex((label) => label.intent === intent) }))
    .filter(({ label }) => label >= 0);
  const calibration = { temperature: fitTemperature(labelled), rows: labelled.length, threshold: null };
  const judged = rows.map(({ intent, logits }) => {
    const { probability, outOfScope, top } = predictIntent(labels, logits, { calibration, topK: 1 });
    return { probability, outOfScope, isRight: intent === null ? null : top[0]!.intent === intent };
  });
  return { ...calibration, threshold: chooseThreshold(judged) };
}
