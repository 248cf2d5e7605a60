export { type EventCallbacks, forEachEvent } from './for-each-event.js';
export { type PartialCall, PartialCalls } from './partial-calls.js';
export { toReadableStream } from './readable-stream.js';
export { type CheckCall, ToolOutputParser, type ToolOutputParserOptions } from './tool-output-parser.js';
export type {
  AnswerConfidence,
  AnyToolCall,
  ArgumentEvent,
  ArgumentsDeltaEvent,
  FinishEvent,
  FinishReason,
  StreamTimings,
  StreamUsage,
  TextDeltaEvent,
  TokenEvent,
  TokenText,
  ToolCallErrorCode,
  ToolCallErrorEvent,
  ToolCallEvent,
  ToolCallStartEvent,
  ToolOutputEvent,
  ToolStreamEvent,
} from './tool-stream-event.js';
