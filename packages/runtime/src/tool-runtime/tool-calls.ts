import type { ChatMessage, ToolCallerAnswer, Toolset } from '@tooltune/sdk';
import { greedySampling } from '../decode/index.js';
import type { ToolStreamEvent } from '../stream/index.js';
import { collectAnswer } from './collect-answer.js';
import { runTools } from './run-tools.js';
import type { RunOptions } from './tool-run.js';
import type { RequestDefaults, StreamOptions, ToolRuntime, WrapStream } from './tool-runtime.js';

/** Answers that are begun beside the greedy one where nobody waits for the first words: see docs/training.md. */
const defaultAlternatives = 8;

/** What needs nothing but a stream of events, wherever that comes from. */
export class ToolCalls {
  readonly #stream: (request: StreamOptions) => AsyncGenerator<ToolStreamEvent, void, void>;
  readonly #toolNames: () => Iterable<string>;
  readonly #defaults: Pick<RequestDefaults, 'sampling' | 'alternatives'> & { hasAdapter: boolean };

  /**
   * @param toolNames The tools that are there when a run begins.
   * @param defaults.hasAdapter Whether an adapter answers: its likeliest answer is searched for where the whole is
   * awaited.
   */
  constructor(
    stream: (request: StreamOptions) => AsyncGenerator<ToolStreamEvent, void, void>,
    toolNames: () => Iterable<string>,
    defaults: Pick<RequestDefaults, 'sampling' | 'alternatives'> & { hasAdapter: boolean },
  ) {
    this.#stream = stream;
    this.#toolNames = toolNames;
    this.#defaults = defaults;
  }

  /** As a runtime has them. */
  methods(): ReturnType<ToolRuntime['withStream']> {
    return {
      stream: this.#stream,
      run: (options: RunOptions) => runTools(this.#stream, this.#toolNames(), options),
      call: (messages: readonly ChatMessage[], { signal }: { signal?: AbortSignal } = {}) =>
        this.#answer({ messages, signal }),
      asToolCaller: (settings: Omit<StreamOptions, 'messages' | 'signal'> = {}) => ({
        call: (messages: readonly ChatMessage[], { signal }: { signal?: AbortSignal } = {}) =>
          this.#answer({ ...settings, messages, signal }),
      }),
      withStream: (wrap: WrapStream) => new ToolCalls(wrap(this.#stream), this.#toolNames, this.#defaults).methods(),
    };
  }

  /** The whole answer; an adapter's is the likeliest that is found soon, not the greedy one. */
  #answer(request: StreamOptions): Promise<ToolCallerAnswer> {
    const { sampling = greedySampling, hasAdapter } = this.#defaults;
    const { temperature } = request.sampling ?? sampling;
    const standard = hasAdapter && temperature === 0 ? defaultAlternatives : 0;
    const alternatives = request.alternatives ?? this.#defaults.alternatives ?? standard;
    return collectAnswer(this.#stream({ ...request, alternatives }), request.signal);
  }
}

/** The names of a toolset's tools. */
export function toolNames({ tools }: Pick<Toolset, 'tools'>): string[] {
  return tools.map(({ name }) => name);
}
