import { basename, resolve } from 'node:path';
import type { ToolCall, Toolset } from '@tooltune/sdk';
import {
  baseModelFormat,
  type IntentAdapterBundle,
  promptFormatOf,
  type ToolAdapterBundle,
} from '../adapters/index.js';
import { otherTask } from '../adapters/read-adapter-bundle.js';
import { contextMemory } from '../engine/context-memory.js';
import { labelKind } from '../intent/label-kind.js';
import { RuntimeError } from '../runtime-error.js';
import type { AnyToolCall } from '../stream/index.js';
import { type StreamOptions, ToolAnswerer, ToolCalls, toolNames } from '../tool-runtime/index.js';
import type {
  AdapterLease,
  AdapterPool,
  AdapterPoolEntry,
  AdapterPoolOptions,
  BareBaseOptions,
  PooledIntentClassifier,
  PooledToolRuntime,
} from './adapter-pool.js';
import { type Lease, LeastRecentlyUsed, type LoadedLimits } from './least-recently-used.js';
import { PoolError } from './pool-error.js';
import { type CheckedBundle, checkBundle, type LoadedAdapter, loadAdapter, loadBareBase } from './pooled-adapter.js';
import { openSharedBase, type SharedBase } from './shared-base.js';

interface Listed extends CheckedBundle {
  name: string;
  version: number;
  addedAt: Date;
}

const defaultMaxLoaded = 8;

/** No adapter can be called so: names have a character at least. */
const bareKey = '';

/**
 * Loads a base model and reads the adapters that are to run on it; each is put on it when it is first asked for.
 * @throws ModelError, EngineError; AdapterError for an adapter that does not fit the base, with what differs; PoolError
 */
export async function createAdapterPool(options: AdapterPoolOptions): Promise<AdapterPool> {
  const { maxLoaded = defaultMaxLoaded, maxMemory } = options;
  if (!(Number.isInteger(maxLoaded) && maxLoaded >= 1)) {
    throw new RuntimeError('runtime/bad-options', `maxLoaded must be a whole number from 1, not ${maxLoaded}`);
  }
  const base = await openSharedBase(options);
  const pool = new Pool(base, options, { maxLoaded, maxBytes: maxMemory });
  try {
    pool.checkMemory(maxMemory);
    for (const [name, folder] of namedFolders(options.adapters ?? {})) await pool.add(name, folder);
    return pool;
  } catch (error) {
    await pool.dispose();
    throw error;
  }
}

function namedFolders(
  adapters: Readonly<Record<string, string>> | readonly string[],
): [name: string, folder: string][] {
  if (!Array.isArray(adapters)) return Object.entries(adapters);
  return (adapters as readonly string[]).map((folder) => [basename(resolve(folder)), folder]);
}

class Pool implements AdapterPool {
  readonly #base: SharedBase;
  readonly #options: AdapterPoolOptions;
  readonly #listed = new Map<string, Listed>();
  readonly #loaded: LeastRecentlyUsed<LoadedAdapter>;
  readonly #contextBytes: number;
  #disposed = false;

  constructor(base: SharedBase, options: AdapterPoolOptions, limits: LoadedLimits) {
    this.#base = base;
    this.#options = options;
    this.#loaded = new LeastRecentlyUsed(limits);
    this.#contextBytes = contextMemory(base.metadata, options);
  }

  /** @throws RuntimeError where not one adapter's contexts have room */
  checkMemory(maxMemory: number | undefined): void {
    if (maxMemory === undefined || this.#contextBytes <= maxMemory) return;
    const message =
      `one adapter's contexts take ${this.#contextBytes} bytes, more than maxMemory (${maxMemory}); ` +
      'lower contextSize or sequences';
    throw new RuntimeError('runtime/bad-options', message);
  }

  get base() {
    const { id, path, sha256, metadata } = this.#base;
    return { id, path, sha256, metadata };
  }

  list(): AdapterPoolEntry[] {
    return [...this.#listed.values()].map((listed) => this.#describe(listed));
  }

  has(name: string): boolean {
    return this.#listed.has(name);
  }

  manifest(name: string) {
    return this.#find(name).bundle.manifest;
  }

  bundle(name: string) {
    return this.#find(name).bundle;
  }

  async tools<Call extends AnyToolCall = ToolCall>(name: string): Promise<PooledToolRuntime<Call>> {
    this.#findTools(name);
    (await this.#acquire(name)).release();
    const bundle = () => this.#findTools(name);
    const stream = (request: StreamOptions) => {
      bundle();
      return this.#stream(name, ({ answerer }) => answerer!, request);
    };
    const calls = new ToolCalls(stream, () => toolNames(bundle().toolset), { ...this.#options, hasAdapter: true });
    const runtime: PooledToolRuntime = {
      get toolset() {
        return bundle().toolset;
      },
      get promptFormat() {
        return promptFormatOf(bundle());
      },
      get adapter() {
        return bundle();
      },
      ...calls.methods(),
    };
    return runtime as unknown as PooledToolRuntime<Call>;
  }

  async intents(name: string): Promise<PooledIntentClassifier> {
    const bundle = () => this.#findIntents(name);
    bundle();
    (await this.#acquire(name)).release();
    const use = async <T>(work: (loaded: LoadedAdapter) => Promise<T>): Promise<T> => {
      bundle();
      const lease = await this.#acquire(name);
      try {
        return await work(lease.value);
      } finally {
        lease.release();
      }
    };
    return {
      get adapter() {
        return bundle();
      },
      get intents() {
        return labelKind(bundle().manifest).intents;
      },
      get kind() {
        return labelKind(bundle().manifest).kind;
      },
      get levels() {
        return labelKind(bundle().manifest).levels;
      },
      classify: (text, options) => use(({ classifier }) => classifier!.classify(text, options)),
      classifyBatch: (texts, options) => use(({ classifier }) => classifier!.classifyBatch(texts, options)),
    };
  }

  async bare<Call extends AnyToolCall = ToolCall>(
    toolset: Toolset,
    options: BareBaseOptions = {},
  ): Promise<PooledToolRuntime<Call>> {
    const { promptFormat = baseModelFormat, grounding = {} } = options;
    const { tokenizer, vocabulary } = this.#base;
    const renderer = this.#base.renderer(promptFormat, toolset);
    const defaults = { ...this.#options, ...options, hasAdapter: false };
    const answerer = new ToolAnswerer({ ...defaults, toolset, tokenizer, vocabulary, renderer, grounding });
    answerer.prepare();
    (await this.#acquire(null)).release();
    const calls = new ToolCalls(
      (request) => this.#stream(null, () => answerer, request),
      () => toolNames(toolset),
      defaults,
    );
    const runtime: PooledToolRuntime = { toolset, promptFormat, adapter: undefined, ...calls.methods() };
    return runtime as unknown as PooledToolRuntime<Call>;
  }

  async lease(name: string | null): Promise<AdapterLease> {
    const { value, release } = await this.#acquire(name);
    const { tokenizer, vocabulary, renderer } = this.#base;
    return {
      ...{ name, tokenizer, vocabulary, release },
      bundle: value.bundle,
      engine: value.engine,
      renderer: ({ format, toolset } = { format: baseModelFormat, toolset: { tools: [] } }) =>
        value.renderer ?? renderer(format, toolset),
    };
  }

  async add(name: string, folder: string): Promise<AdapterPoolEntry> {
    this.#ensureOpen();
    if (name === '') throw new RuntimeError('runtime/bad-options', 'an adapter of a pool needs a name');
    this.#ensureFree(name);
    const checked = await checkBundle(this.#base, folder);
    this.#ensureFree(name);
    return this.#write({ ...checked, name, version: 1, addedAt: new Date() });
  }

  async reload(name: string, folder?: string): Promise<AdapterPoolEntry> {
    const checked = await checkBundle(this.#base, folder ?? this.#find(name).bundle.folder);
    const { version } = this.#find(name);
    this.#loaded.retire(name);
    return this.#write({ ...checked, name, version: version + 1, addedAt: new Date() });
  }

  async remove(name: string): Promise<void> {
    this.#find(name);
    this.#listed.delete(name);
    this.#loaded.retire(name);
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return;
    this.#disposed = true;
    await this.#loaded.dispose();
    await this.#base.dispose();
  }

  async *#stream(name: string | null, answererOf: (loaded: LoadedAdapter) => ToolAnswerer, request: StreamOptions) {
    const lease = await this.#acquire(name);
    try {
      yield* answererOf(lease.value).stream(lease.value.engine, request);
    } finally {
      lease.release();
    }
  }

  #acquire(name: string | null): Promise<Lease<LoadedAdapter>> {
    this.#ensureOpen();
    if (name === null) return this.#loaded.acquire(bareKey, this.#contextBytes, () => loadBareBase(this.#base));
    const checked = this.#find(name);
    return this.#loaded.acquire(name, this.#memoryOf(checked), () => loadAdapter(this.#base, checked, this.#options));
  }

  #write(listed: Listed): AdapterPoolEntry {
    this.#ensureOpen();
    this.#listed.set(listed.name, listed);
    return this.#describe(listed);
  }

  #memoryOf({ size }: CheckedBundle): number {
    return this.#contextBytes + size;
  }

  #describe(listed: Listed): AdapterPoolEntry {
    const { name, bundle, version, addedAt } = listed;
    const [loaded, active] = [this.#loaded.isLoaded(name), this.#loaded.users(name)];
    const memory = this.#memoryOf(listed);
    return { name, folder: bundle.folder, kind: bundle.task, loaded, memory, active, version, addedAt };
  }

  #find(name: string): Listed {
    const listed = this.#listed.get(name);
    if (listed !== undefined) return listed;
    const names = [...this.#listed.keys()].join(', ');
    const message = `the pool has no adapter called ${name}; it has ${names === '' ? 'none' : names}`;
    throw new PoolError('pool/unknown-adapter', message);
  }

  #findTools(name: string): ToolAdapterBundle {
    const { bundle } = this.#find(name);
    if (bundle.task === 'tools') return bundle;
    throw otherTask(bundle, 'names intents and calls no tools; use intents of the pool');
  }

  #findIntents(name: string): IntentAdapterBundle {
    const { bundle } = this.#find(name);
    if (bundle.task === 'intents') return bundle;
    throw otherTask(bundle, 'calls tools and names no intents; use tools of the pool');
  }

  #ensureFree(name: string): void {
    if (!this.has(name)) return;
    throw new PoolError('pool/name-taken', `the pool has an adapter called ${name} already; reload it`);
  }

  #ensureOpen(): void {
    if (this.#disposed) throw new PoolError('pool/disposed', 'this pool has been disposed');
  }
}
