import {
  type AdapterBundle,
  type AdapterPool,
  type ChatModel,
  createChatModel,
  type PooledIntentClassifier,
} from '@tooltune/runtime';
import { type Recorder, recordChatModel, recordClassifier } from '@tooltune/runtime/observe';
import { type ChatCompletionTool, chatCompletionTool, type Tool } from '@tooltune/sdk';
import { badRequest, modelNotFound } from './api-error.js';

/** A model as `/v1/models` tells it; what stands behind `owned_by` is an extension. */
export interface ModelEntry {
  id: string;
  object: 'model';
  /** Seconds since 1970. */
  created: number;
  owned_by: 'tooltune';
  task: 'tools' | 'intents' | 'base';
  base: string;
  /** Of an adapter that calls tools: those that it was trained for. */
  tools?: ChatCompletionTool[];
  /** Of an adapter that names intents. */
  intents?: string[];
}

/** The adapters of a pool, and its bare base, as models that are asked for by name. */
export class ServedModels {
  readonly #pool: AdapterPool;
  readonly #recorder: Recorder | undefined;
  /** By the adapter's name; null: the bare base, whose id an adapter may take. */
  readonly #chat = new Map<string | null, Promise<ChatModel>>();
  readonly #classifiers = new Map<string, Promise<Pick<PooledIntentClassifier, 'adapter' | 'classifyBatch'>>>();
  readonly #started = new Date();

  constructor(pool: AdapterPool, recorder: Recorder | undefined) {
    this.#pool = pool;
    this.#recorder = recorder;
  }

  list(): ModelEntry[] {
    const { base } = this.#pool;
    const adapters = this.#pool.list().map(({ name, addedAt }) => this.#describe(name, addedAt));
    // An adapter may be called like its base, and comes first then.
    if (this.#pool.has(base.id)) return adapters;
    const entry = { object: 'model', owned_by: 'tooltune', task: 'base', base: base.id } as const;
    return [...adapters, { ...entry, id: base.id, created: seconds(this.#started) }];
  }

  /** @throws ApiError `model_not_found` */
  find(id: string): ModelEntry {
    this.taskOf(id);
    return this.list().find((model) => model.id === id)!;
  }

  /** What a model does. Asked by every request, so nothing else of it is told. @throws ApiError `model_not_found` */
  taskOf(id: string): ModelEntry['task'] {
    if (this.#pool.has(id)) return this.#pool.bundle(id).task;
    if (id === this.#pool.base.id) return 'base';
    const served = this.list().map((model) => model.id);
    throw modelNotFound(`there is no model ${JSON.stringify(id)} here; there are ${served.join(', ')}`);
  }

  /** The tools of a model that answers conversations; of the bare base none. @throws ApiError */
  tools(id: string): readonly Tool[] {
    const name = this.#chatName(id);
    const bundle = name === null ? undefined : this.#pool.bundle(name);
    return bundle?.task === 'tools' ? bundle.toolset.tools : [];
  }

  /** A model that answers conversations, loaded when it is first asked for. @throws ApiError, AdapterError, EngineError */
  chat(id: string): Promise<ChatModel> {
    const name = this.#chatName(id);
    return loadOnce(this.#chat, name, async () => {
      const model = await createChatModel({ pool: this.#pool, name });
      return this.#recorder === undefined ? model : recordChatModel(model, this.#recorder);
    });
  }

  /** A model that names intents. @throws ApiError, AdapterError, EngineError */
  classifier(id: string) {
    if (this.taskOf(id) !== 'intents') {
      throw badRequest(`${id} names no intents; ask /v1/chat/completions`, { param: 'model' });
    }
    return loadOnce(this.#classifiers, id, async () => {
      const classifier = await this.#pool.intents(id);
      return this.#recorder === undefined ? classifier : recordClassifier(classifier, this.#recorder);
    });
  }

  #chatName(id: string): string | null {
    const task = this.taskOf(id);
    if (task !== 'intents') return task === 'base' ? null : id;
    throw badRequest(`${id} names intents and answers no conversations; ask /v1/classify`, { param: 'model' });
  }

  #describe(name: string, addedAt: Date): ModelEntry {
    const bundle = this.#pool.bundle(name);
    return {
      ...{ id: name, object: 'model', created: seconds(addedAt), owned_by: 'tooltune', task: bundle.task },
      base: this.#pool.base.id,
      ...contentsOf(bundle),
    };
  }
}

function contentsOf(bundle: AdapterBundle): Pick<ModelEntry, 'tools' | 'intents'> {
  if (bundle.task === 'intents') {
    return { intents: bundle.manifest.labels.flatMap(({ intent }) => (intent === null ? [] : [intent])) };
  }
  return { tools: bundle.toolset.tools.map(chatCompletionTool) };
}

/** What failed to load is tried again by the next request. */
function loadOnce<Key, T>(loaded: Map<Key, Promise<T>>, id: Key, load: () => Promise<T>): Promise<T> {
  const found = loaded.get(id);
  if (found !== undefined) return found;
  const loading = load();
  loaded.set(id, loading);
  loading.catch(() => loaded.delete(id));
  return loading;
}

function seconds(date: Date): number {
  return Math.floor(date.getTime() / 1000);
}
