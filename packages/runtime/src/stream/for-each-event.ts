/** One function for all events, or one for each kind; a promise is awaited before the next event is asked for. */
export type EventCallbacks<Event extends { type: string }> = {
  [Type in Event['type']]?: (event: Extract<Event, { type: Type }>) => unknown;
} & {
  /** Takes every event, before the one for its kind. */
  onEvent?: (event: Event) => unknown;
};

/**
 * Calls functions with the events of a stream, in order, until it ends.
 * @throws what the stream throws, or a callback, which ends the answer
 */
export async function forEachEvent<Event extends { type: string }>(
  events: AsyncIterable<Event>,
  callbacks: EventCallbacks<Event>,
): Promise<void> {
  const byType = callbacks as Record<string, ((event: Event) => unknown) | undefined>;
  for await (const event of events) {
    await callbacks.onEvent?.(event);
    if (Object.hasOwn(byType, event.type)) await byType[event.type]?.(event);
  }
}
