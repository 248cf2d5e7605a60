export { checkRules, citationsIn, type RuledAnswer, type RuleResult } from './check-rules.js';
export { compareResults, type NamedResult } from './compare-results.js';
export {
  type EvaluateIntentsOptions,
  evaluateIntentClassifier,
  type IntentEvaluationProgress,
  type IntentEvaluationResult,
} from './evaluate-intent-classifier.js';
export { type EvaluateScenariosOptions, evaluateScenarios, reportScenarios } from './evaluate-scenarios.js';
export {
  type EvaluatedRow,
  type EvaluatedTurn,
  type EvaluateOptions,
  type EvaluationProgress,
  type EvaluationResult,
  evaluateToolCaller,
  type Scoring,
} from './evaluate-tool-caller.js';
export { evaluationMetrics, type ScoredAnswer } from './evaluation-metrics.js';
export { createEvaluationReport, type EvaluationReportOptions } from './evaluation-report.js';
export { createFewShotCaller, type FewShotOptions } from './few-shot.js';
export type { IntentAnswer, IntentClassifier, IntentLevel } from './intent-classifier.js';
export { createIntentEvaluationReport, type IntentReportOptions } from './intent-evaluation-report.js';
export { type Call, type CallPair, pairCalls } from './pair-calls.js';
export { holm, mcNemarExact } from './paired-tests.js';
export { isRefusal } from './refusal.js';
export { type AnswerScore, type ArgumentCount, scoreAnswer, type ToolPair } from './score-answer.js';
export { onlyPossibleCalls, type PossibleCall, possibleCalls, scoreBfclAnswer } from './score-bfcl-answer.js';
export { percentiles, wilsonRate } from './statistics.js';
export type { ToolCaller, ToolCallerAnswer } from './tool-caller.js';
export { valueKey } from './value-key.js';
export { WordIndex } from './word-index.js';
