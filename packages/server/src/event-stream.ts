import { type ApiError, clientLeft } from './api-error.js';

const encoder = new TextEncoder();
const done = encoder.encode('data: [DONE]\n\n');

/** What a response of server-sent events does. */
export interface EventStreamOptions {
  /** Turns what the source throws into the last event. */
  toError(error: unknown): ApiError;
  /** Called once, when the last byte is on its way or the client has left. */
  onEnd(error: ApiError | undefined): void;
}

/**
 * Objects as server-sent events, asked for as the client reads. Ends with `[DONE]`, or with an error as OpenAI's clients
 * know it. Where the client leaves, the source is closed.
 */
export function eventStream(
  source: AsyncGenerator<unknown, void, void>,
  { toError, onEnd }: EventStreamOptions,
): ReadableStream<Uint8Array> {
  let hasEnded = false;
  const end = (error?: ApiError) => {
    if (!hasEnded) onEnd(error);
    hasEnded = true;
  };
  async function* bytes(): AsyncGenerator<Uint8Array, void, void> {
    let failure: ApiError | undefined;
    try {
      for await (const value of source) yield encoder.encode(`data: ${JSON.stringify(value)}\n\n`);
      yield done;
    } catch (error) {
      failure = toError(error);
      yield encoder.encode(`data: ${JSON.stringify(failure.toBody())}\n\n`);
    } finally {
      end(failure);
    }
  }
  const events = bytes();
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        const { value, done: isOver } = await events.next();
        if (isOver) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await source.return();
        await events.return();
        end(clientLeft());
      },
    },
    { highWaterMark: 1 },
  );
}
