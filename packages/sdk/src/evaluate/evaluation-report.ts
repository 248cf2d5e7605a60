import { type EvaluationConfiguration, type EvaluationReport, validateEvaluationReport } from '../schemas/index.js';
import type { Toolset } from '../toolset/index.js';
import type { EvaluationResult } from './evaluate-tool-caller.js';

export interface EvaluationReportOptions {
  /** Package and version that write the report. */
  createdBy: string;
  /** The file as the user gave it, and its SHA-256 (`fileSha256` of `@tooltune/sdk/files`). */
  dataset: { file: string; sha256: string };
  toolset: Pick<Toolset, 'fingerprint'>;
  /** Id of the base model. */
  base?: string;
  /** Results by the configuration's name: `base`, `base + constraint`, `adapter`, `adapter + constraint`. */
  results: readonly { name: string; result: EvaluationResult }[];
  /** How many failures of each configuration the report tells. Default 100. */
  maxFailures?: number;
}

/** The report.json of one or more configurations that answered the same rows. @throws SchemaError `schema/invalid` */
export function createEvaluationReport(options: EvaluationReportOptions): EvaluationReport {
  const { createdBy, dataset, toolset, base, results, maxFailures = 100 } = options;
  const configurations = results.map(
    ({ name, result }): EvaluationConfiguration => ({
      name,
      metrics: result.metrics,
      failures: result.failures.slice(0, maxFailures),
      failureCount: result.failures.length,
    }),
  );
  return validateEvaluationReport({
    formatVersion: 1,
    createdBy,
    dataset: { ...dataset, rows: results[0]?.result.rows.length ?? 0 },
    toolsetFingerprint: toolset.fingerprint,
    ...(base === undefined ? {} : { base }),
    configurations,
  });
}
