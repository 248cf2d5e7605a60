export { availableKinds, type ConfigurationKind, candidateOf, parseConfigurations } from './configurations.js';
export { type EvaluateAdapterOptions, evaluateAdapter, type FewShotData } from './evaluate-adapter.js';
export { type EvaluateIntentAdapterOptions, evaluateIntentAdapter } from './evaluate-intent-adapter.js';
export { formatComparisons, formatEvaluationTable, formatFailures, formatScenarios } from './evaluation-table.js';
export { formatIntentFailures, formatIntentTable } from './intent-table.js';
export type { ConfigurationProgress } from './measure-configuration.js';
export type { RemoteModel } from './remote-tool-caller.js';
