export type { PromptFormat, PromptRenderer, PromptTools, RenderedExample } from './prompt-renderer.js';
