export type { TokenConstraint } from './constraint/index.js';
export type { AssistantMessage, ChatMessage, ConversationExample, Example, IntentExample } from './dataset/index.js';
export { formatLocation, type SourceLocation, TooltuneError } from './errors/index.js';
export type { ToolCaller, ToolCallerAnswer } from './evaluate/index.js';
export type { PromptFormat, PromptRenderer, PromptTools, RenderedExample } from './prompt/index.js';
export {
  type AdapterBase,
  type AdapterLora,
  type AdapterManifest,
  type AdapterPrompt,
  type AdapterTraining,
  type DatasetRow,
  type EvaluationConfiguration,
  type EvaluationFailure,
  type EvaluationMetrics,
  type EvaluationPercentiles,
  type EvaluationRate,
  type EvaluationReport,
  escapePointer,
  listProblems,
  type Problem,
  SchemaError,
  type ToolsetFile,
  validateAdapterManifest,
  validateDatasetRow,
  validateEvaluationReport,
  validateToolsetFile,
} from './schemas/index.js';
export type { Tokenizer } from './tokenizer/index.js';
export type { JsonObject, JsonSchema, JsonValue, Tool, ToolCall, Toolset } from './toolset/index.js';
