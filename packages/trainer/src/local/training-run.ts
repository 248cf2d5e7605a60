import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  type AdapterForgetting,
  type AdapterManifest,
  type AdapterTraining,
  createRandom,
  type Random,
  TooltuneError,
} from '@tooltune/sdk';
import { originalModel } from '../adapter/original-model.js';
import type { BundleWeights } from '../adapter/write-bundle.js';
import { createdBy } from '../created-by.js';
import { chooseDevice } from '../device/index.js';
import { readForgettingSet } from '../general-data.js';
import type { BaseWeights } from '../model/base-weights.js';
import type { ModelConfig } from '../model/model-config.js';
import { buildModelGraph, dropoutShape, type ModelGraphOptions } from '../model/model-graph.js';
import { baseSha256, openBase } from '../model/open-base.js';
import type { Parameter } from '../model/parameter.js';
import { readModelConfig } from '../model/read-model-config.js';
import { blocksFirst } from './blocks-first.js';
import { loadCheckpoint, newProgress, type RunIdentity, saveCheckpoint } from './checkpoint.js';
import { defaultPassTokens } from './default-pass-tokens.js';
import { compareGeneralLoss, createGeneralLoss } from './forgetting.js';
import type { GeneralRenderer } from './general-examples.js';
import { GraphSession } from './graph-session.js';
import {
  checkHyperparameters,
  defaultFullHyperparameters,
  defaultHyperparameters,
  type Hyperparameters,
} from './hyperparameters.js';
import { meanLoss } from './mean-loss.js';
import { checkMemory } from './memory-estimate.js';
import type { Objective } from './objective.js';
import { ParameterStore } from './parameter-store.js';
import { PassRunner } from './pass-runner.js';
import { availableMemory, passSize } from './pass-size.js';
import { prepareOutput } from './prepare-output.js';
import { openRunLog, type RunLog } from './run-log.js';
import { type StartingPoint, startingPoint } from './starting-point.js';
import { checkFullOptions, trainableAdapter, trainableModel } from './trainable.js';
import type { TrainingEvent } from './training-events.js';
import { examplesSha256, labelCount, type TrainingExample } from './training-example.js';
import { countSteps, TrainingLoop } from './training-loop.js';
import type { TrainingOptions } from './training-options.js';

/** What a training knows before its rows are rendered. */
export interface TrainingContext {
  file: BaseWeights;
  config: ModelConfig;
  hyperparameters: Hyperparameters;
  random: Random;
  seed: number;
  /** What the training goes on from. */
  start: StartingPoint;
}

/** What is particular to a training: what its rows are, how they are learnt, and what becomes of it. */
export interface PreparedTraining<Row, Manifest> {
  /** An epoch's rows, or as many of their size. */
  rows: readonly Row[];
  /** What an epoch learns from, counted from 1: as many, and the same whenever it is asked. */
  rowsOf: (epoch: number) => readonly Row[];
  /** How many of `rows` are the user's own. */
  ownRows: number;
  validation: readonly Row[];
  /** How many rows are held out. Default: those of `validation`. */
  validationRows?: number;
  /** What a row is computed from, in one pass. */
  examplesOf: (row: Row) => readonly TrainingExample[];
  /** Examples that may be computed besides. */
  others: readonly TrainingExample[];
  /** Everything that decides the result, beside what is common to all trainings. */
  identity: RunIdentity;
  /** For the start event. */
  replay?: { examples: number; skipped: number };
  /** Renders general texts, where it is to be measured how well these are predicted, before training and after. */
  general?: GeneralRenderer | undefined;
  graph?: Pick<ModelGraphOptions, 'preferenceBeta' | 'choiceLoss'>;
  /** Called before the first step. */
  objective: (run: RunningTraining) => Promise<Objective<Row>> | Objective<Row>;
  /** Called after the last step; writes the bundle. */
  finish: (run: RunningTraining, result: TrainingResult) => Promise<Manifest>;
}

/** A training whose graph is loaded. */
export interface RunningTraining {
  passes: PassRunner;
  /** As they are before the first step. */
  initial: readonly Parameter[];
  /** As they are now. */
  parameters: readonly Parameter[];
  maxTokensPerPass: number;
  signal: AbortSignal | undefined;
}

/** What a training gave. */
export interface TrainingResult extends BundleWeights {
  createdBy: string;
  base: AdapterManifest['base'];
  /** What all trainings say of themselves. */
  training: AdapterTraining;
}

const checkpointName = 'checkpoint.safetensors';

/**
 * Trains an adapter on this machine: opens the base, checks memory, loads the graph, resumes or begins, runs the loop and
 * leaves no checkpoint behind.
 *
 * Throws `training/output-not-empty`, `training/bad-option`, `training/bad-rows`, `training/bad-start`,
 * `training/too-little-memory`, `training/checkpoint-differs`, `training/diverged`, the errors of the model reader, or the
 * signal's reason.
 * @param prepare renders the rows, and says the rest
 */
export async function runTraining<Row, Manifest>(
  options: TrainingOptions,
  prepare: (context: TrainingContext) => Promise<PreparedTraining<Row, Manifest>>,
): Promise<{ folder: string; manifest: Manifest }> {
  const started = performance.now();
  const { base, output, signal, seed = 1, threads = availableParallelism() } = options;
  const { quantized = false, checkpointing = false, full = false } = options;
  // What cannot be had is refused before anything is read.
  const device = await chooseDevice(options.device ?? 'cpu');
  let log: RunLog = () => {};
  const onEvent = (event: TrainingEvent) => {
    log(event);
    options.onEvent?.(event);
  };
  const defaults = full ? defaultFullHyperparameters : defaultHyperparameters;
  checkHyperparameters({ ...defaults, ...options.hyperparameters });
  if (full) checkFullOptions(options);
  const checkpointPath = join(output, checkpointName);
  const resuming = await prepareOutput(output, checkpointPath, options.resume ?? false);

  const file = await openBase(base.path);
  const config = readModelConfig(file);
  const sha256 = await baseSha256(base.path);
  const start = await startingPoint(options, config, sha256);
  const hyperparameters = { ...defaults, ...options.hyperparameters, ...start.hyperparameters };
  const random = createRandom(seed);
  const prepared = await prepare({ file, config, hyperparameters, random, seed, start });
  const { rows, rowsOf, ownRows, validation, examplesOf, others, graph: graphOptions = {} } = prepared;
  if (rows.length === 0) throw new TooltuneError('training/bad-rows', 'there are no rows to train on');

  const examples = rows.flatMap(examplesOf);
  const validationExamples = validation.flatMap(examplesOf);
  const longest = longestOf([...examples, ...validationExamples, ...others].map((example) => [example]));
  // A row's examples share a pass, however long it gets.
  const largest = longestOf([...[...rows, ...validation].map(examplesOf), ...others.map((other) => [other])]);
  const { dropout, labelSmoothing, batchSize } = hyperparameters;
  const { maxTokensPerPass = defaultPassTokens(examples, batchSize) } = options;
  const maxTokens = Math.max(largest, maxTokensPerPass);
  const lora = { ...start.shape, dora: hyperparameters.dora };
  const { total: steps } = countSteps(rows.length, hyperparameters);
  checkMemory(
    {
      ...{ config, tensors: file.tensors, lora, full, quantized, checkpointing, longest },
      validated: validation.length > 0,
      ...passSize([...examples, ...others], {
        ...{ longest: largest, maxTokensPerPass },
        batchSize: (batchSize * examples.length) / rows.length,
      }),
    },
    options.availableMemory ?? availableMemory(),
  );

  const identity: RunIdentity = {
    createdBy,
    base: sha256,
    start: start.sha256,
    examples: examplesSha256([...examples, ...validationExamples]),
    seed,
    // These change how sums are rounded, and so the bytes.
    threads,
    device,
    maxTokensPerPass,
    quantized,
    full,
    ...hyperparameters,
    targets: lora.targets,
    layers: lora.layers,
    ...prepared.identity,
  };
  const makeTrainable = full ? trainableModel : trainableAdapter;
  const trainable = await makeTrainable({ file, config, hyperparameters, start, random, quantized });
  const { untrained, initial } = trainable;
  const store = new ParameterStore(initial);
  const graph = await buildModelGraph(config, quantized ? blocksFirst(file) : file.readTensor, {
    ...trainable.graph,
    ...graphOptions,
    labelSmoothing,
    dropout: dropout > 0,
    maxTokens,
    checkpointing,
    outputs: 'gradients',
  });
  const session = await GraphSession.create(graph, { threads, device });
  try {
    const passes = new PassRunner({
      session,
      window: config.localAttention?.window ?? null,
      dropout: dropout > 0 ? { shape: dropoutShape(config, lora), rate: dropout } : null,
      preferences: graphOptions.preferenceBeta !== undefined,
    });
    const { parameters } = store;
    const run: RunningTraining = { passes, initial, parameters, maxTokensPerPass, signal };
    const loop: TrainingLoop<Row> = new TrainingLoop<Row>({
      ...{ passes, store, hyperparameters, rows, rowsOf, validation, examplesOf, random, maxTokensPerPass },
      ...{ onEvent, signal },
      objective: await prepared.objective(run),
      saveProgress: async (progress) => {
        await saveCheckpoint(checkpointPath, store, loop.optimizer, progress, identity);
        onEvent({ type: 'checkpoint', file: checkpointPath, step: progress.step });
      },
    });
    const progress = resuming ? await loadCheckpoint(checkpointPath, store, loop.optimizer, identity) : newProgress();
    log = openRunLog(output, resuming ? progress.step : null);
    onEvent({
      type: 'start',
      device,
      examples: ownRows,
      ...(prepared.replay === undefined ? {} : { replay: prepared.replay }),
      validationExamples: validation.length,
      tokens: examples.reduce((sum, { tokens }) => sum + tokens.length, 0),
      labelTokens: examples.reduce((sum, example) => sum + labelCount(example), 0),
      longestExampleTokens: longest,
      trainableParameters: store.values.length,
      steps,
      resumedSteps: progress.step,
    });
    const { general } = prepared;
    const measureGeneralLoss =
      general === undefined
        ? null
        : createGeneralLoss(await readForgettingSet(), {
            renderer: general,
            maxTokens: Math.min(config.contextLength, maxTokens),
            meanLoss: (texts, adapter) => meanLoss(texts, adapter, { passes, maxTokensPerPass, signal }),
          });
    const before = await measureGeneralLoss?.(untrained);
    const { trainLoss, validation: validated } = await loop.run(progress);
    const after = await measureGeneralLoss?.(parameters);
    const forgetting: AdapterForgetting | undefined = before && after && compareGeneralLoss(before, after);
    if (forgetting !== undefined) onEvent({ type: 'forgetting', ...forgetting });
    const manifest = await prepared.finish(run, {
      createdBy,
      base: { id: base.id, sha256, architecture: config.architecture },
      weights: trainable.weights(parameters),
      config,
      baseModel: originalModel(base, file.metadata),
      training: {
        seed,
        rows: ownRows,
        validationRows: prepared.validationRows ?? validation.length,
        dataSha256: [...(options.dataSha256 ?? [])],
        ...(start.sha256 === null ? {} : { start: start.sha256 }),
        epochs: hyperparameters.epochs,
        batchSize,
        learningRate: hyperparameters.learningRate,
        warmupFraction: hyperparameters.warmupFraction,
        weightDecay: hyperparameters.weightDecay,
        maxGradientNorm: hyperparameters.maxGradientNorm,
        loraPlusRatio: hyperparameters.loraPlusRatio,
        dropout,
        labelSmoothing,
        quantized,
        ...(device === 'cpu' ? {} : { device }),
        steps: progress.step,
        trainLoss,
        validationLoss: validated?.loss ?? null,
        ...(forgetting === undefined ? {} : { forgetting }),
      },
    });
    await rm(checkpointPath, { force: true });
    onEvent({
      type: 'finish',
      folder: output,
      seconds: (performance.now() - started) / 1000,
      peakResidentBytes: process.resourceUsage().maxRSS * 1024,
    });
    return { folder: output, manifest };
  } finally {
    await session.release();
  }
}

/** Tokens of the longest group. */
function longestOf(groups: readonly (readonly TrainingExample[])[]): number {
  return groups.reduce(
    (most, group) =>
      Math.max(
        most,
        group.reduce((sum, { tokens }) => sum + tokens.length, 0),
      ),
    0,
  );
}
