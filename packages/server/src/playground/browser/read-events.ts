import { type EventSourceMessage, EventSourceParserStream } from 'eventsource-parser/stream';

/** Server-sent events as they arrive. Whoever stops reading lets the server stop writing. */
export async function* readEvents(
  bytes: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<EventSourceMessage, void, void> {
  const events = bytes.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream());
  // Not every browser iterates over streams.
  const reader = events.getReader();
  try {
    for (;;) {
      const { value, done } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    await reader.cancel().catch(() => undefined);
  }
}
