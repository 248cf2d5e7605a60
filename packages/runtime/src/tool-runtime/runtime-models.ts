import type { LoadedModel } from './load-model.js';

/** What a runtime that createToolRuntime gave answers with, for answers that are no tool calls. */
export const runtimeModels = new WeakMap<object, LoadedModel>();
