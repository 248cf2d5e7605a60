export { type TrainingReportOptions, writeTrainingReport } from './write-training-report.js';
