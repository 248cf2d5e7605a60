export type {
  ArgumentsInput,
  ArgumentsOf,
  StandardParameters,
  ToolDefinition,
  ToolHandlers,
  ToolParameters,
  TypedToolCall,
} from './argument-types.js';
export { type DefinedTools, defineTools } from './define-tools.js';
export { ToolCallError } from './tool-call-error.js';
