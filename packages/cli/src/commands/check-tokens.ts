import {
  createModelPrompting,
  defaultIntentSystem,
  defaultPromptFormat,
  type Example,
  intentPromptFormat,
  type Problem,
  type Toolset,
  TooltuneError,
} from '@tooltune/sdk';
import type { CheckDatasetOptions } from '@tooltune/sdk/checks';
import { baseModels, listModels, resolveBaseModel } from '@tooltune/sdk/models';
import type { CheckOptions } from './check-options.js';

/** The renderer of the base model, where that is here; else a note says why tokens are not counted. */
export async function tokenCounter(
  { base, prompt, system, contextTokens }: CheckOptions,
  toolset: Toolset | undefined,
  examples: readonly Example[],
  notes: Problem[],
): Promise<CheckDatasetOptions['tokens']> {
  if (base === undefined) return undefined;
  const listed = baseModels.some(({ id }) => id === base)
    ? (await listModels()).find(({ id }) => id === base)
    : undefined;
  if (listed?.path === null) {
    const message = `is not here, so tokens are not counted; \`tooltune models pull ${base}\` brings it`;
    notes.push({ location: { file: base }, message });
    return undefined;
  }
  const { path } = await resolveBaseModel(base, { folders: true });
  const { openBase } = await import('@tooltune/trainer');
  const { metadata } = await openBase(path);
  const fits = contextTokens ?? Number(metadata[`${metadata['general.architecture']}.context_length`]);
  if (!(fits > 0)) {
    throw new TooltuneError('check/no-context', `${base} does not say how many tokens fit; give --context-tokens`);
  }
  const isIntents = examples.every(({ kind }) => kind === 'intent');
  const format = isIntents
    ? intentPromptFormat(system ?? defaultIntentSystem)
    : { ...defaultPromptFormat, tools: prompt, ...(system === undefined ? {} : { system }) };
  const { renderer } = createModelPrompting(metadata, { format, toolset: toolset ?? { tools: [] } });
  return { renderer, contextTokens: fits };
}
