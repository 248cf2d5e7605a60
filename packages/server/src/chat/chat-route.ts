import { randomUUID } from 'node:crypto';
import type { ChatModel, ToolStreamEvent } from '@tooltune/runtime';
import type { RequestIdentity } from '@tooltune/runtime/observe';
import { clientLeft, toApiError } from '../api-error.js';
import { eventStream } from '../event-stream.js';
import { readBody } from '../read-body.js';
import type { RequestContext, ServerContext } from '../server-context.js';
import { chatBody } from './chat-body.js';
import { toChatChunks } from './chat-chunks.js';
import { type ChatAnswerHead, toChatCompletion } from './chat-completion.js';
import { toChatRequest } from './to-chat-request.js';
import { refuseUnsupported } from './unsupported-parameters.js';

/** `POST /v1/chat/completions` */
export async function chatRoute(context: RequestContext, server: ServerContext): Promise<Response> {
  const json: unknown = await context.req.json();
  const body = readBody(chatBody, json);
  refuseUnsupported(json);
  server.models.find(body.model);
  context.set('model', body.model);
  const request = toChatRequest(body);
  const leave = server.admission.enter();
  const client = context.req.raw.signal;
  try {
    const model: ChatModel = await server.models.chat(body.model);
    const signal = AbortSignal.any([client, server.admission.signal]);
    const head: ChatAnswerHead = {
      id: `chatcmpl-${randomUUID()}`,
      model: body.model,
      created: Math.floor(Date.now() / 1000),
      system_fingerprint: server.systemFingerprint,
    };
    const asked: Parameters<ChatModel['stream']>[0] & RequestIdentity = { ...request, signal, requestId: head.id };
    const events = counted(model.stream(asked), body.model, server);
    if (body.stream !== true) {
      const completion = await toChatCompletion(events, head, { logprobs: body.logprobs === true });
      leave();
      return context.json(completion);
    }
    // What fails before anything was said is told by the status.
    const begun = await begin(events);
    context.set('isStreaming', true);
    const settle = context.get('settle');
    const chunks = toChatChunks(begun, head, { includeUsage: body.stream_options?.include_usage === true });
    const stream = eventStream(chunks, {
      toError: (error) => (client.aborted ? clientLeft() : toApiError(error)),
      onEnd: (error) => {
        leave();
        if (error !== undefined) server.onError(error);
        settle(error?.status ?? 200);
      },
    });
    return context.body(stream, 200, {
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-cache, no-transform',
      'x-accel-buffering': 'no',
    });
  } catch (error) {
    leave();
    throw client.aborted ? clientLeft() : error;
  }
}

async function* counted(
  events: AsyncGenerator<ToolStreamEvent, void, void>,
  model: string,
  { metrics }: ServerContext,
): AsyncGenerator<ToolStreamEvent, void, void> {
  for await (const event of events) {
    if (event.type === 'finish') metrics.answer(model, event);
    yield event;
  }
}

/** The same events, with the first one there already. */
async function begin<Event>(events: AsyncGenerator<Event, void, void>): Promise<AsyncGenerator<Event, void, void>> {
  const first = await events.next();
  async function* all(): AsyncGenerator<Event, void, void> {
    try {
      if (first.done) return;
      yield first.value;
      yield* events;
    } finally {
      await events.return();
    }
  }
  return all();
}
