import { type Random, TooltuneError } from '@tooltune/sdk';
import { adapterFromParameters } from '../adapter/adapter.js';
import type { BundleWeights } from '../adapter/write-bundle.js';
import { trainedTensors } from '../merge/merged-tensors.js';
import type { BaseWeights } from '../model/base-weights.js';
import { fullParameters } from '../model/full-parameters.js';
import { initialLoraParameters, setMagnitudes } from '../model/lora-parameters.js';
import type { ModelConfig } from '../model/model-config.js';
import type { ModelGraphOptions } from '../model/model-graph.js';
import type { Parameter } from '../model/parameter.js';
import { blocksFirst } from './blocks-first.js';
import type { Hyperparameters } from './hyperparameters.js';
import type { StartingPoint } from './starting-point.js';
import type { TrainingOptions } from './training-options.js';

/** What of a model is trained. */
export interface Trainable {
  graph: Pick<ModelGraphOptions, 'rank' | 'alpha' | 'rsLora' | 'dora' | 'targets' | 'layers' | 'full'>;
  /** With which the model is the base. */
  untrained: readonly Parameter[];
  /** Before the first step. */
  initial: readonly Parameter[];
  /** What the bundle holds of them. */
  weights(parameters: readonly Parameter[]): BundleWeights['weights'];
}

export interface TrainableContext {
  file: BaseWeights;
  config: ModelConfig;
  hyperparameters: Hyperparameters;
  start: StartingPoint;
  random: Random;
  /** Whether matrices are trained on as quantised ones. */
  quantized: boolean;
}

/** A low-rank adapter, new or gone on from. */
export async function trainableAdapter(context: TrainableContext): Promise<Trainable> {
  const { file, config, start, random } = context;
  const { alpha, rsLora, dora } = context.hyperparameters;
  const lora = { ...start.shape, alpha, rsLora, dora };
  const untrained = initialLoraParameters(config, lora, random.fork('lora'));
  await setMagnitudes(untrained, context.quantized ? blocksFirst(file) : file.readTensor);
  return {
    graph: lora,
    untrained,
    initial: start.parameters ?? untrained,
    weights: (parameters) => ({ adapter: adapterFromParameters(config, parameters, lora) }),
  };
}

/** All weights of the base. */
export async function trainableModel({ file, config, start, hyperparameters }: TrainableContext): Promise<Trainable> {
  const initial = await fullParameters(config, file.readTensor);
  return {
    graph: { ...start.shape, alpha: hyperparameters.alpha, full: true },
    untrained: initial,
    initial,
    weights: (parameters) => ({ base: file, tensors: trainedTensors(file, parameters) }),
  };
}

/** Throws `training/bad-option` for what is of adapters only. */
export function checkFullOptions({ targets, layers, quantized = false, hyperparameters = {} }: TrainingOptions): void {
  const { rsLora = false, dora = false, loraPlusRatio = 1, dropout = 0, labelSmoothing = 0 } = hyperparameters;
  const given: [string, boolean][] = [
    ['targets', targets !== undefined],
    ['layers', layers !== undefined],
    ['quantized', quantized],
    ['rsLora', rsLora],
    ['dora', dora],
    ['loraPlusRatio', loraPlusRatio !== 1],
    ['dropout', dropout !== 0],
    ['labelSmoothing', labelSmoothing !== 0],
  ];
  const names = given.filter(([, isGiven]) => isGiven).map(([name]) => name);
  if (names.length === 0) return;
  throw new TooltuneError(
    'training/bad-option',
    `${names.join(', ')} cannot be had where all weights are trained (full): leave it out, or train an adapter`,
  );
}
