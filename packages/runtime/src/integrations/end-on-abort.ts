/**
 * The same events. A framework may drop a stream when it is aborted without reading on or closing it; this ends it then, so
 * that the model is free for the next request. @throws the signal's reason where it was aborted
 */
export async function* endOnAbort<Event>(
  events: AsyncGenerator<Event, void, void>,
  signal: AbortSignal | undefined,
): AsyncGenerator<Event, void, void> {
  // A step under way ends first, then the generator; what that throws is told to whoever reads on.
  const end = () => void events.return().catch(() => {});
  signal?.addEventListener('abort', end, { once: true });
  try {
    yield* events;
    signal?.throwIfAborted();
  } finally {
    signal?.removeEventListener('abort', end);
  }
}
