import type { Toolset } from '@tooltune/sdk';
import {
  type OpenModel,
  openModel,
  promptFormatOf,
  resolveToolAdapter,
  type ToolAdapterBundle,
} from '../adapters/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { ToolRuntimeOptions } from './tool-runtime.js';

/** Everything that a request needs of the model. */
export interface LoadedModel extends OpenModel {
  bundle: ToolAdapterBundle | undefined;
  toolset: Toolset;
}

/** Loads the model and, with an adapter, checks first that everything is what it was trained with. */
export async function loadModel(options: ToolRuntimeOptions): Promise<LoadedModel> {
  const { adapter, base, promptFormat, originalWeights, threads, contextSize, sequences } = options;
  const bundle = adapter === undefined ? undefined : await resolveToolAdapter(adapter);
  const toolset = options.tools ?? bundle?.toolset;
  if (toolset === undefined || (base === undefined && bundle === undefined)) {
    throw new RuntimeError('runtime/bad-options', 'give an adapter, or a base model and tools');
  }
  const model = await openModel({
    ...{ bundle, base, toolset, originalWeights, threads, contextSize, sequences },
    format: promptFormat ?? promptFormatOf(bundle),
    given: { toolset, promptFormat },
  });
  return { bundle, toolset, ...model };
}
