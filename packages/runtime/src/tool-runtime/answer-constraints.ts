import type { ChatMessage, TokenConstraint, Tokenizer, Toolset } from '@tooltune/sdk';
import type { Grounding } from '../adapters/index.js';
import { ConstraintCache } from './constraint-cache.js';

/**
 * The constraints that a tool runtime decodes under (text or calls, as the model likes), without a runtime: a trainer asks
 * them what is left to decide at each token.
 * @returns makes a constraint for one answer to a conversation. @throws ConstraintError, then or at once
 */
export function createAnswerConstraints(options: {
  toolset: Toolset;
  tokenizer: Tokenizer;
  grounding: Grounding;
  /** Whether one answer may hold several calls. Default true. */
  parallelCalls?: boolean;
}): (messages: readonly ChatMessage[]) => TokenConstraint {
  const cache = new ConstraintCache({ parallelCalls: true, ...options });
  cache.prepare('auto');
  return (messages) => cache.start('auto', messages);
}
