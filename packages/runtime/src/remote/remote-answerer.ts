import { createCallValidator, type PromptRenderer, type Toolset } from '@tooltune/sdk';
import type { Grounding } from '../adapters/index.js';
import { greedySampling } from '../decode/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { FinishReason, ToolStreamEvent } from '../stream/index.js';
import {
  ConstraintCache,
  defaultMaxTokens,
  deferredTools,
  type RequestDefaults,
  type StreamOptions,
} from '../tool-runtime/index.js';
import { byteVocabulary } from './byte-vocabulary.js';
import type { AnswerEnd, RemoteServer } from './remote-server.js';
import { WatchedAnswer } from './watched-answer.js';

/** What answers are made with. */
export interface RemoteAnswererOptions extends RequestDefaults {
  server: RemoteServer;
  toolset: Toolset;
  /** None where the server renders conversations itself. */
  renderer: PromptRenderer | undefined;
  grounding: Grounding;
}

/** Answers conversations with a server's model, and lets through only what our own constraint allows. */
export class RemoteAnswerer {
  readonly #options: RemoteAnswererOptions;
  readonly #toolNames: ReadonlySet<string>;
  readonly #checkCall: ReturnType<typeof createCallValidator>;
  readonly #constraints: ConstraintCache;
  readonly #isDeferred: (toolName: string) => boolean;

  constructor(options: RemoteAnswererOptions) {
    const { toolset, grounding, parallelCalls = true } = options;
    this.#options = options;
    this.#toolNames = new Set(toolset.tools.map(({ name }) => name));
    this.#checkCall = createCallValidator(toolset);
    this.#isDeferred = deferredTools(toolset.tools);
    this.#constraints = new ConstraintCache({
      ...{ toolset, grounding, parallelCalls, vocabulary: byteVocabulary() },
      // Bounds that keep small models from rambling: what others have written may pass.
      bounds: { maximumStringLength: Number.POSITIVE_INFINITY, exponents: true },
    });
  }

  /** @throws ConstraintError for a schema that cannot be checked; RuntimeError for what no server does */
  prepare(): void {
    const { constrained = true, toolChoice = 'auto' } = this.#options;
    refuseLocalOnly(this.#options);
    if (constrained) this.#constraints.prepare(toolChoice);
  }

  async *stream(request: StreamOptions): AsyncGenerator<ToolStreamEvent, void, void> {
    const started = performance.now();
    const { server, renderer, validateCall, ...options } = this.#options;
    const { messages, signal } = request;
    refuseLocalOnly(request);
    const constrained = request.constrained ?? options.constrained ?? true;
    const toolChoice = request.toolChoice ?? options.toolChoice ?? 'auto';
    if (!constrained && toolChoice !== 'auto') {
      throw new RuntimeError('runtime/bad-options', 'a tool choice other than auto needs constrained: true');
    }
    const promptTokens = renderer?.renderPrompt(messages) ?? [];
    const answer = new WatchedAnswer({
      toolNames: this.#toolNames,
      checkCall: this.#checkCall,
      isDoubtful: this.#isDeferred,
      validateCall: request.validateCall ?? validateCall,
      constraint: constrained ? this.#constraints.start(toolChoice, messages) : undefined,
    });
    const pieces = server.answer({
      ...{ messages, promptTokens, toolChoice, constrained, signal },
      maxTokens: request.maxTokens ?? options.maxTokens ?? defaultMaxTokens,
      sampling: request.sampling ?? options.sampling ?? greedySampling,
    });
    let count = 0;
    let firstTokenMs: number | null = null;
    const finish = (reason: FinishReason, end?: AnswerEnd): ToolStreamEvent => ({
      type: 'finish',
      reason: reason === 'stop' && answer.validCalls > 0 ? 'tool-calls' : reason,
      usage: {
        promptTokens: end?.promptTokens ?? promptTokens.length,
        cachedPromptTokens: end?.cachedPromptTokens ?? 0,
        completionTokens: end?.completionTokens ?? count,
        forcedTokens: 0,
      },
      timings: { queueMs: 0, promptMs: end?.promptMs ?? 0, firstTokenMs, totalMs: performance.now() - started },
    });
    try {
      for (;;) {
        const next = await pieces.next();
        if (next.done) {
          yield* answer.end(next.value.reason);
          yield finish(next.value.reason, next.value);
          return;
        }
        count++;
        firstTokenMs ??= performance.now() - started;
        const { events, refused } = await answer.push(next.value);
        yield* events;
        if (!refused) continue;
        yield finish('stop');
        return;
      }
    } catch (error) {
      // What was begun is no call.
      yield* answer.end('aborted');
      if (!signal?.aborted) throw error;
      yield finish('aborted');
    } finally {
      // Ends the connection when the answer was refused or the consumer has left.
      await pieces.return(undefined as never);
    }
  }
}

/** @throws RuntimeError for what needs the logits, which are not here */
function refuseLocalOnly(options: RequestDefaults & Pick<StreamOptions, 'tokens'>): void {
  const { alternatives, repairTries, confidence, tokens } = options;
  const refused = [
    ...((alternatives ?? 0) > 0 ? ['alternatives'] : []),
    ...((repairTries ?? 0) > 0 ? ['repairTries'] : []),
    ...(confidence === true ? ['confidence'] : []),
    ...(tokens === undefined ? [] : ['tokens']),
  ];
  if (refused.length === 0) return;
  throw new RuntimeError('runtime/bad-options', `a remote server cannot do ${refused.join(', ')}; leave it out`);
}
