export { describeSchemaErrors, escapePointer, type SchemaProblem } from './describe-errors.js';
export type {
  AdapterBase,
  AdapterImport,
  AdapterLora,
  AdapterManifest,
  AdapterPrompt,
  AdapterTraining,
  CallRowCall,
  CallsRow,
  ChatRow,
  ChatRowAssistantMessage,
  ChatRowMessage,
  ChatRowToolCall,
  DatasetRow,
  EvaluationCall,
  EvaluationConfiguration,
  EvaluationDataset,
  EvaluationFailure,
  EvaluationMetrics,
  EvaluationPercentiles,
  EvaluationRate,
  EvaluationReport,
  IntentRow,
  ToolFileEntry,
  ToolsetFile,
} from './generated/index.js';
export { isCallsRow, isChatRow, isIntentRow, isToolFileEntry } from './generated/index.js';
export { listProblems, type Problem, SchemaError } from './schema-error.js';
export {
  type ValidateOptions,
  validateAdapterManifest,
  validateDatasetRow,
  validateEvaluationReport,
  validateToolsetFile,
} from './validate.js';
