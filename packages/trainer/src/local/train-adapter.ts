import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  type AdapterTraining,
  createModelPrompting,
  createRandom,
  defaultPromptFormat,
  type Example,
  inferGrounding,
  type PromptFormat,
  sha256Hex,
  type ToolAdapterManifest,
  type Toolset,
  TooltuneError,
} from '@tooltune/sdk';
import { adapterFromParameters } from '../adapter/adapter.js';
import { manifestPrompt } from '../adapter/manifest-prompt.js';
import { type BaseModelFile, originalModel } from '../adapter/original-model.js';
import { writeAdapterBundle } from '../adapter/write-bundle.js';
import { createdBy } from '../created-by.js';
import { readForgettingSet, readReplayRows } from '../general-data.js';
import { initialLoraParameters, type LoraShape, resolveLoraShape, setMagnitudes } from '../model/lora-parameters.js';
import type { ModelConfig } from '../model/model-config.js';
import { buildModelGraph, dropoutShape, type ModelGraphOptions, type WeightSource } from '../model/model-graph.js';
import { baseSha256 as hashBase, openBase } from '../model/open-base.js';
import { readModelConfig } from '../model/read-model-config.js';
import { blocksFirst } from './blocks-first.js';
import { loadCheckpoint, newProgress, type RunIdentity, saveCheckpoint, type TrainingProgress } from './checkpoint.js';
import { type CreateAnswerConstraints, LabelConstrainer } from './constrained-labels.js';
import { compareGeneralLoss, createGeneralLoss } from './forgetting.js';
import { createGeneralRenderer } from './general-examples.js';
import { GraphSession } from './graph-session.js';
import { checkHyperparameters, defaultHyperparameters, type Hyperparameters } from './hyperparameters.js';
import { meanLoss } from './mean-loss.js';
import { checkMemory } from './memory-estimate.js';
import { ParameterStore } from './parameter-store.js';
import { PassRunner } from './pass-runner.js';
import { availableMemory, passSize } from './pass-size.js';
import { prepareOutput } from './prepare-output.js';
import { renderExamples } from './render-examples.js';
import { createReplay } from './replay.js';
import { openRunLog, type RunLog } from './run-log.js';
import type { TrainingEvent } from './training-events.js';
import { labelCount, type TrainingExample } from './training-example.js';
import { countSteps, TrainingLoop } from './training-loop.js';
import { createValueExchange } from './value-exchange.js';

export interface TrainAdapterOptions extends Pick<LoraShape, 'targets' | 'layers'> {
  base: BaseModelFile;
  toolset: Toolset;
  /** Rows to learn from. */
  training: readonly Example[];
  /** Rows whose loss is reported after each epoch; never learnt from. */
  validation?: readonly Example[];
  /** General rows to draw from where `hyperparameters.replay` asks for some. Default: those of this package. */
  replayRows?: readonly Example[];
  /** Measures how well general texts and questions are predicted, before training and after. Default true. */
  forgetting?: boolean;
  /** SHA-256 of the data files, for the manifest. */
  dataSha256?: readonly string[];
  /** Folder of the adapter bundle. Must be empty or absent, or hold the checkpoint of the run to resume. */
  output: string;
  promptFormat?: PromptFormat;
  hyperparameters?: Partial<Hyperparameters>;
  /** Decides everything random. Default 1. */
  seed?: number;
  /** Continues the run whose checkpoint is in `output`; starts anew where there is none. */
  resume?: boolean;
  /** Processor threads. The same number gives the same bytes. Default: all cores. */
  threads?: number;
  /** Most tokens computed at once: bounds memory, about 2.5 MB a token for a model of 135M parameters. Default 768. */
  maxTokensPerPass?: number;
  /**
   * Keeps the base's weights in memory as the quantised blocks of its file (QLoRA, Dettmers et al. 2023) rather than
   * expanded to float32: an eighth to a quarter of the memory, the same result but for rounding, and slower. Default false.
   */
  quantized?: boolean;
  /** Computes activations again rather than keeping them: less memory, about a third slower. Default false. */
  checkpointing?: boolean;
  /**
   * What constrains answers in serving. With it the loss is on what is left to decide: a forced token carries none, and
   * where few tokens may come it is over these alone. Without it the loss is on all that the assistant says.
   */
  constraints?: CreateAnswerConstraints;
  /**
   * Bytes of memory that the training may take: one that would take more is refused before it starts. Default: what the
   * system says is free. Infinity: no check.
   */
  availableMemory?: number;
  onEvent?: (event: TrainingEvent) => void;
  /** Stops between steps, after a checkpoint was saved. */
  signal?: AbortSignal;
}

export interface TrainedAdapter {
  folder: string;
  manifest: ToolAdapterManifest & { training: AdapterTraining };
}

const checkpointName = 'checkpoint.safetensors';

/**
 * Fine-tunes a LoRA adapter on this machine and writes its bundle.
 *
 * Loss is taken on what the assistant says, end-of-turn included. Throws `training/output-not-empty`,
 * `training/bad-option`, `training/bad-rows`, `training/too-little-memory`, `training/checkpoint-differs`,
 * `training/diverged`, the errors of the model reader, or the signal's reason.
 */
export async function trainAdapter(options: TrainAdapterOptions): Promise<TrainedAdapter> {
  const started = performance.now();
  const { base, toolset, output, signal } = options;
  let log: RunLog = () => {};
  const onEvent = (event: TrainingEvent) => {
    log(event);
    options.onEvent?.(event);
  };
  const hyperparameters = { ...defaultHyperparameters, ...options.hyperparameters };
  checkHyperparameters(hyperparameters);
  const promptFormat = options.promptFormat ?? defaultPromptFormat;
  const seed = options.seed ?? 1;
  const maxTokensPerPass = options.maxTokensPerPass ?? 768;
  const checkpointPath = join(output, checkpointName);
  const resuming = await prepareOutput(output, checkpointPath, options.resume ?? false);

  const file = await openBase(base.path);
  const config = readModelConfig(file);
  const { tokenizer, chatTemplate, renderer } = createModelPrompting(file.metadata, { format: promptFormat, toolset });
  const grounding = inferGrounding(options.training, toolset);
  const constrainer =
    options.constraints === undefined
      ? undefined
      : new LabelConstrainer(options.constraints({ toolset, tokenizer, grounding }), tokenizer);
  const render = (examples: readonly Example[], maxTokens = config.contextLength) =>
    renderExamples(examples, renderer, maxTokens, constrainer);
  const training = render(options.training);
  const validation = render(options.validation ?? []);
  if (training.length === 0) throw new TooltuneError('training/bad-rows', 'there are no rows to train on');
  const random = createRandom(seed);
  const general = createGeneralRenderer(file.metadata);
  const replayRows = hyperparameters.replay === 0 ? [] : (options.replayRows ?? (await readReplayRows()));
  const replayable = general.conversations(replayRows, config.contextLength);
  const replay = createReplay(hyperparameters.replay, replayable.examples, { learnt: training.length, random });
  const longest = Math.max(...[...training, ...validation, ...replayable.examples].map(({ tokens }) => tokens.length));
  const maxTokens = Math.max(longest, maxTokensPerPass);
  const { alpha, rank, rsLora, dora, dropout, labelSmoothing } = hyperparameters;
  const lora = { ...resolveLoraShape(config, { ...options, rank }), alpha, rsLora, dora };
  const { total: steps } = countSteps(training.length + replay.perEpoch, hyperparameters);
  const threads = options.threads ?? availableParallelism();
  const quantized = options.quantized ?? false;

  checkMemory(
    {
      ...{ config, tensors: file.tensors, lora, quantized, checkpointing: options.checkpointing ?? false, longest },
      ...passSize([...training, ...replayable.examples], {
        longest,
        maxTokensPerPass,
        batchSize: hyperparameters.batchSize,
      }),
    },
    options.availableMemory ?? availableMemory(),
  );

  const prompt = manifestPrompt(promptFormat, { chatTemplate, tokenizer });
  const baseSha256 = await hashBase(base.path);
  const dataSha256 = [...(options.dataSha256 ?? [])];
  const identity: RunIdentity = {
    createdBy,
    base: baseSha256,
    toolset: toolset.fingerprint,
    prompt,
    examples: examplesSha256(training),
    replayRows: examplesSha256(replayable.examples),
    seed,
    // These change how sums are rounded, and so the bytes.
    threads,
    maxTokensPerPass,
    quantized,
    constrained: constrainer !== undefined,
    ...hyperparameters,
    targets: lora.targets,
    layers: lora.layers,
  };

  const exchange = createValueExchange(options.training, grounding);
  const longestTraining = Math.max(...training.map(({ tokens }) => tokens.length));
  const examplesOf = (epoch: number) =>
    exchange.draw(hyperparameters.valueExchange, random.fork(`values-${epoch}`)).map((example, index) => {
      if (example === options.training[index]) return training[index]!;
      const [rendered] = render([example], Number.POSITIVE_INFINITY);
      // What memory and rotary tables were planned for is not exceeded.
      return rendered!.tokens.length <= longestTraining ? rendered! : training[index]!;
    });
  const initial = initialLoraParameters(config, lora, random.fork('lora'));
  await setMagnitudes(initial, file.readTensor);
  const store = new ParameterStore(initial);
  const session = await createSession(
    config,
    quantized ? blocksFirst(file) : file.readTensor,
    {
      ...lora,
      labelSmoothing,
      dropout: dropout > 0,
      maxTokens,
      checkpointing: options.checkpointing ?? false,
    },
    threads,
  );
  const passes = new PassRunner({
    session,
    window: config.localAttention?.window ?? null,
    dropout: dropout > 0 ? { shape: dropoutShape(config, lora), rate: dropout } : null,
  });
  try {
    const loop: TrainingLoop = new TrainingLoop({
      passes,
      store,
      hyperparameters,
      training,
      examplesOf,
      replay,
      validation,
      random,
      maxTokensPerPass,
      onEvent,
      signal,
      saveProgress: async (progress) => {
        await saveCheckpoint(checkpointPath, store, loop.optimizer, progress, identity);
        onEvent({ type: 'checkpoint', file: checkpointPath, step: progress.step });
      },
    });
    const progress: TrainingProgress = resuming
      ? await loadCheckpoint(checkpointPath, store, loop.optimizer, identity)
      : newProgress();
    log = openRunLog(output, resuming ? progress.step : null);
    const firstEpoch = [...training, ...replay.draw(1)];
    onEvent({
      type: 'start',
      examples: training.length,
      ...(replay.perEpoch > 0 ? { replay: { examples: replay.perEpoch, skipped: replayable.skipped } } : {}),
      validationExamples: validation.length,
      tokens: firstEpoch.reduce((sum, { tokens }) => sum + tokens.length, 0),
      labelTokens: firstEpoch.reduce((sum, example) => sum + labelCount(example), 0),
      longestExampleTokens: longest,
      trainableParameters: store.values.length,
      steps,
      resumedSteps: progress.step,
    });
    const measureGeneralLoss =
      options.forgetting === false
        ? null
        : createGeneralLoss(await readForgettingSet(), {
            renderer: general,
            maxTokens: Math.min(config.contextLength, maxTokens),
            meanLoss: (examples, adapter) => meanLoss(examples, adapter, { passes, maxTokensPerPass, signal }),
          });
    const before = await measureGeneralLoss?.(initial);
    const { trainLoss, validation: validated } = await loop.run(progress);
    const after = await measureGeneralLoss?.(store.parameters);
    const forgetting = before && after && compareGeneralLoss(before, after);
    if (forgetting !== undefined) onEvent({ type: 'forgetting', ...forgetting });
    const manifest = await writeAdapterBundle(output, {
      adapter: adapterFromParameters(config, store.parameters, lora),
      config,
      baseModel: originalModel(base, file.metadata),
      toolset,
      manifest: {
        createdBy,
        base: { id: base.id, sha256: baseSha256, architecture: config.architecture },
        prompt,
        training: {
          seed,
          rows: training.length,
          validationRows: validation.length,
          dataSha256,
          epochs: hyperparameters.epochs,
          batchSize: hyperparameters.batchSize,
          learningRate: hyperparameters.learningRate,
          warmupFraction: hyperparameters.warmupFraction,
          weightDecay: hyperparameters.weightDecay,
          maxGradientNorm: hyperparameters.maxGradientNorm,
          valueExchange: hyperparameters.valueExchange,
          replay: hyperparameters.replay,
          loraPlusRatio: hyperparameters.loraPlusRatio,
          dropout,
          labelSmoothing,
          loss: constrainer === undefined ? 'all' : 'choices',
          quantized,
          steps: progress.step,
          trainLoss,
          validationLoss: validated?.loss ?? null,
          ...(forgetting === undefined ? {} : { forgetting }),
        },
        grounding,
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

function examplesSha256(examples: readonly TrainingExample[]): string {
  return sha256Hex(JSON.stringify(examples.map(({ tokens, labelMask }) => [[...tokens], [...labelMask]])));
}

async function createSession(
  config: ModelConfig,
  weights: WeightSource,
  options: Omit<ModelGraphOptions, 'outputs'>,
  threads: number,
): Promise<GraphSession> {
  const graph = await buildModelGraph(config, weights, { ...options, outputs: 'gradients' });
  return GraphSession.create(graph, { threads });
}
