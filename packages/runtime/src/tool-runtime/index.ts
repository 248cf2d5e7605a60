export { createAnswerConstraints } from './answer-constraints.js';
export { createCallId, defaultMaxTokens } from './answer-defaults.js';
export { type CallProblem, CheckedAnswer, type ValidateCall } from './checked-answer.js';
export { ConstraintCache } from './constraint-cache.js';
export { createToolRuntime } from './create-tool-runtime.js';
export { deferredTools } from './deferred-tools.js';
export type { LoadedModel } from './load-model.js';
export { runtimeModels } from './runtime-models.js';
export { TokenEvents } from './token-events.js';
export { ToolAnswerer } from './tool-answerer.js';
export { ToolCalls, toolNames } from './tool-calls.js';
export type {
  HandlerContext,
  RunFinishEvent,
  RunOptions,
  StepFinishEvent,
  StepStartEvent,
  ToolCallHandlers,
  ToolResultEvent,
  ToolRunEvent,
} from './tool-run.js';
export type {
  RequestDefaults,
  StreamOptions,
  ToolRuntime,
  ToolRuntimeAnswer,
  ToolRuntimeOptions,
  WrapStream,
} from './tool-runtime.js';
