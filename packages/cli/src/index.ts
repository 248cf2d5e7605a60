export {
  type ConfigurationKind,
  type ConfigurationProgress,
  type EvaluateAdapterOptions,
  type EvaluateIntentAdapterOptions,
  evaluateAdapter,
  evaluateIntentAdapter,
  formatEvaluationTable,
  formatIntentTable,
} from './evaluation/index.js';
export { type ExitCode, exitCodes } from './exit-codes.js';
export { type RunTooltuneOptions, runTooltune } from './run-tooltune.js';
