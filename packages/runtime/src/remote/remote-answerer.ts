import {
  type ChatMessage,
  createCallValidator,
  type PromptRenderer,
  type TokenConstraint,
  type Toolset,
} from '@tooltune/sdk';
import { type Grounding, groundTools } from '../adapters/index.js';
import { type CompiledConstraint, compileSchema, compileToolConstraint, type ToolChoice } from '../constraint/index.js';
import { greedySampling } from '../decode/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { FinishReason, ToolStreamEvent } from '../stream/index.js';
import type { RequestDefaults, StreamOptions } from '../tool-runtime/index.js';
import { byteVocabulary } from './byte-vocabulary.js';
import type { AnswerEnd, RemoteServer } from './remote-server.js';
import { WatchedAnswer } from './watched-answer.js';

const defaultMaxTokens = 512;

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
  readonly #constraints = new Map<string, CompiledConstraint>();
  readonly #deferred = new Map<string, boolean>();

  constructor(options: RemoteAnswererOptions) {
    this.#options = options;
    this.#toolNames = new Set(options.toolset.tools.map(({ name }) => name));
    this.#checkCall = createCallValidator(options.toolset);
  }

  /** @throws ConstraintError for a schema that cannot be checked; RuntimeError for what no server does */
  prepare(): void {
    const { constrained = true, toolChoice = 'auto' } = this.#options;
    refuseLocalOnly(this.#options);
    if (constrained) this.#compile(toolChoice);
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
      isDoubtful: (name) => this.#isDeferred(name),
      validateCall: request.validateCall ?? validateCall,
      constraint: constrained ? this.#start(toolChoice, messages) : undefined,
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

  #compile(toolChoice: ToolChoice): CompiledConstraint {
    const key = JSON.stringify(toolChoice);
    let compiled = this.#constraints.get(key);
    if (compiled === undefined) {
      const { toolset, grounding, parallelCalls = true } = this.#options;
      compiled = compileToolConstraint({
        ...{ toolChoice, parallelCalls, callFormat: 'json-in-tags' },
        tools: groundTools(toolset.tools, grounding),
        // Bounds that keep small models from rambling: what others have written may pass.
        ...{ maximumStringLength: Number.POSITIVE_INFINITY, exponents: true },
        vocabulary: byteVocabulary(),
      });
      this.#constraints.set(key, compiled);
    }
    return compiled;
  }

  #start(toolChoice: ToolChoice, messages: readonly ChatMessage[]): TokenConstraint {
    const groundingTexts = messages.flatMap((message) => (message.role === 'user' ? [message.content] : []));
    return this.#compile(toolChoice).start({ vocabulary: byteVocabulary(), groundingTexts });
  }

  /** Whether the tool's schema has something that only the check of the whole call sees. */
  #isDeferred(name: string): boolean {
    let isDeferred = this.#deferred.get(name);
    if (isDeferred === undefined) {
      const tool = this.#options.toolset.tools.find((candidate) => candidate.name === name)!;
      isDeferred = compileSchema(tool.parameters, { undeclaredProperties: 'closed' }).deferred().length > 0;
      this.#deferred.set(name, isDeferred);
    }
    return isDeferred;
  }
}

/** @throws RuntimeError for what needs the logits, which are not here */
function refuseLocalOnly({ alternatives, repairTries, confidence }: RequestDefaults): void {
  const refused = [
    ...((alternatives ?? 0) > 0 ? ['alternatives'] : []),
    ...((repairTries ?? 0) > 0 ? ['repairTries'] : []),
    ...(confidence === true ? ['confidence'] : []),
  ];
  if (refused.length === 0) return;
  throw new RuntimeError('runtime/bad-options', `a remote server cannot do ${refused.join(', ')}; leave it out`);
}
