import {
  type IntentCalibration,
  type IntentEvaluationReport,
  validateIntentEvaluationReport,
} from '../schemas/index.js';
import type { IntentEvaluationResult } from './evaluate-intent-classifier.js';

export interface IntentReportOptions {
  /** Package and version that write the report. */
  createdBy: string;
  /** The file as the user gave it, and its SHA-256 (`fileSha256` of `@tooltune/sdk/files`). */
  dataset: { file: string; sha256: string };
  /** Id of the base model. */
  base?: string;
  /** How many intents there were to choose from. */
  labels: number;
  calibration: IntentCalibration;
  result: IntentEvaluationResult;
  /** How many confusions and failures the report tells. Default 200 and 100. */
  maxConfusions?: number;
  maxFailures?: number;
}

/** The report.json of an adapter that names intents. @throws SchemaError `schema/invalid` */
export function createIntentEvaluationReport(options: IntentReportOptions): IntentEvaluationReport {
  const { createdBy, dataset, base, labels, calibration, result, maxConfusions = 200, maxFailures = 100 } = options;
  return validateIntentEvaluationReport({
    formatVersion: 1,
    createdBy,
    task: 'intents',
    dataset: { ...dataset, rows: result.rows.length },
    ...(base === undefined ? {} : { base }),
    labels,
    calibration,
    metrics: result.metrics,
    confusions: result.confusions.slice(0, maxConfusions),
    failures: result.failures.slice(0, maxFailures),
    failureCount: result.failures.length,
  });
}
