export { roomBehind } from './context-full.js';
export { EngineError, type EngineErrorCode } from './engine-error.js';
export { flattenMetadata } from './flatten-metadata.js';
export { createLlamaEngine, type LlamaEngineOptions } from './llama-engine.js';
export type { LogitsRequest, ModelEngine, ModelSequence, TokenLogit } from './model-engine.js';
