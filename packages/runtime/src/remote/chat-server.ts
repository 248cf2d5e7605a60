import {
  chatCompletionMessages,
  type JsonObject,
  toolCallClosingTag,
  toolCallOpeningTag,
  toolCallSeparator,
} from '@tooltune/sdk';
import { RuntimeError } from '../runtime-error.js';
import { chatToolChoice, chatTools } from './chat-tools.js';
import { brokenOff, checkNoError, numberOf, objectOf, readFinishReason, readUsage } from './event-fields.js';
import { JsonCompactor } from './json-compactor.js';
import { RemoteError } from './remote-error.js';
import type { AnswerEnd, AnswerPiece, RemoteServer, ServerRequest } from './remote-server.js';
import { type ServerSettings, withBody } from './server-settings.js';

/** Any server of OpenAI's `/chat/completions`, which renders the conversation itself and tells calls apart from words. */
export class ChatServer implements RemoteServer {
  readonly takesTokens = false;
  readonly #settings: ServerSettings;

  /** @throws RuntimeError without a model */
  constructor(settings: ServerSettings) {
    const { model, adapter } = settings;
    if (model === undefined)
      throw new RuntimeError('runtime/bad-options', 'this server needs the name of a model: model');
    if (adapter !== undefined) {
      const message = 'this protocol has no adapters; where the server names one as a model, give it as model';
      throw new RuntimeError('runtime/bad-options', message);
    }
    this.#settings = settings;
  }

  async prepare(): Promise<void> {}

  async *answer(request: ServerRequest): AsyncGenerator<AnswerPiece, AnswerEnd, void> {
    const { client, body, model, toolset, parallelCalls } = this.#settings;
    const { messages, maxTokens, sampling, toolChoice, signal } = request;
    const tools = chatTools(toolset.tools);
    const sent: JsonObject = {
      model: model!,
      messages: chatCompletionMessages(messages) as unknown as JsonObject[],
      ...(tools.length === 0
        ? {}
        : { tools, tool_choice: chatToolChoice(toolChoice), parallel_tool_calls: parallelCalls }),
      max_tokens: maxTokens,
      temperature: sampling.temperature,
      seed: sampling.seed,
      stream: true,
      stream_options: { include_usage: true },
    };
    const calls = new CallDeltas();
    let reason: 'stop' | 'length' | undefined;
    let usage: unknown;
    for await (const event of client.stream('/chat/completions', withBody(sent, body), signal)) {
      checkNoError(event);
      usage = event.usage ?? usage;
      // Azure's first event has none; that with the usage has an empty list.
      if (!Array.isArray(event.choices)) throw new RemoteError('remote/bad-stream', 'an event has no choices');
      const { delta, finish_reason } = objectOf(event.choices[0]);
      const { content, tool_calls } = objectOf(delta);
      if (typeof content === 'string' && content !== '') yield { text: calls.close() + content };
      if (Array.isArray(tool_calls)) for (const call of tool_calls) yield* calls.push(objectOf(call));
      if (finish_reason !== undefined && finish_reason !== null) reason = readFinishReason(finish_reason);
    }
    if (reason === undefined) return brokenOff();
    // One that was cut off stays open.
    if (reason === 'stop' || calls.isWhole) yield { text: calls.close() };
    return { reason, ...readUsage(usage) };
  }

  async dispose(): Promise<void> {}
}

/** Writes calls that come as deltas in the call format of prompts. */
class CallDeltas {
  readonly #closed = new Set<number>();
  #open: { index: number; compactor: JsonCompactor; isEmpty: boolean } | undefined;

  *push({ index, id, function: called }: Record<string, unknown>): Generator<AnswerPiece, void, void> {
    const { name, arguments: text } = objectOf(called);
    const place = numberOf(index) ?? this.#open?.index ?? this.#closed.size;
    if (this.#closed.has(place)) throw new RemoteError('remote/bad-stream', `call ${place} goes on after it has ended`);
    if (this.#open?.index !== place) {
      if (typeof name !== 'string') throw new RemoteError('remote/bad-stream', `call ${place} begins without a name`);
      const separator = this.#open === undefined && this.#closed.size === 0 ? '' : toolCallSeparator;
      const start = `${toolCallOpeningTag}{"name":${JSON.stringify(name)},"arguments":`;
      yield { text: this.close() + separator + start, ...(typeof id === 'string' && id !== '' ? { callId: id } : {}) };
      this.#open = { index: place, compactor: new JsonCompactor(), isEmpty: true };
    }
    if (typeof text !== 'string') return;
    const compact = this.#open!.compactor.push(text);
    if (compact === '') return;
    this.#open!.isEmpty = false;
    yield { text: compact };
  }

  /** Whether the open call's arguments have ended. */
  get isWhole(): boolean {
    return this.#open?.compactor.isWhole === true;
  }

  /** The end of the open call. Nothing at all is how some models write that a tool takes no arguments. */
  close(): string {
    const open = this.#open;
    if (open === undefined) return '';
    this.#closed.add(open.index);
    this.#open = undefined;
    return `${open.isEmpty ? '{}' : ''}}${toolCallClosingTag}`;
  }
}
