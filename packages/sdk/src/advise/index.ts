export { gainVerdict } from './advice-reasons.js';
export { type AdviceReportOptions, createAdviceReport } from './advice-report.js';
export type { ApproachAnswer, MeasuredApproach } from './approach.js';
export { type Estimated, fitLearningCurve, type LearningCurve, type SizeResult } from './learning-curve.js';
export type { StepFiles } from './next-steps.js';
export { renderAdvice } from './render-advice.js';
