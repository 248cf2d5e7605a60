export { type CallValidator, createArgumentsValidator, createCallValidator } from './call-validator.js';
export { fingerprintToolset } from './fingerprint.js';
export { compileJsonSchema, type JsonSchemaValidator } from './json-schema-compiler.js';
export { nearestName, suggestion } from './nearest-name.js';
export { type ParseToolsetOptions, parseToolset } from './parse-toolset.js';
export type { JsonObject, JsonSchema, JsonValue, Tool, ToolCall, Toolset } from './tool.js';
export { ToolNames } from './tool-names.js';
export { ToolsetError } from './toolset-error.js';
