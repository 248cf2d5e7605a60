import { randomUUID } from 'node:crypto';
import { type ChatMessage, createCallValidator, type ToolCallerAnswer } from '@tooltune/sdk';
import { greedySampling } from '../decode/index.js';
import { RuntimeError } from '../runtime-error.js';
import { ToolOutputParser, type ToolStreamEvent } from '../stream/index.js';
import { collectAnswer } from './collect-answer.js';
import { ConstraintCache } from './constraint-cache.js';
import { loadModel } from './load-model.js';
import { streamAnswer } from './stream-answer.js';
import type { StreamOptions, ToolRuntime, ToolRuntimeOptions } from './tool-runtime.js';

const defaultMaxTokens = 512;

/** Answers that are begun beside the greedy one where nobody waits for the first words: see docs/training.md. */
const defaultAlternatives = 8;

/**
 * Loads a base model, with an adapter or without, and is ready to stream tool calls.
 * @throws AdapterError for an adapter that does not fit, EngineError, ConstraintError for tools whose schemas cannot be
 * enforced, RuntimeError, PromptError, and the errors of the model registry (ModelError)
 */
export async function createToolRuntime(options: ToolRuntimeOptions): Promise<ToolRuntime> {
  const { bundle, toolset, engine, tokenizer, renderer } = await loadModel(options);
  const { parallelCalls = true, grounding = bundle?.manifest.grounding ?? {} } = options;
  const constraints = new ConstraintCache({ tokenizer, toolset, grounding, parallelCalls });
  const toolNames = new Set(toolset.tools.map((tool) => tool.name));
  const checkCall = createCallValidator(toolset);

  /** Answers an adapter whole: the likeliest answer that is found soon, not the greedy one. */
  function answer(request: StreamOptions): Promise<ToolCallerAnswer> {
    const { temperature } = request.sampling ?? options.sampling ?? greedySampling;
    const alternatives = bundle === undefined || temperature > 0 ? 0 : defaultAlternatives;
    return collectAnswer(
      stream({ ...request, alternatives: request.alternatives ?? options.alternatives ?? alternatives }),
      request.signal,
    );
  }

  async function* stream(request: StreamOptions): AsyncGenerator<ToolStreamEvent, void, void> {
    const started = performance.now();
    const { messages, signal, sampling = options.sampling } = request;
    const constrained = request.constrained ?? options.constrained ?? true;
    const toolChoice = request.toolChoice ?? options.toolChoice ?? 'auto';
    if (!constrained && toolChoice !== 'auto') {
      throw new RuntimeError('runtime/bad-options', 'a tool choice other than auto needs constrained: true');
    }
    const promptTokens = renderer.renderPrompt(messages);
    const room = Math.max(1, engine.contextSize - promptTokens.length);
    const maxTokens = Math.min(request.maxTokens ?? options.maxTokens ?? defaultMaxTokens, room);
    yield* streamAnswer({
      engine,
      tokenizer,
      promptTokens,
      maxTokens,
      endTokens: tokenizer.endTokens,
      constraint: constrained ? constraints.start(toolChoice, messages, maxTokens) : undefined,
      sampling,
      alternatives: constrained ? (request.alternatives ?? options.alternatives) : 0,
      signal,
      parser: new ToolOutputParser({
        toolNames,
        checkCall,
        createId: () => `call_${randomUUID().replaceAll('-', '')}`,
      }),
      started,
    });
  }

  const runtime: ToolRuntime = {
    toolset,
    promptFormat: renderer.format,
    adapter: bundle,
    stream,
    call: (messages, { signal } = {}) => answer({ messages, signal }),
    asToolCaller: (settings = {}) => ({
      call: (messages: readonly ChatMessage[], { signal } = {}) => answer({ ...settings, messages, signal }),
    }),
    dispose: () => engine.dispose(),
  };
  try {
    // What cannot be enforced is refused now, not at the first request.
    if (options.constrained ?? true) constraints.prepare(options.toolChoice ?? 'auto');
  } catch (error) {
    await engine.dispose();
    throw error;
  }
  return runtime;
}
