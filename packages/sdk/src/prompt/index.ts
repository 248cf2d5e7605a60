export {
  formatToolCalls,
  type ParsedAnswer,
  parseToolCalls,
  toolCallClosingTag,
  toolCallOpeningTag,
  toolCallSeparator,
} from './call-format.js';
export { createPromptRenderer, type PromptRendererOptions } from './create-prompt-renderer.js';
export { createModelPrompting, type ModelPrompting } from './model-prompting.js';
export { PromptError } from './prompt-error.js';
export {
  defaultPromptFormat,
  type PromptFormat,
  type PromptRenderer,
  type PromptTools,
  type RenderedExample,
} from './prompt-renderer.js';
