export { createIntentClassifier } from './create-intent-classifier.js';
export type { ClassifyOptions, IntentClassifierOptions, LlamaIntentClassifier } from './intent-classifier.js';
