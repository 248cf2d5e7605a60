export { renderIntentReport } from './render-intent-report.js';
export { type RenderReportOptions, renderEvaluationReport } from './render-report.js';
export { renderTrainingReport } from './render-training.js';
export { parseTrainingCurve, type TrainingCurve } from './training-curve.js';
export { type Verdict, verdictOf } from './verdict.js';
