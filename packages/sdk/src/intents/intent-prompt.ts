import type { PromptFormat } from '../prompt/index.js';

/** The system message of adapters that name intents, unless another is asked for. */
export const defaultIntentSystem = 'You name the intent.';

/** How a text is asked for its intent: as the user's only message, with no tools. */
export function intentPromptFormat(system: string | null): PromptFormat {
  // No call is ever written.
  return { tools: 'none', callFormat: 'json-in-tags', system };
}
