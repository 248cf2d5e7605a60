export { createAnswerConstraints } from './answer-constraints.js';
export { createToolRuntime } from './create-tool-runtime.js';
export type { StreamOptions, ToolRuntime, ToolRuntimeOptions } from './tool-runtime.js';
