import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import {
  type AdapterManifest,
  type Example,
  renderEvaluationReport,
  renderIntentReport,
  renderTrainingReport,
  type Toolset,
} from '@tooltune/sdk';
import { writeFileAtomic } from '@tooltune/sdk/files';
import { takeEvenly } from '../evaluation/index.js';
import { type MeasureValidationOptions, measureValidation } from './measure-validation.js';

export interface TrainingReportOptions extends Omit<MeasureValidationOptions, 'rows'> {
  manifest: AdapterManifest;
  /** Undefined for intents. */
  toolset: Toolset | undefined;
  /** Rows that were not learnt from; some of them are asked. */
  validation: readonly Example[];
  /** Whether the base can be served: a GGUF file. */
  canServe: boolean;
}

/** More would tell little more, and take longer than a short training. */
const mostRows = 50;

/**
 * Writes into an adapter's folder: the types of its tools (types.d.ts), how it does on up to 50 validation rows (report.json),
 * and that with the curves of the training as a page (report.html), or the curves alone where there is no such row or
 * llama.cpp cannot load the adapter as it is.
 * @returns the names of the files
 * @throws what measureValidation throws, FileError, CodegenError
 */
export async function writeTrainingReport(options: TrainingReportOptions): Promise<string[]> {
  const { adapter, manifest, toolset, validation, canServe } = options;
  const written: string[] = [];
  const write = async (name: string, text: string) => {
    await writeFileAtomic(join(adapter, name), text);
    written.push(name);
  };
  if (toolset !== undefined) {
    const { generateTypes } = await import('@tooltune/sdk/codegen');
    await write('types.d.ts', await generateTypes(toolset));
  }
  const title = basename(resolve(adapter));
  const runLog = await readFile(join(adapter, 'run.jsonl'), 'utf8');
  const rows = takeEvenly(validation.filter(isAsked), mostRows);
  if (rows.length === 0 || !canServe || manifest.lora?.dora === true) {
    await write('report.html', renderTrainingReport({ title, manifest, runLog }));
    return written;
  }
  const report = await measureValidation({ ...options, rows });
  await write('report.json', `${JSON.stringify(report, null, 2)}\n`);
  const page = { title: `${title}, on validation rows`, manifest, runLog };
  await write(
    'report.html',
    'task' in report ? renderIntentReport(report, page) : renderEvaluationReport(report, page),
  );
  return written;
}

/** Rows with tools of their own are asked of other tools than the adapter's. */
function isAsked(example: Example): boolean {
  return example.kind !== 'conversation' || example.tools === undefined;
}
