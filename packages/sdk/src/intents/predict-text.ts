import type { IntentAdapterManifest, IntentCalibration, IntentLabel } from '../schemas/index.js';
import { type IntentPrediction, type PredictionOptions, predictIntent } from './predict-intent.js';
import { predictLabels } from './predict-labels.js';
import { predictScore } from './predict-score.js';

/** How texts are classified: one intent or none, any number of intents, or a level of a score. */
export type IntentKind = 'single' | NonNullable<IntentAdapterManifest['kind']>;

/** What says how logits are to be read. */
export interface ReadLabels {
  /** Absent: single. */
  kind?: IntentAdapterManifest['kind'] | undefined;
  labels: readonly IntentLabel[];
  calibration: IntentCalibration;
}

/**
 * What the logits of the labels' tokens say of a text, whatever the adapter's kind.
 * @param logits in the order of the labels
 */
export function predictText(
  { kind, labels, calibration }: ReadLabels,
  logits: ArrayLike<number>,
  options: Omit<PredictionOptions, 'calibration'>,
): IntentPrediction {
  const predict = kind === 'multi' ? predictLabels : kind === 'ordinal' ? predictScore : predictIntent;
  return predict(labels, logits, { ...options, calibration });
}
