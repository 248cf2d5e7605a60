export {
  type BaseIntentClassifier,
  createBaseIntentClassifier,
  type IntentShots,
} from './base-intent-classifier.js';
export {
  availableKinds,
  type ConfigurationKind,
  candidateOf,
  parseConfigurations,
  takeEvenly,
} from './configurations.js';
export { type EvaluateAdapterOptions, evaluateAdapter, type FewShotData } from './evaluate-adapter.js';
export {
  type EvaluateIntentAdapterOptions,
  evaluateIntentAdapter,
  type IntentProgress,
} from './evaluate-intent-adapter.js';
export {
  formatComparisons,
  formatEvaluationTable,
  formatFailures,
  formatPaired,
  formatRateWithInterval,
  formatScenarios,
} from './evaluation-table.js';
export { formatIntentFailures, formatIntentTable } from './intent-table.js';
export type { ConfigurationProgress } from './measure-configuration.js';
export type { RemoteModel } from './remote-tool-caller.js';
