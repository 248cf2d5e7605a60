import type { ErrorObject } from 'ajv';
import { describeSchemaErrors } from './describe-errors.js';
import {
  type AdapterManifest,
  type AdviceReport,
  type DatasetRow,
  type EvaluationReport,
  type IntentEvaluationReport,
  type IntentsFile,
  isAdviceReport,
  isDatasetRow,
  isEvaluationReport,
  isIntentAdapterManifest,
  isIntentEvaluationReport,
  isIntentsFile,
  isRuntimeRecord,
  isStyleFile,
  isToolAdapterManifest,
  isToolsetFile,
  type RuntimeRecord,
  type StyleFile,
  type ToolsetFile,
} from './generated/index.js';
import { SchemaError } from './schema-error.js';

interface Validator<T> {
  (value: unknown): value is T;
  errors?: ErrorObject[] | null;
}

/** What to call the document in an error. */
export interface ValidateOptions {
  /** Path or name of the file, as the user gave it. */
  file?: string;
}

/** Checks a manifest.json, of whichever task. @throws SchemaError `schema/invalid` */
export function validateAdapterManifest(value: unknown, options?: ValidateOptions): AdapterManifest {
  const isOfIntents = typeof value === 'object' && value !== null && 'task' in value && value.task === 'intents';
  const validator: Validator<AdapterManifest> = isOfIntents ? isIntentAdapterManifest : isToolAdapterManifest;
  return validated(validator, value, 'manifest.json', 'This is not an adapter manifest:', options);
}

/** Checks a report.json. @throws SchemaError `schema/invalid` */
export function validateEvaluationReport(value: unknown, options?: ValidateOptions): EvaluationReport {
  return validated(isEvaluationReport, value, 'report.json', 'This is not an evaluation report:', options);
}

/** Checks the report.json of an adapter that names intents. @throws SchemaError `schema/invalid` */
export function validateIntentEvaluationReport(value: unknown, options?: ValidateOptions): IntentEvaluationReport {
  return validated(isIntentEvaluationReport, value, 'report.json', 'This is not a report of intents:', options);
}

/** Checks the report of `tooltune advise`. @throws SchemaError `schema/invalid` */
export function validateAdviceReport(value: unknown, options?: ValidateOptions): AdviceReport {
  return validated(isAdviceReport, value, 'advice.json', 'This is not a report of advise:', options);
}

/** Checks the shape of a toolset file; parseToolset also checks what the tools mean. @throws SchemaError `schema/invalid` */
export function validateToolsetFile(value: unknown, options?: ValidateOptions): ToolsetFile {
  return validated(isToolsetFile, value, 'tools.json', 'This is not a toolset:', options);
}

/** Checks a file of intents to generate texts for. @throws SchemaError `schema/invalid` */
export function validateIntentsFile(value: unknown, options?: ValidateOptions): IntentsFile {
  return validated(isIntentsFile, value, 'intents.json', 'These intents cannot be used:', options);
}

/** Checks a file that says how answers are written. @throws SchemaError `schema/invalid` */
export function validateStyleFile(value: unknown, options?: ValidateOptions): StyleFile {
  return validated(isStyleFile, value, 'style.json', 'This style cannot be used:', options);
}

/** Checks the shape of one row; parseDataset also checks what it means. @throws SchemaError `schema/invalid` */
export function validateDatasetRow(value: unknown, options?: ValidateOptions): DatasetRow {
  return validated(isDatasetRow, value, 'row', 'This is not a dataset row:', options);
}

/** Checks one line of recorded traffic. @throws SchemaError `schema/invalid` */
export function validateRecord(value: unknown, options?: ValidateOptions): RuntimeRecord {
  return validated(isRuntimeRecord, value, 'record', 'This is not a record:', options);
}

function validated<T>(
  validator: Validator<T>,
  value: unknown,
  name: string,
  what: string,
  options: ValidateOptions = {},
): T {
  if (validator(value)) return value;
  const file = options.file ?? name;
  throw new SchemaError(
    what,
    describeSchemaErrors(validator.errors).map(({ pointer, message }) => ({ location: { file, pointer }, message })),
  );
}
