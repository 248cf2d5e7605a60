export { type CheckCall, ToolOutputParser, type ToolOutputParserOptions } from './tool-output-parser.js';
export type {
  ArgumentsDeltaEvent,
  FinishEvent,
  FinishReason,
  StreamTimings,
  StreamUsage,
  TextDeltaEvent,
  ToolCallErrorCode,
  ToolCallErrorEvent,
  ToolCallEvent,
  ToolCallStartEvent,
  ToolOutputEvent,
  ToolStreamEvent,
} from './tool-stream-event.js';
