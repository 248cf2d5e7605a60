import type { AdapterManifest, PromptFormat, PromptRenderer, Tokenizer, ToolCall, Toolset } from '@tooltune/sdk';
import type { AdapterBundle } from '../adapters/index.js';
import type { ToolChoice, Vocabulary } from '../constraint/index.js';
import type { Sampling } from '../decode/index.js';
import type { ModelEngine } from '../engine/index.js';
import type { LlamaIntentClassifier } from '../intent/index.js';
import type { AnyToolCall } from '../stream/index.js';
import type { ToolRuntime, ToolRuntimeOptions } from '../tool-runtime/index.js';

/** What a pool is made of. */
export interface AdapterPoolOptions {
  /** The base model of all adapters: an id of the model registry or the path of a GGUF file. */
  base: string;
  /** Adapter folders by name, or a list of folders, each named like its folder. */
  adapters?: Readonly<Record<string, string>> | readonly string[] | undefined;
  /** Requests of one adapter that can be under way at once; others wait. Default 1; each takes memory for its context. */
  sequences?: number | undefined;
  /** Most threads of all evaluations together. Default: the physical cores. */
  threads?: number | undefined;
  /** Tokens of prompt and answer together. Default 4096, or what the model was trained on if less. */
  contextSize?: number | undefined;
  /**
   * Adapters (and the bare base, which counts as one) that are kept loaded. Where one more is wanted, the one that was
   * used least recently makes room; one in use never does, so there may be more for a while. Default 8.
   */
  maxLoaded?: number | undefined;
  /**
   * Most bytes that these take together: their weights and, for each, the keys and values of `sequences` contexts of
   * `contextSize` tokens. The base's weights, which they share, are not counted. Default: no limit but `maxLoaded`.
   */
  maxMemory?: number | undefined;
  /** Defaults of the requests of every tool runtime of the pool. */
  constrained?: boolean | undefined;
  maxTokens?: number | undefined;
  sampling?: Sampling | undefined;
  toolChoice?: ToolChoice | undefined;
}

/** What a pool says of one of its adapters. */
export interface AdapterPoolEntry {
  name: string;
  folder: string;
  kind: 'tools' | 'intents';
  /** Whether it is in memory now. */
  loaded: boolean;
  /** What it takes while it is loaded, in bytes: weights and contexts. */
  memory: number;
  /** Requests under way. */
  active: number;
  /** Raised by each reload, from 1. */
  version: number;
  /** When its bundle was written into the pool's list, by add or reload. */
  addedAt: Date;
}

/**
 * An adapter of a pool that calls tools. It stays usable for as long as its name is in the pool: where it was evicted the
 * next request loads it again, and after a reload the next request goes to the new version.
 */
export type PooledToolRuntime<Call extends AnyToolCall = ToolCall> = Omit<ToolRuntime<Call>, 'dispose'>;

/** An adapter of a pool that names intents; stays usable like PooledToolRuntime. */
export type PooledIntentClassifier = Omit<LlamaIntentClassifier, 'dispose'>;

/** An adapter, or the bare base, that is held in memory until it is released. */
export interface AdapterLease {
  /** Null: the bare base. */
  readonly name: string | null;
  readonly bundle: AdapterBundle | undefined;
  readonly engine: ModelEngine;
  readonly tokenizer: Tokenizer;
  readonly vocabulary: Vocabulary;
  /** Renders prompts as the adapter was trained on them; of the bare base: with this format and toolset. */
  renderer(given?: { format: PromptFormat; toolset: Pick<Toolset, 'tools'> }): PromptRenderer;
  release(): void;
}

/** How the bare base is asked. */
export interface BareBaseOptions
  extends Pick<
    ToolRuntimeOptions,
    'constrained' | 'toolChoice' | 'parallelCalls' | 'maxTokens' | 'sampling' | 'grounding'
  > {
  /** Default: the whole toolset in the prompt. */
  promptFormat?: PromptFormat | undefined;
}

/** Many adapters on one loaded base model. */
export interface AdapterPool {
  readonly base: { id: string; path: string; sha256: string; metadata: Readonly<Record<string, unknown>> };
  /** All adapters, in the order in which they were added. */
  list(): AdapterPoolEntry[];
  has(name: string): boolean;
  /** Manifest of an adapter, as it was when it was added. @throws PoolError `pool/unknown-adapter` */
  manifest(name: string): AdapterManifest;
  /** An adapter's bundle, as it was when it was added, whether it is loaded or not. @throws PoolError `pool/unknown-adapter` */
  bundle(name: string): AdapterBundle;
  /**
   * An adapter that calls tools, loaded.
   * @throws PoolError `pool/unknown-adapter`, AdapterError `adapter/other-task`, EngineError
   */
  tools<Call extends AnyToolCall = ToolCall>(name: string): Promise<PooledToolRuntime<Call>>;
  /**
   * An adapter that names intents, loaded.
   * @throws PoolError `pool/unknown-adapter`, AdapterError `adapter/other-task`, EngineError
   */
  intents(name: string): Promise<PooledIntentClassifier>;
  /** The base without an adapter, with tools of one's own in the prompt. */
  bare<Call extends AnyToolCall = ToolCall>(
    toolset: Toolset,
    options?: BareBaseOptions,
  ): Promise<PooledToolRuntime<Call>>;
  /** Holds an adapter (null: the bare base) in memory, for decoding of one's own. */
  lease(name: string | null): Promise<AdapterLease>;
  /**
   * Adds an adapter, which is loaded when it is first asked for.
   * @throws PoolError `pool/name-taken`; AdapterError `adapter/mismatch` with what differs from the base, and others
   */
  add(name: string, folder: string): Promise<AdapterPoolEntry>;
  /**
   * Reads an adapter's folder (or another one) again. Requests under way end with the version they began with; later ones
   * take the new one. Where the new one does not fit, the old one stays.
   * @throws as add
   */
  reload(name: string, folder?: string): Promise<AdapterPoolEntry>;
  /** Takes an adapter out. Requests under way end; later ones fail with `pool/unknown-adapter`. */
  remove(name: string): Promise<void>;
  /** Frees everything; requests under way fail with `engine/disposed`. */
  dispose(): Promise<void>;
}
