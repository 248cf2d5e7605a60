export {
  type EvaluateIntentsOptions,
  evaluateIntentClassifier,
  type IntentEvaluationProgress,
  type IntentEvaluationResult,
} from './evaluate-intent-classifier.js';
export {
  type EvaluatedRow,
  type EvaluateOptions,
  type EvaluationProgress,
  type EvaluationResult,
  evaluateToolCaller,
} from './evaluate-tool-caller.js';
export { evaluationMetrics, type ScoredAnswer } from './evaluation-metrics.js';
export { createEvaluationReport, type EvaluationReportOptions } from './evaluation-report.js';
export type { IntentAnswer, IntentClassifier } from './intent-classifier.js';
export { createIntentEvaluationReport, type IntentReportOptions } from './intent-evaluation-report.js';
export { type AnswerScore, scoreAnswer, valueKey } from './score-answer.js';
export { percentiles, wilsonRate } from './statistics.js';
export type { ToolCaller, ToolCallerAnswer } from './tool-caller.js';
