import { createCallValidator, type PromptRenderer, type Tokenizer, type Toolset } from '@tooltune/sdk';
import type { Grounding } from '../adapters/index.js';
import type { Vocabulary } from '../constraint/index.js';
import { type ModelEngine, roomBehind } from '../engine/index.js';
import { RuntimeError } from '../runtime-error.js';
import { ToolOutputParser, type ToolStreamEvent } from '../stream/index.js';
import { createCallId, defaultMaxTokens } from './answer-defaults.js';
import { CheckedAnswer } from './checked-answer.js';
import { ConstraintCache } from './constraint-cache.js';
import { deferredTools } from './deferred-tools.js';
import { streamAnswer } from './stream-answer.js';
import { TokenEvents } from './token-events.js';
import type { RequestDefaults, StreamOptions } from './tool-runtime.js';

const defaultRepairTries = 3;

/** What an answer is made with, the engine apart. */
export interface ToolAnswererOptions extends RequestDefaults {
  toolset: Toolset;
  tokenizer: Tokenizer;
  /** The tokenizer's, where it was made already. */
  vocabulary?: Vocabulary | undefined;
  renderer: PromptRenderer;
  grounding: Grounding;
}

/** Answers conversations on an engine that is given with each; so it outlives the engine that a pool evicts. */
export class ToolAnswerer {
  readonly #options: ToolAnswererOptions;
  readonly #constraints: ConstraintCache;
  readonly #toolNames: ReadonlySet<string>;
  readonly #checkCall: ReturnType<typeof createCallValidator>;
  readonly #isDeferred: (toolName: string) => boolean;

  constructor(options: ToolAnswererOptions) {
    const { toolset, parallelCalls = true } = options;
    this.#options = options;
    this.#constraints = new ConstraintCache({ ...options, parallelCalls });
    this.#toolNames = new Set(toolset.tools.map(({ name }) => name));
    this.#checkCall = createCallValidator(toolset);
    this.#isDeferred = deferredTools(toolset.tools);
  }

  /** Does now what the first request would wait for. @throws ConstraintError for a schema that cannot be enforced */
  prepare(): void {
    const { constrained = true, toolChoice = 'auto' } = this.#options;
    if (constrained) this.#constraints.prepare(toolChoice);
  }

  async *stream(engine: ModelEngine, request: StreamOptions): AsyncGenerator<ToolStreamEvent, void, void> {
    const started = performance.now();
    const options = this.#options;
    const { messages, signal, sampling = options.sampling } = request;
    const constrained = request.constrained ?? options.constrained ?? true;
    const toolChoice = request.toolChoice ?? options.toolChoice ?? 'auto';
    if (!constrained && toolChoice !== 'auto') {
      throw new RuntimeError('runtime/bad-options', 'a tool choice other than auto needs constrained: true');
    }
    const promptTokens = options.renderer.renderPrompt(messages);
    const room = roomBehind(promptTokens, engine.contextSize);
    const maxTokens = Math.min(request.maxTokens ?? options.maxTokens ?? defaultMaxTokens, room);
    yield* streamAnswer({
      engine,
      promptTokens,
      maxTokens,
      endTokens: options.tokenizer.endTokens,
      constraint: constrained ? this.#constraints.start(toolChoice, messages, maxTokens) : undefined,
      sampling,
      alternatives: constrained ? (request.alternatives ?? options.alternatives) : 0,
      signal,
      scored: request.tokens !== undefined || (request.confidence ?? options.confidence),
      topCandidates: request.tokens?.top,
      tokens: request.tokens && new TokenEvents(options.tokenizer),
      answer: this.#createAnswer(constrained, request),
      started,
    });
  }

  #createAnswer(constrained: boolean, request: StreamOptions): CheckedAnswer {
    const ids: string[] = [];
    const createId = (index: number) => {
      ids[index] ??= createCallId();
      return ids[index];
    };
    const { tokenizer, validateCall, repairTries = defaultRepairTries } = this.#options;
    return new CheckedAnswer({
      tokenizer,
      createParser: () => new ToolOutputParser({ toolNames: this.#toolNames, checkCall: this.#checkCall, createId }),
      isDoubtful: (name) => constrained && this.#isDeferred(name),
      validateCall: request.validateCall ?? validateCall,
      repairTries: constrained ? (request.repairTries ?? repairTries) : 0,
      sampling: request.sampling ?? this.#options.sampling,
    });
  }
}
