import type { ChatMessage, PromptFormat, ToolCaller, Toolset } from '@tooltune/sdk';
import type { AdapterBundle, Grounding, ToolAdapterBundle } from '../adapters/index.js';
import type { ToolChoice } from '../constraint/index.js';
import type { Sampling } from '../decode/index.js';
import type { ToolStreamEvent } from '../stream/index.js';

/** What a runtime is made of. Give an adapter, or a base model and tools. */
export interface ToolRuntimeOptions {
  /**
   * An adapter bundle, read already or its folder. Base model, tools and prompt format follow from it; others given must
   * be the same.
   */
  adapter?: string | AdapterBundle | undefined;
  /** Base model: an id of the model registry or the path of a GGUF file. */
  base?: string | undefined;
  /** Whether the faster copy that `tooltune models optimize` keeps of the base is left aside. Default false. */
  originalWeights?: boolean | undefined;
  tools?: Toolset | undefined;
  /** Default: the adapter's, or, without one, the whole toolset in the prompt. */
  promptFormat?: PromptFormat | undefined;
  /** Whether answers are held to valid calls while they are decoded. Default true. */
  constrained?: boolean | undefined;
  /** Default `auto`. */
  toolChoice?: ToolChoice | undefined;
  /** Whether an answer may hold several calls. Default true. */
  parallelCalls?: boolean | undefined;
  /** Most tokens of an answer. Default 512; less where the context is nearly full. */
  maxTokens?: number | undefined;
  /** Default: always the most likely token. */
  sampling?: Sampling | undefined;
  /**
   * Most answers that are begun beside the greedy one, in search of the likeliest; the answer then comes all at once. Only with a
   * constraint and without a temperature. Default: 0 for `stream`, whose answer is the greedy one; 8 for the answers of an
   * adapter that are awaited whole (`call`), as it costs an adapter little: where it is sure, none is begun.
   */
  alternatives?: number | undefined;
  /** Arguments that may only be pieces of the user's messages. Default: the adapter's; `{}` switches it off. */
  grounding?: Grounding | undefined;
  /** Most threads of one evaluation. Default: the physical cores; fewer are used while other processes want them. */
  threads?: number | undefined;
  /** Tokens of prompt and answer together. Default 4096, or what the model was trained on if less. */
  contextSize?: number | undefined;
  /** Requests that can be under way at once; others wait. Default 1. */
  sequences?: number | undefined;
}

/** One request. What is left out is as the runtime was made. */
export interface StreamOptions {
  messages: readonly ChatMessage[];
  /** Stops the answer between two tokens; the stream then ends with `finish`, reason `aborted`. */
  signal?: AbortSignal | undefined;
  toolChoice?: ToolChoice | undefined;
  constrained?: boolean | undefined;
  maxTokens?: number | undefined;
  sampling?: Sampling | undefined;
  alternatives?: number | undefined;
}

/** A loaded model that answers conversations with tool calls. */
export interface ToolRuntime extends ToolCaller {
  readonly toolset: Toolset;
  readonly promptFormat: PromptFormat;
  /** The adapter in use. */
  readonly adapter: ToolAdapterBundle | undefined;
  /**
   * Answers a conversation. The last event is always `finish`, unless an error is thrown: EngineError, DecodeError,
   * ConstraintError (a schema that cannot be enforced, no room for any answer). Leaving the loop early is fine.
   */
  stream(options: StreamOptions): AsyncGenerator<ToolStreamEvent, void, void>;
  /** This runtime with other settings, for evaluation. */
  asToolCaller(options?: Pick<StreamOptions, 'constrained' | 'toolChoice' | 'maxTokens' | 'alternatives'>): ToolCaller;
  /** Frees the memory; answers under way fail. */
  dispose(): Promise<void>;
}
