import {
  type AdapterManifest,
  defaultPromptFormat,
  type Grounding,
  type PromptFormat,
  sha256Hex,
  TooltuneError,
} from '@tooltune/sdk';
import { isDora, parametersFromAdapter, parseUpdateName, targetsOf } from '../adapter/adapter.js';
import { readAdapterFolder } from '../adapter/read-adapter-folder.js';
import { arrayBytes } from '../array-bytes.js';
import { type LoraParameter, type LoraShape, type Projection, resolveLoraShape } from '../model/lora-parameters.js';
import type { ModelConfig } from '../model/model-config.js';
import { defaultHyperparameters, type Hyperparameters } from './hyperparameters.js';
import type { TrainingOptions } from './training-options.js';

/** What a training goes on from: an adapter, or nothing. */
export interface StartingPoint {
  shape: ReturnType<typeof resolveLoraShape>;
  /** The adapter's matrices; null for a new one. */
  parameters: readonly LoraParameter[] | null;
  /** What is given by the adapter, whatever was asked for. */
  hyperparameters: Partial<Pick<Hyperparameters, 'rank' | 'alpha' | 'rsLora' | 'dora'>>;
  /** Of a bundle. */
  manifest: AdapterManifest | null;
  /** Of its values; null for a new adapter. */
  sha256: string | null;
}

/**
 * Reads the adapter that a training goes on from, if there is one.
 * Throws `training/bad-start` for an adapter of another base, or one whose layers do not all have the same projections;
 * `training/bad-option`; what reading adapters throws.
 * @param baseSha256 of the base that is trained on
 */
export async function startingPoint(
  { start: folder, full = false, targets, layers, hyperparameters }: TrainingOptions,
  config: ModelConfig,
  baseSha256: string,
): Promise<StartingPoint> {
  if (folder === undefined) {
    const rank = hyperparameters?.rank ?? defaultHyperparameters.rank;
    const shape = resolveLoraShape(config, { rank, targets, layers });
    return { shape, parameters: null, hyperparameters: {}, manifest: null, sha256: null };
  }
  const refuse = (message: string): never => {
    throw new TooltuneError('training/bad-start', message, { location: { file: folder } });
  };
  if (full) refuse('all weights are trained of a base, not of an adapter: merge it first, or leave out full');
  if (targets !== undefined || layers !== undefined) {
    refuse('an adapter keeps its projections and layers: leave out targets and layers, or start anew');
  }
  const { adapter, manifest } = await readAdapterFolder(folder, config);
  if (manifest !== null && manifest.base.sha256 !== baseSha256) {
    refuse(`this adapter is of another base, ${manifest.base.id} (SHA-256 ${manifest.base.sha256})`);
  }
  const { rank, alpha, rsLora = false } = adapter;
  const names = [...adapter.updates.keys()].map(parseUpdateName);
  const shape: LoraShape = {
    rank,
    targets: targetsOf(adapter) as Projection[],
    layers: [...new Set(names.map(({ layer }) => layer))],
  };
  const resolved = resolveLoraShape(config, shape);
  if (resolved.targets.length * resolved.layers.length !== names.length) {
    refuse('its layers do not all adapt the same projections, which training cannot go on with');
  }
  const dora = isDora(adapter);
  const parameters = parametersFromAdapter(config, adapter, { ...resolved, dora });
  const digest = parameters.map(({ name, data }) => `${name} ${sha256Hex(arrayBytes(data))}`);
  return {
    ...{ shape: resolved, parameters, manifest },
    hyperparameters: { rank, alpha, rsLora, dora },
    sha256: sha256Hex(digest.join('\n')),
  };
}

/** How prompts were written for the adapter that is gone on from; the default for a new one. */
export function startingPromptFormat({ manifest }: StartingPoint): PromptFormat {
  if (manifest === null || manifest.task === 'intents') return defaultPromptFormat;
  const { tools, callFormat, system } = manifest.prompt;
  return { tools, callFormat, system };
}

/** Which arguments the adapter that is gone on from copies; null for a new one. */
export function startingGrounding({ manifest }: StartingPoint): Grounding | null {
  return manifest === null || manifest.task === 'intents' ? null : manifest.grounding;
}
