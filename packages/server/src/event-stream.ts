import type { AdmittedRequest } from './access/index.js';
import { type ApiError, clientLeft, clientStalled } from './api-error.js';

const encoder = new TextEncoder();
const done = encoder.encode('data: [DONE]\n\n');

/** Milliseconds that a client may read nothing, while its answer keeps others from the model. */
const defaultMaxStallMs = 60_000;

/** What a response of server-sent events does. */
export interface EventStreamOptions {
  /** Ends the stream when it is aborted, whether anybody reads or not; aborted when the client leaves or stalls. */
  request: Pick<AdmittedRequest, 'signal' | 'abort'>;
  /** Turns what the source throws into the last event. */
  toError(error: unknown): ApiError;
  /** Called once, when the source is closed, and the last byte is on its way or the client has left. */
  onEnd(error: ApiError | undefined): void | Promise<void>;
  /** Milliseconds that the client may read nothing. Default a minute. */
  maxStallMs?: number | undefined;
}

/**
 * Objects as server-sent events, asked for as the client reads. Ends with `[DONE]`, or with an error as OpenAI's clients
 * know it. Where the client leaves or reads nothing for long, the source is closed.
 */
export function eventStream(
  source: AsyncGenerator<unknown, void, void>,
  { request, toError, onEnd, maxStallMs = defaultMaxStallMs }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  const { signal } = request;
  let stream: ReadableStreamDefaultController<Uint8Array>;
  let stalled: NodeJS.Timeout | undefined;
  let isReading = false;
  let isOver = false;
  const end = async (error?: ApiError): Promise<void> => {
    if (isOver) return;
    isOver = true;
    clearTimeout(stalled);
    signal.removeEventListener('abort', onAbort);
    try {
      await source.return();
    } finally {
      await onEnd(error);
    }
  };
  const fail = (error: ApiError): Promise<void> => {
    if (isOver) return Promise.resolve();
    stream.enqueue(eventOf(error.toBody()));
    stream.close();
    return end(error);
  };
  // A source that is asked for its next event says itself that it was aborted.
  const onAbort = () => {
    if (!isReading) void fail(toError(signal.reason));
  };
  signal.addEventListener('abort', onAbort, { once: true });
  return new ReadableStream<Uint8Array>(
    {
      start(controller) {
        stream = controller;
        if (signal.aborted) onAbort();
      },
      async pull() {
        clearTimeout(stalled);
        isReading = true;
        try {
          const { value, done: isLast } = await source.next();
          if (isOver) return;
          stream.enqueue(isLast === true ? done : eventOf(value));
          if (isLast !== true) {
            stalled = setTimeout(() => request.abort(clientStalled(maxStallMs)), maxStallMs);
            return;
          }
          stream.close();
          await end();
        } catch (error) {
          await fail(toError(error));
        } finally {
          isReading = false;
        }
      },
      async cancel() {
        const ended = end(clientLeft());
        request.abort(clientLeft());
        await ended;
      },
    },
    { highWaterMark: 1 },
  );
}

function eventOf(value: unknown): Uint8Array {
  return encoder.encode(`data: ${JSON.stringify(value)}\n\n`);
}
