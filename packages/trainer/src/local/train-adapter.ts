import { access, mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism, freemem } from 'node:os';
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
import { isTemporaryFileOf } from '@tooltune/sdk/files';
import { adapterFromParameters } from '../adapter/adapter.js';
import { manifestPrompt } from '../adapter/manifest-prompt.js';
import { type BaseModelFile, originalModel } from '../adapter/original-model.js';
import { writeAdapterBundle } from '../adapter/write-bundle.js';
import { createdBy } from '../created-by.js';
import type { BaseWeights } from '../model/base-weights.js';
import { initialLoraParameters, type LoraShape, resolveLoraShape, setMagnitudes } from '../model/lora-parameters.js';
import type { ModelConfig } from '../model/model-config.js';
import { buildModelGraph, dropoutShape, type ModelGraphOptions, type WeightSource } from '../model/model-graph.js';
import { baseSha256 as hashBase, openBase } from '../model/open-base.js';
import { readModelConfig } from '../model/read-model-config.js';
import { loadCheckpoint, newProgress, type RunIdentity, saveCheckpoint, type TrainingProgress } from './checkpoint.js';
import { type CreateAnswerConstraints, LabelConstrainer } from './constrained-labels.js';
import { GraphSession } from './graph-session.js';
import { checkHyperparameters, defaultHyperparameters, type Hyperparameters } from './hyperparameters.js';
import { checkMemory } from './memory-estimate.js';
import { ParameterStore } from './parameter-store.js';
import { PassRunner } from './pass-runner.js';
import { renderExamples } from './render-examples.js';
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
 * `training/bad-option`, `training/bad-rows`, `training/too-little-memory`, `training/checkpoint-differs`, `training/diverged`, the errors of the model
 * reader, or the signal's reason.
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
  const longest = Math.max(...[...training, ...validation].map(({ tokens }) => tokens.length));
  const { alpha, rank, rsLora, dora, dropout, labelSmoothing } = hyperparameters;
  const lora = { ...resolveLoraShape(config, { ...options, rank }), alpha, rsLora, dora };
  const { total: steps } = countSteps(training.length, hyperparameters);
  const threads = options.threads ?? availableParallelism();
  const quantized = options.quantized ?? false;

  checkMemory(
    {
      ...{ config, tensors: file.tensors, lora, quantized, checkpointing: options.checkpointing ?? false, longest },
      ...passSize(training, longest, Math.max(longest, maxTokensPerPass), hyperparameters.batchSize),
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
    examples: sha256Hex(JSON.stringify(training.map(({ tokens, labelMask }) => [[...tokens], [...labelMask]]))),
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

  const random = createRandom(seed);
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
      maxTokens: Math.max(longest, maxTokensPerPass),
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
    onEvent({
      type: 'start',
      examples: training.length,
      validationExamples: validation.length,
      tokens: training.reduce((sum, { tokens }) => sum + tokens.length, 0),
      labelTokens: training.reduce((sum, example) => sum + labelCount(example), 0),
      longestExampleTokens: longest,
      trainableParameters: store.values.length,
      steps,
      resumedSteps: progress.step,
    });
    const { trainLoss, validation: validated } = await loop.run(progress);
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
          loraPlusRatio: hyperparameters.loraPlusRatio,
          dropout,
          labelSmoothing,
          loss: constrainer === undefined ? 'all' : 'choices',
          quantized,
          steps: progress.step,
          trainLoss,
          validationLoss: validated?.loss ?? null,
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

async function createSession(
  config: ModelConfig,
  weights: WeightSource,
  options: Omit<ModelGraphOptions, 'outputs'>,
  threads: number,
): Promise<GraphSession> {
  const graph = await buildModelGraph(config, weights, { ...options, outputs: 'gradients' });
  return GraphSession.create(graph, { threads });
}

/** Matrices as the blocks they are stored in, everything else expanded. */
function blocksFirst(base: BaseWeights): WeightSource {
  return async (name) =>
    (base.tensors.get(name)?.shape.length === 2 ? await base.readBlocks(name) : null) ?? base.readTensor(name);
}

/** Makes the output folder; true if there is a checkpoint to resume from. */
async function prepareOutput(output: string, checkpointPath: string, resume: boolean): Promise<boolean> {
  await mkdir(output, { recursive: true });
  // What a run leaves that was killed while it wrote its first checkpoint is no obstacle.
  const all = await readdir(output);
  const left = all.filter((name) => isTemporaryFileOf(checkpointPath, name));
  for (const name of left) await rm(join(output, name));
  const names = all.filter((name) => !left.includes(name));
  const refuse = (message: string): never => {
    throw new TooltuneError('training/output-not-empty', message, { location: { file: output } });
  };
  if (names.includes('manifest.json')) refuse('this folder holds a finished adapter; choose another');
  const hasCheckpoint = await access(checkpointPath).then(
    () => true,
    () => false,
  );
  if (resume && hasCheckpoint) return true;
  if (names.length > 0) {
    if (hasCheckpoint)
      refuse('this folder is not empty; pass --resume to go on with the run that was begun here, or choose another');
    refuse(
      `this folder is not empty${resume ? ', and there is no checkpoint in it to go on from' : ''}; choose another`,
    );
  }
  return false;
}

/** The largest pass: as many rows as fit, and labels among them as in all examples. */
function passSize(training: readonly TrainingExample[], longest: number, most: number, batchSize: number) {
  const rows = Math.min(most, batchSize * longest);
  const labels = training.reduce((sum, example) => sum + labelCount(example), 0);
  const all = training.reduce((sum, { tokens }) => sum + tokens.length, 0);
  return { rows, labelRows: Math.ceil((rows * labels) / all) };
}

/** Newer versions of Node know of limits on the process too. */
function availableMemory(): number {
  const { availableMemory: limited } = process as { availableMemory?: () => number };
  return limited?.call(process) ?? freemem();
}
