import { Graph, Tape, type Tensor } from '../graph/index.js';
import {
  type AttentionLayout,
  attentionLayout,
  binaryChoiceCrossEntropy,
  choiceCrossEntropy,
  crossEntropy,
  DropoutMasks,
  embedding,
  type PreferenceLoss,
  preferenceLoss,
  rmsNorm,
  rotaryTables,
  softChoiceCrossEntropy,
  splitRows,
  vocabularyLogits,
  weightedLoss,
} from '../graph/operators/index.js';
import { findArchitecture } from './architectures/index.js';
import { type AttentionReach, type DecoderContext, DecoderLayer } from './decoder-layer.js';
import { fullParameterShapes } from './full-parameters.js';
import {
  type LoraShape,
  layerTargets,
  loraParameterShapes,
  loraScale,
  projectionShape,
  targetGroups,
} from './lora-parameters.js';
import { isLocalLayer, type ModelConfig } from './model-config.js';
import { layerTensors } from './model-tensors.js';
import { type Weight, weightValues } from './weight-values.js';

export interface ModelGraphOptions extends LoraShape {
  /** LoRA's alpha: the adapter's output is multiplied by alpha / rank. */
  alpha: number;
  /** Multiplied by alpha / √rank instead (rank-stabilised LoRA, Kalajdzievski 2023). Default false. */
  rsLora?: boolean;
  /** Whether part of the adapters' inputs is dropped: the graph then has the inputs of DropoutMasks. Default false. */
  dropout?: boolean;
  /** Share of each label's target that is spread over all tokens that may come. Default 0. */
  labelSmoothing?: number;
  /**
   * Adds the loss of preferences to that of labels (DPO, Rafailov et al. 2023): β, how much a difference in log-likelihood
   * counts. Absent for none.
   */
  preferenceBeta?: number;
  /**
   * How choices are learnt. `first`: their first option is the right one. `soft`: their targets are a distribution over the
   * options. `binary`: each option but the first is right or wrong by itself, beside the first, which none is. With the
   * latter two the graph has the input `optionTargets`. Default `first`.
   */
  choiceLoss?: 'first' | 'soft' | 'binary';
  /** Most tokens in one run; positions are below it too. */
  maxTokens: number;
  /** Keeps only the layers' inputs for the backward pass and computes the rest again: less memory, slower. Default false. */
  checkpointing?: boolean;
  /** Trains all weights of the base themselves, and no adapter. Default false. */
  full?: boolean;
  /** What a run gives: loss and gradients, or the logits of the label rows. */
  outputs: 'gradients' | 'logits';
}

/** Reads a frozen weight, expanded or quantised; called once for each. Vectors are always expanded. */
export type WeightSource = (name: string) => Promise<Weight>;

/**
 * A decoder with LoRA on the chosen projections, or with weights that are trained themselves, forward and backward, as one graph over a pack of examples.
 *
 * Inputs: `tokens` int64 [tokens], `positions` int64 [1, tokens], those of attentionLayout (with `localMask` where the
 * model has local layers), the labels and every parameter by name. Labels are of two kinds: `open` ones, where any
 * token may come, and `choices`, where only some may. `labelRows` int64 [open + choices] are the rows that have one, open
 * ones first, `labelSlots` int64 [tokens] the place of each row among them, `labelSizes` int64 [2] their numbers. Open:
 * `labels` int64 [open], `labelWeights` float32 [open, 1]. Choices: `options` int64 [choices, most], the label first,
 * `optionMask` float32 [choices, most], `choiceWeights` float32 [choices, 1], as choiceCrossEntropy has them; where these have
 * targets, `optionTargets` float32 [choices, most], as softChoiceCrossEntropy and binaryChoiceCrossEntropy have them. With
 * preferences also `pairSigns` float32 [pairs, open], `pairMargins` and `pairWeights` float32 [pairs, 1], as preferenceLoss
 * has them.
 * Outputs: `loss`, `correct` and `nats` [open + choices], `choiceLogits` [choices, most] and `gradient:NAME` for every
 * parameter, with preferences `pairLosses` and `margins` [pairs]; or `logits` [open + choices, vocabulary].
 */
export async function buildModelGraph(
  config: ModelConfig,
  weights: WeightSource,
  settings: ModelGraphOptions,
): Promise<Graph> {
  const architecture = findArchitecture(config.architecture);
  if (architecture === undefined) throw new Error(`there is no architecture ${config.architecture}`);
  const graph = new Graph();
  const tape = new Tape(graph);
  const isTrained = settings.full === true;
  const weight = async (name: string): Promise<Tensor> => {
    if (isTrained) return name;
    const value = await weights(name);
    return 'data' in value
      ? graph.initializer(name, 'float32', value.shape, value.data)
      : graph.blockMatrix(name, value);
  };
  /** A matrix that rows are picked from. */
  const table = async (name: string): Promise<Tensor> => {
    if (isTrained) return name;
    const value = await weights(name);
    return 'data' in value
      ? graph.initializer(name, 'float32', value.shape, value.data)
      : graph.blockTable(name, value);
  };

  const tokens = graph.input('tokens', 'int64', ['tokens']);
  const context: DecoderContext = {
    tape,
    config,
    positions: graph.input('positions', 'int64', [1, 'tokens']),
    labelRows: graph.input('labelRows', 'int64', ['labels']),
    labelSlots: graph.input('labelSlots', 'int64', ['tokens']),
    lora: {
      scale: loraScale(settings),
      dora: settings.dora ?? false,
      dropout: settings.dropout === true ? new DropoutMasks(graph, dropoutShape(config, settings)) : undefined,
    },
  };
  const labelSizes = graph.input('labelSizes', 'int64', [2]);
  const labels = graph.input('labels', 'int64', ['open']);
  const labelWeights = graph.input('labelWeights', 'float32', ['open', 1]);
  const options = graph.input('options', 'int64', ['choices', 'most']);
  const optionMask = graph.input('optionMask', 'float32', ['choices', 'most']);
  const choiceWeights = graph.input('choiceWeights', 'float32', ['choices', 1]);
  const reaches = await attentionReaches(tape, config, weights, settings.maxTokens);
  const parameters = isTrained ? fullParameterShapes(config) : loraParameterShapes(config, settings);
  for (const { name, shape } of parameters) {
    graph.input(name, 'float32', shape);
    if (settings.outputs === 'gradients') tape.parameter(name);
  }

  const embeddings = await table('token_embd.weight');
  let x = embedding(tape, embeddings, tokens, config.embeddingScale);
  for (let index = 0; index < config.layers; index++) {
    const layerWeights = new Map<string, Tensor>();
    for (const name of layerTensors(config).keys()) layerWeights.set(name, await weight(`blk.${index}.${name}`));
    const reach = isLocalLayer(config, index) ? reaches.local : reaches.global;
    const layer = new DecoderLayer(context, {
      index,
      reach,
      targets: isTrained ? [] : layerTargets(settings, index),
      weights: layerWeights,
    });
    x =
      settings.checkpointing === true
        ? tape.checkpoint(x, (input) => architecture.layer(layer, input))
        : architecture.layer(layer, x);
  }

  const hidden = rmsNorm(tape, x, await weight('output_norm.weight'), config.rmsNormEpsilon);
  const matrix = config.tiedHead ? embeddings : await table('output.weight');
  const share = settings.labelSmoothing ?? 0;
  const headName = config.tiedHead ? 'token_embd.weight' : 'output.weight';
  const head = {
    ...{ matrix, vocabulary: config.vocabularySize },
    ...(share > 0 ? { smoothing: { share, meanRow: await meanRow(graph, weights, headName) } } : {}),
  };
  if (settings.outputs === 'logits') {
    graph.output(vocabularyLogits(graph, hidden, head), 'logits', ['labels', config.vocabularySize]);
    return graph;
  }
  const [openRows, choiceRows] = splitRows(tape, hidden, labelSizes);
  let preferences: PreferenceLoss | undefined;
  const open = crossEntropy(tape, openRows, head, labels, (nats) => {
    const imitation = weightedLoss(graph, nats, labelWeights);
    if (settings.preferenceBeta === undefined) return imitation;
    const pairs = {
      signs: graph.input('pairSigns', 'float32', ['pairs', 'open']),
      referenceMargins: graph.input('pairMargins', 'float32', ['pairs', 1]),
      weights: graph.input('pairWeights', 'float32', ['pairs', 1]),
    };
    preferences = preferenceLoss(graph, nats, pairs, settings.preferenceBeta);
    return {
      loss: graph.node('Add', [imitation.loss, preferences.loss]),
      slopes: graph.node('Add', [imitation.slopes, preferences.slopes]),
    };
  });
  const { choiceLoss = 'first' } = settings;
  const lossOfTargets = choiceLoss === 'soft' ? softChoiceCrossEntropy : binaryChoiceCrossEntropy;
  const choices =
    choiceLoss === 'first'
      ? choiceCrossEntropy(tape, choiceRows, head, options, optionMask, choiceWeights)
      : lossOfTargets(tape, choiceRows, head, {
          ...{ options, mask: optionMask, weights: choiceWeights },
          targets: graph.input('optionTargets', 'float32', ['choices', 'most']),
        });
  tape.backward();
  for (const { name, shape } of parameters) graph.output(tape.gradient(name), `gradient:${name}`, shape);
  // Last, so computed first: else the logits would be kept until the backward pass is done.
  graph.output(graph.node('Add', [open.loss, choices.loss]), 'loss', []);
  const correct = graph.node('Concat', [open.correct, choices.correct], { attributes: { axis: 0 } });
  graph.output(correct, 'correct', ['labels']);
  const nats = graph.node('Concat', [open.nats, choices.nats], { attributes: { axis: 0 } });
  graph.output(nats, 'nats', ['labels']);
  graph.output(choices.logits, 'choiceLogits', ['choices', 'most']);
  if (preferences !== undefined) {
    graph.output(preferences.pairLosses, 'pairLosses', ['pairs']);
    graph.output(preferences.margins, 'margins', ['pairs']);
  }
  return graph;
}

/** Masks and rotary tables of the layers that see all tokens, and of those that see only what is near. */
async function attentionReaches(
  tape: Tape,
  config: ModelConfig,
  weights: WeightSource,
  maxTokens: number,
): Promise<{ global: AttentionReach; local: AttentionReach }> {
  const { rotary, headSize, localAttention } = config;
  const { pairs, base, positionDivisor } = rotary;
  const divisors = rotary.ownDivisors ? { divisors: await readVector(weights, 'rope_freqs.weight') } : {};
  const layout = attentionLayout(tape.graph);
  const global: AttentionReach = {
    layout,
    tables: rotaryTables(tape, 'rotary', maxTokens, { headSize, pairs, base, positionDivisor, ...divisors }),
  };
  if (localAttention === null) return { global, local: global };
  const mask = tape.graph.input('localMask', 'float32', ['chunks', 1, 'length', 'keys']);
  const local: AttentionLayout = { ...layout, mask };
  const frequencies = { headSize, pairs, base: localAttention.ropeBase };
  return { global, local: { layout: local, tables: rotaryTables(tape, 'local_rotary', maxTokens, frequencies) } };
}

async function readVector(weights: WeightSource, name: string): Promise<Float32Array> {
  const value = await weights(name);
  if (!('data' in value)) throw new Error(`${name} is quantised`);
  return value.data;
}

/** Sizes of the dropout masks of a graph: one for every group of projections that share an input. */
export function dropoutShape(config: ModelConfig, lora: LoraShape): { width: number; masks: number } {
  const groups = Array.from({ length: config.layers }, (_, layer) => targetGroups(lora, layer)).flat();
  return { width: Math.max(...groups.map((group) => projectionShape(config, group[0]!)[1])), masks: groups.length };
}

/** The mean of a matrix's rows, [1, columns]. */
async function meanRow(graph: Graph, weights: WeightSource, name: string): Promise<Tensor> {
  const value = await weights(name);
  const [rows, columns] = value.shape as [number, number];
  const data = weightValues(value);
  const mean = new Float64Array(columns);
  for (let row = 0; row < rows; row++) for (let i = 0; i < columns; i++) mean[i]! += data[row * columns + i]!;
  const values = Float32Array.from(mean, (sum) => sum / rows);
  return graph.initializer(`${name}.mean`, 'float32', [1, columns], values);
}
