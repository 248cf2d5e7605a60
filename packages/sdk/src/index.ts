export type { TokenConstraint } from './constraint/index.js';
export type { AssistantMessage, ChatMessage, ConversationExample, Example, IntentExample } from './dataset/index.js';
export { formatLocation, type SourceLocation, TooltuneError } from './errors/index.js';
export type { ToolCaller, ToolCallerAnswer } from './evaluate/index.js';
export { canonicalJson, sha256Hex } from './hash/index.js';
export type { PromptFormat, PromptRenderer, PromptTools, RenderedExample } from './prompt/index.js';
export { createRandom, type Random, type RandomState } from './random/index.js';
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
export {
  type CallValidator,
  createArgumentsValidator,
  createCallValidator,
  fingerprintToolset,
  type JsonObject,
  type JsonSchema,
  type JsonSchemaValidator,
  type JsonValue,
  nearestName,
  type ParseToolsetOptions,
  parseToolset,
  suggestion,
  type Tool,
  type ToolCall,
  type Toolset,
  ToolsetError,
} from './toolset/index.js';
