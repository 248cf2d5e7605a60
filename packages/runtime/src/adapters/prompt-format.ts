import { intentPromptFormat, type PromptFormat } from '@tooltune/sdk';
import type { AdapterBundle } from './read-adapter-bundle.js';

/** A model that was not trained for its tools must read them. */
export const baseModelFormat: PromptFormat = { tools: 'full', callFormat: 'json-in-tags', system: null };

/** How a bundle's prompts are written; without one, how a bare base is asked. */
export function promptFormatOf(bundle: AdapterBundle | undefined): PromptFormat {
  if (bundle === undefined) return baseModelFormat;
  if (bundle.task === 'intents') return intentPromptFormat(bundle.manifest.prompt.system);
  const { tools, callFormat, system } = bundle.manifest.prompt;
  return { tools, callFormat, system };
}
