import { EngineError } from './engine-error.js';

/** A prompt or an answer that is longer than the context. */
export function contextFull(tokens: number, contextSize: number): EngineError {
  return new EngineError(
    'engine/context-full',
    `${tokens} tokens do not fit into a context of ${contextSize}; shorten the conversation or raise contextSize`,
  );
}
