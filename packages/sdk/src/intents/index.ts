export { assignLabelTokens } from './assign-label-tokens.js';
export { calibrateIntents, type ScoredIntentRow } from './calibrate-intents.js';
export { calibrateLabels, type ScoredLabelsRow } from './calibrate-labels.js';
export { defaultIntentSystem, intentPromptFormat } from './intent-prompt.js';
export {
  type IntentPrediction,
  type LikelyIntent,
  type PredictedScore,
  type PredictionOptions,
  predictIntent,
} from './predict-intent.js';
export { type IntentKind, predictText, type ReadLabels } from './predict-text.js';
