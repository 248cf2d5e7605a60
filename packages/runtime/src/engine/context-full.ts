import { EngineError } from './engine-error.js';

/** A prompt or an answer that is longer than the context. */
export function contextFull(tokens: number, contextSize: number): EngineError {
  return new EngineError(
    'engine/context-full',
    `${tokens} tokens do not fit into a context of ${contextSize}; shorten the conversation or raise contextSize`,
  );
}

/** How many tokens may follow a prompt. @throws EngineError `engine/context-full` if none */
export function roomBehind(promptTokens: readonly number[], contextSize: number): number {
  const room = contextSize - promptTokens.length;
  if (room < 1) throw contextFull(promptTokens.length + 1, contextSize);
  return room;
}
