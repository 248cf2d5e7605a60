export { assignLabelTokens } from './assign-label-tokens.js';
export { calibrateIntents, type ScoredIntentRow } from './calibrate-intents.js';
export { defaultIntentSystem, intentPromptFormat } from './intent-prompt.js';
export { type IntentPrediction, type LikelyIntent, type PredictionOptions, predictIntent } from './predict-intent.js';
