import type { JsonObject } from '@tooltune/sdk';
import { toolCallOpeningTag } from '@tooltune/sdk';
import { brokenOff, checkNoError, numberOf, objectOf } from './event-fields.js';
import { RemoteError } from './remote-error.js';
import type { AnswerEnd, AnswerPiece, RemoteServer, ServerRequest } from './remote-server.js';
import { callOfJson } from './schema-answer.js';
import { ServerConstraints, type ServerSettings, withBody } from './server-settings.js';

/** llama.cpp's server: `/completion` with token ids, `grammar` or `json_schema`, and `lora` by number. */
export class LlamaServer implements RemoteServer {
  readonly takesTokens = true;
  readonly #settings: ServerSettings;
  readonly #constraints: ServerConstraints;
  /** Of each request; undefined leaves the server's own. */
  #lora: { id: number; scale: number }[] | undefined;

  constructor(settings: ServerSettings) {
    this.#settings = settings;
    this.#constraints = new ServerConstraints(settings);
  }

  async prepare(signal?: AbortSignal): Promise<void> {
    const { client, adapter } = this.#settings;
    if (adapter === undefined) return;
    const { name, scale = 1 } = adapter;
    const answer = await client.request('GET', '/lora-adapters', undefined, signal);
    const known = (Array.isArray(answer) ? answer : []).map((entry) => {
      const { id, path } = objectOf(entry);
      return { id: Number(id), path: String(path) };
    });
    const found = known.filter(({ id, path }) =>
      typeof name === 'number' ? id === name : path === name || path.endsWith(`/${name}`) || path.endsWith(`\\${name}`),
    );
    if (found.length === 1) {
      this.#lora = [{ id: found[0]!.id, scale }];
      return;
    }
    const list = known.map(({ id, path }) => `${id}: ${path}`).join(', ') || 'none; start it with --lora FILE';
    const which = found.length === 0 ? 'no adapter' : 'several adapters called';
    const message = `${client.baseUrl} has ${which} ${JSON.stringify(name)}; it has ${list}`;
    throw new RemoteError('remote/unknown-adapter', message);
  }

  answer(request: ServerRequest): AsyncGenerator<AnswerPiece, AnswerEnd, void> {
    const constraint = this.#constraints.get(request.toolChoice, request.constrained);
    if (constraint === undefined) return this.#complete(request, request.promptTokens, {});
    if ('grammar' in constraint) return this.#complete(request, request.promptTokens, { grammar: constraint.grammar });
    const opening = this.#settings.tokenizer!.encode(toolCallOpeningTag, { continues: true });
    const prompt = [...request.promptTokens, ...opening];
    return callOfJson(this.#complete(request, prompt, { json_schema: constraint.schema }));
  }

  async *#complete(
    { maxTokens, sampling, signal }: ServerRequest,
    prompt: readonly number[],
    constraint: JsonObject,
  ): AsyncGenerator<AnswerPiece, AnswerEnd, void> {
    const { client, body, model } = this.#settings;
    const request: JsonObject = {
      prompt: [...prompt],
      ...constraint,
      ...(this.#lora === undefined ? {} : { lora: this.#lora }),
      ...(model === undefined ? {} : { model }),
      n_predict: maxTokens,
      temperature: sampling.temperature,
      seed: sampling.seed,
      // Sampling is by temperature alone, as in this process.
      ...{ top_k: 0, top_p: 1, min_p: 0, typical_p: 1, repeat_penalty: 1 },
      cache_prompt: true,
      stream: true,
    };
    for await (const event of client.stream('/completion', withBody(request, body), signal)) {
      checkNoError(event);
      const { content, stop } = event;
      if (typeof content !== 'string') throw new RemoteError('remote/bad-stream', 'an event has no content');
      if (content !== '') yield { text: content };
      if (stop === true) return readEnd(event);
    }
    return brokenOff();
  }

  async dispose(): Promise<void> {}
}

function readEnd(event: Record<string, unknown>): AnswerEnd {
  const { stop_type, stopped_limit, truncated, tokens_evaluated, tokens_predicted } = event;
  const timings = objectOf(event.timings);
  return {
    // Servers of 2024 and before have stopped_limit.
    reason: stop_type === 'limit' || stopped_limit === true || truncated === true ? 'length' : 'stop',
    promptTokens: numberOf(tokens_evaluated),
    completionTokens: numberOf(tokens_predicted),
    cachedPromptTokens: numberOf(timings.cache_n),
    promptMs: numberOf(timings.prompt_ms),
  };
}
