const ids = new WeakMap<object, string>();

/** Remembers which request a stream or an answer belongs to. */
export function rememberRequestId<Answer extends object>(answer: Answer, id: string): Answer {
  ids.set(answer, id);
  return answer;
}

/**
 * The id under which a request was recorded, for feedback on it.
 * @param answer what `stream`, `call` or `classify` of a recorded runtime or classifier gave
 */
export function requestIdOf(answer: object): string | undefined {
  return ids.get(answer);
}
