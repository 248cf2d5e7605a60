import type { ToolCall } from '@tooltune/sdk';
import type { AnyToolCall } from '../stream/index.js';
import { loadModel } from './load-model.js';
import { runtimeModels } from './runtime-models.js';
import { ToolAnswerer } from './tool-answerer.js';
import { ToolCalls, toolNames } from './tool-calls.js';
import type { StreamOptions, ToolRuntime, ToolRuntimeOptions } from './tool-runtime.js';

/**
 * Loads a base model, with an adapter or without, and is ready to stream tool calls.
 * @throws AdapterError for an adapter that does not fit, EngineError, ConstraintError for tools whose schemas cannot be
 * enforced, RuntimeError, PromptError, and the errors of the model registry (ModelError)
 * @typeParam Call See ToolRuntime.
 */
export async function createToolRuntime<Call extends AnyToolCall = ToolCall>(
  options: ToolRuntimeOptions,
): Promise<ToolRuntime<Call>> {
  const model = await loadModel(options);
  const { bundle, toolset, engine, tokenizer, renderer } = model;
  const grounding = options.grounding ?? bundle?.manifest.grounding ?? {};
  try {
    const answerer = new ToolAnswerer({ ...options, toolset, tokenizer, renderer, grounding });
    // What cannot be enforced is refused now, not at the first request.
    answerer.prepare();
    const stream = (request: StreamOptions) => answerer.stream(engine, request);
    const runtime: ToolRuntime = {
      toolset,
      promptFormat: renderer.format,
      adapter: bundle,
      ...new ToolCalls(stream, () => toolNames(toolset), { ...options, hasAdapter: bundle !== undefined }).methods(),
      dispose: () => engine.dispose(),
    };
    runtimeModels.set(runtime, model);
    // Calls are checked against the toolset, of which the caller knows the types.
    return runtime as unknown as ToolRuntime<Call>;
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}
