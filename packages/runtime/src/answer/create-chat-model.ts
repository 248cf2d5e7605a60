import { canonicalJson, type JsonValue, type Tool } from '@tooltune/sdk';
import type { AdapterLease, AdapterPool } from '../pool/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { AnyToolCall, ToolStreamEvent } from '../stream/index.js';
import {
  createToolRuntime,
  runtimeModels,
  type StreamOptions,
  type ToolRuntime,
  type ToolRuntimeOptions,
} from '../tool-runtime/index.js';
import { ChatAnswerer } from './chat-answerer.js';
import type { ChatModel, ChatRequest } from './chat-model.js';

/** A runtime, whatever its calls are typed as. */
type AnyToolRuntime = Pick<ToolRuntime, 'toolset' | 'adapter'> & {
  stream(options: StreamOptions): AsyncGenerator<ToolStreamEvent<AnyToolCall>, void, void>;
};

/**
 * What answers: an adapter of a pool (null: the bare base), a runtime, or what one is made of. A runtime that something is
 * wrapped around, such as a record, answers with its own toolset only.
 */
export type ChatModelSource = { pool: AdapterPool; name: string | null } | AnyToolRuntime | ToolRuntimeOptions;

/**
 * Makes a chat model; tools may be left out of the options of a bare base.
 * @throws as createToolRuntime; PoolError where the pool has no such adapter
 */
export async function createChatModel(source: ChatModelSource): Promise<ChatModel> {
  if ('pool' in source) return pooledModel(source.pool, source.name);
  if ('stream' in source) return runtimeModel(source, {}, async () => {});
  const isBare = source.adapter === undefined && source.tools === undefined;
  const runtime = await createToolRuntime(isBare ? { ...source, tools: { tools: [], fingerprint: '' } } : source);
  return runtimeModel(runtime, source, () => runtime.dispose());
}

function runtimeModel(runtime: AnyToolRuntime, options: ToolRuntimeOptions, dispose: () => Promise<void>): ChatModel {
  const { tools } = runtime.toolset;
  const model = runtimeModels.get(runtime);
  const name = runtime.adapter?.folder ?? options.base ?? 'tooltune';
  const { grounding } = options;
  const answerer =
    model &&
    new ChatAnswerer({ ...model, name, tools, ...(grounding === undefined ? {} : { grounding }), defaults: options });
  const stream = (request: ChatRequest) => {
    const { schema, tools: asked, parallelCalls, ...rest } = request;
    const isOwn = schema === undefined && parallelCalls === undefined && (asked === undefined || isSame(asked, tools));
    // Through the runtime, so that what is wrapped around it sees the request.
    if (isOwn && tools.length > 0) return (runtime as Pick<ToolRuntime, 'stream'>).stream(rest);
    if (model !== undefined) return answerer!.stream(model.engine, request);
    const message =
      'this runtime answers with its own toolset only; give the one that createToolRuntime made, or a pool';
    throw new RuntimeError('runtime/bad-options', message);
  };
  return { name, adapter: runtime.adapter, tools, stream, dispose };
}

async function pooledModel(pool: AdapterPool, name: string | null): Promise<ChatModel> {
  const runtime = name === null ? undefined : await pool.tools(name);
  const answerers = new WeakMap<object, ChatAnswerer>();
  const answererOf = (lease: AdapterLease): ChatAnswerer => {
    // A reload makes a new bundle.
    const key = lease.bundle ?? pool;
    const { tokenizer, vocabulary, bundle } = lease;
    // The runtime's toolset may be that of a reload since.
    const own = bundle?.task === 'tools' ? bundle : undefined;
    const made =
      answerers.get(key) ??
      new ChatAnswerer({
        name: name ?? pool.base.id,
        tools: own?.toolset.tools ?? [],
        tokenizer,
        vocabulary,
        renderer: lease.renderer(),
        bundle: own,
      });
    answerers.set(key, made);
    return made;
  };
  return {
    name: name ?? pool.base.id,
    get adapter() {
      return runtime?.adapter;
    },
    get tools() {
      return runtime?.toolset.tools ?? [];
    },
    async *stream(request) {
      const lease = await pool.lease(name);
      try {
        yield* answererOf(lease).stream(lease.engine, request);
      } finally {
        lease.release();
      }
    },
    dispose: async () => {},
  };
}

function isSame(first: readonly Tool[], second: readonly Tool[]): boolean {
  return first === second || toolsKey(first) === toolsKey(second);
}

function toolsKey(tools: readonly Tool[]): string {
  return canonicalJson(tools.map(({ name, parameters }): JsonValue => [name, parameters]));
}
