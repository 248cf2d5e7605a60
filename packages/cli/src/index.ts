export {
  type ConfigurationKind,
  type ConfigurationProgress,
  type EvaluateAdapterOptions,
  evaluateAdapter,
  formatEvaluationTable,
} from './evaluation/index.js';
export { type ExitCode, exitCodes } from './exit-codes.js';
export { type RunTooltuneOptions, runTooltune } from './run-tooltune.js';
