/**
 * Events as a web ReadableStream. An event is asked for only when the reader wants one, so the model waits for a slow
 * reader; cancelling the stream ends the answer. What the events throw fails the stream.
 */
export function toReadableStream<Event>(events: AsyncIterable<Event>): ReadableStream<Event> {
  const iterator = events[Symbol.asyncIterator]();
  return new ReadableStream<Event>(
    {
      async pull(controller) {
        const { done, value } = await iterator.next();
        if (done === true) controller.close();
        else controller.enqueue(value);
      },
      async cancel() {
        await iterator.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}
