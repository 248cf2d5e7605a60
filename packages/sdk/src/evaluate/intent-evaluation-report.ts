import { createRandom } from '../random/index.js';
import {
  type IntentCalibration,
  type IntentComparison,
  type IntentEvaluationReport,
  validateIntentEvaluationReport,
} from '../schemas/index.js';
import type { IntentEvaluationResult } from './evaluate-intent-classifier.js';
import { isRight } from './intent-metrics.js';
import { pairedRate } from './paired-tests.js';

/** What the adapter is called in comparisons. */
const candidate = 'adapter';

export interface IntentReportOptions {
  /** Package and version that write the report. */
  createdBy: string;
  /** The file as the user gave it, and its SHA-256 (`fileSha256` of `@tooltune/sdk/files`). */
  dataset: { file: string; sha256: string };
  /** Id of the base model. */
  base?: string;
  /** How many intents there were to choose from. */
  labels: number;
  /** Of the adapter; absent: it names one intent, or none. */
  kind?: IntentEvaluationReport['kind'] | undefined;
  calibration: IntentCalibration;
  result: IntentEvaluationResult;
  /** What was asked beside the adapter, some of its rows or all. Default: nothing. */
  baselines?: readonly { name: string; result: IntentEvaluationResult }[];
  /** How many confusions and failures the report tells. Default 200 and 100. */
  maxConfusions?: number;
  maxFailures?: number;
}

/** The report.json of an adapter that names intents. @throws SchemaError `schema/invalid` */
export function createIntentEvaluationReport(options: IntentReportOptions): IntentEvaluationReport {
  const { createdBy, dataset, base, labels, calibration, result, maxConfusions = 200, maxFailures = 100 } = options;
  const { baselines = [], kind } = options;
  return validateIntentEvaluationReport({
    formatVersion: 1,
    createdBy,
    task: 'intents',
    ...(kind === undefined ? {} : { kind }),
    dataset: { ...dataset, rows: result.rows.length },
    ...(base === undefined ? {} : { base }),
    labels,
    calibration,
    metrics: result.metrics,
    confusions: result.confusions.slice(0, maxConfusions),
    failures: result.failures.slice(0, maxFailures),
    failureCount: result.failures.length,
    ...(baselines.length === 0
      ? {}
      : {
          baselines: baselines.map(({ name, result: { metrics } }) => ({ name, metrics })),
          comparisons: baselines.map(({ name, result: other }) => compareIntents(name, other, result)),
        }),
  });
}

/** Of the rows that both were asked: McNemar's exact test, and a paired bootstrap whose draws are always the same. */
function compareIntents(
  baseline: string,
  { rows: before }: IntentEvaluationResult,
  { rows: after }: IntentEvaluationResult,
): IntentComparison {
  const known = new Map(before.map((row) => [row.example, isRight(row)]));
  const pairs = after.flatMap((row): [boolean, boolean][] => {
    const other = known.get(row.example);
    return other === undefined ? [] : [[other, isRight(row)]];
  });
  return { baseline, candidate, accuracy: pairedRate(pairs, createRandom(`compare ${baseline} with ${candidate}`)) };
}
