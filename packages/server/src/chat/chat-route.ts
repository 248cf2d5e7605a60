import { randomUUID } from 'node:crypto';
import type { ChatModel, ToolStreamEvent } from '@tooltune/runtime';
import type { RequestIdentity } from '@tooltune/runtime/observe';
import { type ApiError, toApiError } from '../api-error.js';
import { eventStream } from '../event-stream.js';
import { readBody, readJson } from '../read-body.js';
import type { RequestContext, ServerContext } from '../server-context.js';
import { chatBody } from './chat-body.js';
import { toChatChunks } from './chat-chunks.js';
import { type ChatAnswerHead, toChatCompletion } from './chat-completion.js';
import { toChatRequest } from './to-chat-request.js';
import { refuseUnsupported } from './unsupported-parameters.js';

/** `POST /v1/chat/completions` */
export async function chatRoute(context: RequestContext, server: ServerContext): Promise<Response> {
  const json = await readJson(context);
  const body = readBody(chatBody, json);
  refuseUnsupported(json);
  server.models.taskOf(body.model);
  context.set('model', body.model);
  const request = toChatRequest(body, server.models.tools(body.model));
  const admitted = server.admission.enter(context.req.raw.signal);
  const { signal, leave } = admitted;
  const toError = (error: unknown) => (signal.aborted ? (signal.reason as ApiError) : toApiError(error));
  let events: AsyncGenerator<ToolStreamEvent, void, void> | undefined;
  try {
    const model: ChatModel = await server.models.chat(body.model);
    signal.throwIfAborted();
    const head: ChatAnswerHead = {
      id: `chatcmpl-${randomUUID()}`,
      model: body.model,
      created: Math.floor(Date.now() / 1000),
      system_fingerprint: server.systemFingerprint,
    };
    const asked: Parameters<ChatModel['stream']>[0] & RequestIdentity = { ...request, signal, requestId: head.id };
    events = counted(model.stream(asked), body.model, server);
    if (body.stream !== true) {
      const completion = await toChatCompletion(events, head, { logprobs: body.logprobs === true });
      leave();
      return context.json(completion);
    }
    // What fails before anything was said is told by the status.
    const begun = await begin(events);
    signal.throwIfAborted();
    context.set('isStreaming', true);
    const settle = context.get('settle');
    const chunks = toChatChunks(begun, head, { includeUsage: body.stream_options?.include_usage === true });
    const stream = eventStream(chunks, {
      request: admitted,
      toError,
      onEnd: async (error) => {
        // Chunks that were never asked for have not closed what they are made of.
        await begun.return();
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
    await events?.return();
    leave();
    throw toError(error);
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

/** The same events, with the first one there already. Closing them closes the events, whether one was asked for or not. */
async function begin<Event>(events: AsyncGenerator<Event, void, void>): Promise<AsyncGenerator<Event, void, void>> {
  let first: IteratorResult<Event, void> | undefined = await events.next();
  const begun: AsyncGenerator<Event, void, void> = {
    next: async () => {
      const event = first ?? (await events.next());
      first = undefined;
      return event;
    },
    return: (value) => events.return(value),
    throw: (error) => events.throw(error),
    [Symbol.asyncIterator]: () => begun,
  };
  return begun;
}
