export {
  type AdapterBundle,
  type AdapterDifference,
  AdapterError,
  type AdapterSurroundings,
  checkAdapterFits,
  type Grounding,
  groundTools,
  type IntentAdapterBundle,
  loadableAdapter,
  readAdapterBundle,
  resolveIntentAdapter,
  resolveToolAdapter,
  type ToolAdapterBundle,
} from './adapters/index.js';
export {
  type DecodedToken,
  DecodeError,
  type DecodeOptions,
  type DecodeResult,
  decode,
  type Sampling,
} from './decode/index.js';
export {
  createLlamaEngine,
  EngineError,
  type EngineErrorCode,
  type LlamaEngineOptions,
  type LogitsRequest,
  type ModelEngine,
  type ModelSequence,
  type TokenLogit,
} from './engine/index.js';
export {
  type ClassifyOptions,
  createIntentClassifier,
  type IntentClassifierOptions,
  type LlamaIntentClassifier,
} from './intent/index.js';
export { RuntimeError } from './runtime-error.js';
export {
  type ArgumentsDeltaEvent,
  type CheckCall,
  type FinishEvent,
  type FinishReason,
  type StreamTimings,
  type StreamUsage,
  type TextDeltaEvent,
  type ToolCallErrorCode,
  type ToolCallErrorEvent,
  type ToolCallEvent,
  type ToolCallStartEvent,
  type ToolOutputEvent,
  ToolOutputParser,
  type ToolOutputParserOptions,
  type ToolStreamEvent,
} from './stream/index.js';
export {
  createAnswerConstraints,
  createToolRuntime,
  type StreamOptions,
  type ToolRuntime,
  type ToolRuntimeOptions,
} from './tool-runtime/index.js';
