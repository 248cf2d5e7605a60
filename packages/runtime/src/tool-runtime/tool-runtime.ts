import type { ChatMessage, PromptFormat, ToolCall, ToolCaller, ToolCallerAnswer, Toolset } from '@tooltune/sdk';
import type { AdapterBundle, Grounding, ToolAdapterBundle } from '../adapters/index.js';
import type { ToolChoice } from '../constraint/index.js';
import type { Sampling } from '../decode/index.js';
import type { AnyToolCall, ToolStreamEvent } from '../stream/index.js';
import type { ValidateCall } from './checked-answer.js';
import type { RunOptions, ToolRunEvent } from './tool-run.js';

/** How requests are answered that do not say otherwise. */
export interface RequestDefaults {
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
  /**
   * Says what no schema can of a call that is valid for its schema. A call's arguments then come only when the whole call has
   * passed. Default: nothing is checked so.
   */
  validateCall?: ValidateCall | undefined;
  /**
   * Most times that parts of a call are decoded anew that a check has refused: `validateCall`, or what decoding cannot
   * enforce of a schema; the call is an error after that. Default 3; none without a constraint.
   */
  repairTries?: number | undefined;
  /**
   * Whether `finish` tells how sure the model was (`confidence`). Default false, as several candidates are then looked at
   * for each token of free text.
   */
  confidence?: boolean | undefined;
}

/** What a runtime is made of. Give an adapter, or a base model and tools. */
export interface ToolRuntimeOptions extends RequestDefaults {
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
  validateCall?: ValidateCall | undefined;
  repairTries?: number | undefined;
  confidence?: boolean | undefined;
  /**
   * Tells each token of the answer (`token` events), with so many of the likeliest that might have come, from 0. Default:
   * none is told.
   */
  tokens?: { top: number } | undefined;
}

/** Makes of the stream of a runtime another, which tells or notes more. */
export type WrapStream<Call extends AnyToolCall = ToolCall> = (
  stream: ToolRuntime<Call>['stream'],
) => ToolRuntime<Call>['stream'];

/** An answer that was awaited whole. */
export interface ToolRuntimeAnswer<Call extends AnyToolCall = ToolCall> extends Omit<ToolCallerAnswer, 'calls'> {
  /** Calls that were valid, in order. */
  calls: Call[];
}

/**
 * A loaded model that answers conversations with tool calls.
 * @typeParam Call The union that `tooltune codegen` writes (`ToolCall` of its module): names then narrow arguments. Nothing is
 * checked for it but what is checked anyway, against the runtime's tools.
 */
export interface ToolRuntime<Call extends AnyToolCall = ToolCall> {
  readonly toolset: Toolset;
  readonly promptFormat: PromptFormat;
  /** The adapter in use. */
  readonly adapter: ToolAdapterBundle | undefined;
  /**
   * Answers a conversation. The last event is always `finish`, unless an error is thrown: EngineError, DecodeError,
   * ConstraintError (a schema that cannot be enforced, no room for any answer). Leaving the loop early is fine.
   */
  stream(options: StreamOptions): AsyncGenerator<ToolStreamEvent<Call>, void, void>;
  /**
   * Answers a conversation, runs the handlers of the calls and lets the model go on with what they give, until it calls
   * nothing more or the steps are spent. @throws as stream; RuntimeError for a tool without a handler
   */
  run(options: RunOptions<Call>): AsyncGenerator<ToolRunEvent<Call>, void, void>;
  /** The whole answer. @throws as stream; the signal's reason when aborted */
  call(messages: readonly ChatMessage[], options?: { signal?: AbortSignal }): Promise<ToolRuntimeAnswer<Call>>;
  /** This runtime with other settings, for evaluation. */
  asToolCaller(options?: Pick<StreamOptions, 'constrained' | 'toolChoice' | 'maxTokens' | 'alternatives'>): ToolCaller;
  /** The same on another stream: each answer of `run`, `call` and `asToolCaller` is read from it. */
  withStream(
    wrap: WrapStream<Call>,
  ): Pick<ToolRuntime<Call>, 'stream' | 'run' | 'call' | 'asToolCaller' | 'withStream'>;
  /** Frees the memory; answers under way fail. */
  dispose(): Promise<void>;
}
