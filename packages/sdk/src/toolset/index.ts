export type { JsonObject, JsonSchema, JsonValue, Tool, ToolCall, Toolset } from './tool.js';
