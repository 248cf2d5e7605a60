/** Called as a stream goes on. What these throw is the stream's. */
export interface StreamObserver<Event> {
  event(event: Event): void;
  /** Once: it came to its end, threw, or was left. */
  end(error?: unknown): void;
}

/**
 * A stream that is read through to an observer: the same events, asked for as they are read. Promises are handed on without
 * a generator between, which would cost further turns of the event loop for each event.
 */
export function observeStream<Event>(
  source: AsyncGenerator<Event, void, void>,
  observer: StreamObserver<Event>,
): AsyncGenerator<Event, void, void> {
  let hasEnded = false;
  const end = (error?: unknown) => {
    if (hasEnded) return;
    hasEnded = true;
    observer.end(error);
  };
  const take = (result: IteratorResult<Event, void>) => {
    if (result.done) end();
    else observer.event(result.value);
    return result;
  };
  const fail = (error: unknown): never => {
    end(error);
    throw error;
  };
  const stream = {
    next: () => source.next().then(take, fail),
    return: () => {
      const returned = source.return();
      return returned.then((result) => {
        end();
        return result;
      }, fail);
    },
    throw: (error: unknown) => source.throw(error).then(take, fail),
    [Symbol.asyncIterator]: () => stream,
    [Symbol.asyncDispose]: async () => {
      await stream.return();
    },
  };
  return stream as unknown as AsyncGenerator<Event, void, void>;
}
