export { type ConfigurationKind, parseConfigurations } from './configurations.js';
export { type ConfigurationProgress, type EvaluateAdapterOptions, evaluateAdapter } from './evaluate-adapter.js';
export { type EvaluateIntentAdapterOptions, evaluateIntentAdapter } from './evaluate-intent-adapter.js';
export { formatEvaluationTable, formatFailures } from './evaluation-table.js';
export { formatIntentFailures, formatIntentTable } from './intent-table.js';
