import { type JsonObject, toolCallOpeningTag } from '@tooltune/sdk';
import { RuntimeError } from '../runtime-error.js';
import { brokenOff, checkNoError, objectOf, readFinishReason, readUsage } from './event-fields.js';
import { RemoteError } from './remote-error.js';
import type { AnswerEnd, AnswerPiece, RemoteServer, ServerRequest } from './remote-server.js';
import { callOfJson } from './schema-answer.js';
import { ServerConstraints, type ServerSettings, withBody } from './server-settings.js';

/** What the servers differ in that know `/v1/completions` with token ids. */
export interface CompletionsDialect {
  /** Members of the body that select the model, and the adapter on it. */
  select(model: string, adapter: string | undefined): JsonObject;
  grammar(grammar: string): JsonObject;
  schema(schema: JsonObject): JsonObject;
  loadPath: string;
  unloadPath: string;
}

/** vLLM: the adapter is a model of its own; `structured_outputs`. */
export const vllm: CompletionsDialect = {
  select: (model, adapter) => ({ model: adapter ?? model }),
  grammar: (grammar) => ({ structured_outputs: { grammar } }),
  schema: (json) => ({ structured_outputs: { json } }),
  loadPath: '/v1/load_lora_adapter',
  unloadPath: '/v1/unload_lora_adapter',
};

/** vLLM before 0.12, with the fields that were taken out there. */
export const olderVllm: CompletionsDialect = {
  ...vllm,
  grammar: (grammar) => ({ guided_grammar: grammar }),
  schema: (schema) => ({ guided_json: schema }),
};

/** SGLang: `model:adapter`; `ebnf` and `json_schema`, both texts. */
export const sglang: CompletionsDialect = {
  select: (model, adapter) => ({ model: adapter === undefined ? model : `${model}:${adapter}` }),
  grammar: (grammar) => ({ ebnf: grammar }),
  schema: (schema) => ({ json_schema: JSON.stringify(schema) }),
  loadPath: '/load_lora_adapter',
  unloadPath: '/unload_lora_adapter',
};

/** vLLM and SGLang: `/v1/completions` with token ids. */
export class CompletionsServer implements RemoteServer {
  readonly takesTokens = true;
  readonly #settings: ServerSettings;
  readonly #dialect: CompletionsDialect;
  readonly #constraints: ServerConstraints;
  readonly #model: string;
  readonly #adapterName: string | undefined;

  /** @throws RuntimeError without a model */
  constructor(settings: ServerSettings, dialect: CompletionsDialect) {
    const { model, adapter } = settings;
    if (model === undefined)
      throw new RuntimeError('runtime/bad-options', 'this server needs the name of a model: model');
    this.#settings = settings;
    this.#dialect = dialect;
    this.#constraints = new ServerConstraints(settings);
    this.#model = model;
    this.#adapterName = adapter === undefined ? undefined : String(adapter.name);
  }

  async prepare(signal?: AbortSignal): Promise<void> {
    const { client, adapter } = this.#settings;
    if (adapter?.path === undefined) return;
    const body = { lora_name: this.#adapterName!, lora_path: adapter.path };
    await client.request('POST', this.#dialect.loadPath, body, signal).catch((cause: unknown) => {
      if (!(cause instanceof RemoteError) || cause.code !== 'remote/refused') throw cause;
      const advice = 'the server must be started with LoRA on, vLLM also with VLLM_ALLOW_RUNTIME_LORA_UPDATING=1';
      const { status } = cause;
      throw new RemoteError('remote/unknown-adapter', `${cause.message}; ${advice}`, { cause, status });
    });
  }

  answer(request: ServerRequest): AsyncGenerator<AnswerPiece, AnswerEnd, void> {
    const constraint = this.#constraints.get(request.toolChoice, request.constrained);
    const { promptTokens } = request;
    if (constraint === undefined) return this.#complete(request, promptTokens, {});
    if ('grammar' in constraint) {
      return this.#complete(request, promptTokens, this.#dialect.grammar(constraint.grammar));
    }
    const opening = this.#settings.tokenizer!.encode(toolCallOpeningTag, { continues: true });
    return callOfJson(this.#complete(request, [...promptTokens, ...opening], this.#dialect.schema(constraint.schema)));
  }

  async *#complete(
    { maxTokens, sampling, signal }: ServerRequest,
    prompt: readonly number[],
    constraint: JsonObject,
  ): AsyncGenerator<AnswerPiece, AnswerEnd, void> {
    const { client, body, tokenizer } = this.#settings;
    const request: JsonObject = {
      ...this.#dialect.select(this.#model, this.#adapterName),
      prompt: [...prompt],
      ...constraint,
      max_tokens: maxTokens,
      temperature: sampling.temperature,
      seed: sampling.seed,
      stop_token_ids: [...tokenizer!.endTokens],
      stream: true,
      stream_options: { include_usage: true },
    };
    let reason: 'stop' | 'length' | undefined;
    let usage: unknown;
    for await (const event of client.stream('/v1/completions', withBody(request, body), signal)) {
      checkNoError(event);
      usage = event.usage ?? usage;
      if (!Array.isArray(event.choices)) throw new RemoteError('remote/bad-stream', 'an event has no choices');
      const { text, finish_reason } = objectOf(event.choices[0]);
      if (typeof text === 'string' && text !== '') yield { text };
      if (finish_reason !== undefined && finish_reason !== null) reason = readFinishReason(finish_reason);
    }
    return reason === undefined ? brokenOff() : { reason, ...readUsage(usage) };
  }

  async dispose(): Promise<void> {
    const { client, adapter } = this.#settings;
    if (adapter?.path === undefined) return;
    await client.request('POST', this.#dialect.unloadPath, { lora_name: this.#adapterName! });
  }
}
