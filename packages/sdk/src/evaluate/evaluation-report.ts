import { TooltuneError } from '../errors/index.js';
import {
  type EvaluationConfiguration,
  type EvaluationReport,
  type EvaluationScenario,
  validateEvaluationReport,
} from '../schemas/index.js';
import type { Toolset } from '../toolset/index.js';
import { compareResults } from './compare-results.js';
import type { EvaluationResult } from './evaluate-tool-caller.js';
import { sideBySide } from './side-by-side.js';

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
  /** Name of the configuration that is compared with each other one. Default: the last. */
  candidate?: string;
  scenarios?: readonly EvaluationScenario[];
  /** How many failures of each configuration the report tells. Default 100. */
  maxFailures?: number;
  /** How many of the candidate's worst rows it tells with every answer. Default 20. */
  maxSideBySide?: number;
}

/**
 * The report.json of one or more configurations that answered the same rows.
 * @throws SchemaError `schema/invalid`; TooltuneError `evaluate/no-common-rows`, `evaluate/no-candidate`
 */
export function createEvaluationReport(options: EvaluationReportOptions): EvaluationReport {
  const { createdBy, dataset, toolset, base, results, scenarios, maxFailures = 100, maxSideBySide = 20 } = options;
  const configurations = results.map(
    ({ name, result }): EvaluationConfiguration => ({
      name,
      metrics: result.metrics,
      failures: result.failures.slice(0, maxFailures),
      failureCount: result.failures.length,
    }),
  );
  const candidate =
    options.candidate === undefined ? results.at(-1) : results.find(({ name }) => name === options.candidate);
  if (candidate === undefined) {
    const message = `There is no configuration "${options.candidate}" to compare; it is one of the results' names.`;
    throw new TooltuneError('evaluate/no-candidate', message);
  }
  const others = results.filter((one) => one !== candidate);
  return validateEvaluationReport({
    formatVersion: 1,
    createdBy,
    // Some configurations may have been asked fewer rows: each says how many.
    dataset: { ...dataset, rows: Math.max(...results.map(({ result }) => result.rows.length)) },
    toolsetFingerprint: toolset.fingerprint,
    ...(base === undefined ? {} : { base }),
    scoring: candidate.result.scoring,
    configurations,
    comparisons: others.map((baseline) => compareResults(baseline, candidate)),
    sideBySide: sideBySide(candidate, results, maxSideBySide),
    ...(scenarios === undefined ? {} : { scenarios }),
  });
}
