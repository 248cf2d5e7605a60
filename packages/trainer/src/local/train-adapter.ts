import { access, mkdir, readdir, rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  type AdapterManifest,
  createModelPrompting,
  createRandom,
  defaultPromptFormat,
  type Example,
  inferGrounding,
  type PromptFormat,
  sha256Hex,
  type Toolset,
  TooltuneError,
  tokenizerFingerprint,
} from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import { version } from '../../package.json';
import { writeAdapterBundle } from '../adapter/write-bundle.js';
import { openGguf } from '../model/gguf-reader.js';
import { buildLlamaGraph } from '../model/llama.js';
import { type LlamaConfig, readLlamaConfig } from '../model/llama-config.js';
import { initialLoraParameters, projections } from '../model/lora-parameters.js';
import {
  loadCheckpoint,
  partialCheckpoint,
  type RunIdentity,
  saveCheckpoint,
  type TrainingProgress,
} from './checkpoint.js';
import { labelCount } from './example-rows.js';
import { GraphSession } from './graph-session.js';
import { checkHyperparameters, defaultHyperparameters, type Hyperparameters } from './hyperparameters.js';
import { ParameterStore } from './parameter-store.js';
import { renderExamples } from './render-examples.js';
import type { TrainingEvent } from './training-events.js';
import { countSteps, TrainingLoop } from './training-loop.js';
import { createValueExchange } from './value-exchange.js';

export interface TrainAdapterOptions {
  /** The base model: its id (for the manifest) and its GGUF file. */
  base: { id: string; path: string };
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
  onEvent?: (event: TrainingEvent) => void;
  /** Stops between steps, after a checkpoint was saved. */
  signal?: AbortSignal;
}

export interface TrainedAdapter {
  folder: string;
  manifest: AdapterManifest;
}

const checkpointName = 'checkpoint.safetensors';

/**
 * Fine-tunes a LoRA adapter on this machine and writes its bundle.
 *
 * Loss is taken on what the assistant says, end-of-turn included. Throws `training/output-not-empty`,
 * `training/bad-option`, `training/bad-rows`, `training/checkpoint-differs`, `training/diverged`, the errors of the model
 * reader, or the signal's reason.
 */
export async function trainAdapter(options: TrainAdapterOptions): Promise<TrainedAdapter> {
  const started = performance.now();
  const { base, toolset, output, signal, onEvent = () => {} } = options;
  const hyperparameters = { ...defaultHyperparameters, ...options.hyperparameters };
  checkHyperparameters(hyperparameters);
  const promptFormat = options.promptFormat ?? defaultPromptFormat;
  const seed = options.seed ?? 1;
  const maxTokensPerPass = options.maxTokensPerPass ?? 768;
  const checkpointPath = join(output, checkpointName);
  const resuming = await prepareOutput(output, checkpointPath, options.resume ?? false);

  const file = await openGguf(base.path);
  const config = readLlamaConfig(file);
  const { tokenizer, chatTemplate, renderer } = createModelPrompting(file.metadata, { format: promptFormat, toolset });
  const training = renderExamples(options.training, renderer, config.contextLength);
  const validation = renderExamples(options.validation ?? [], renderer, config.contextLength);
  if (training.length === 0) throw new TooltuneError('training/bad-rows', 'there are no rows to train on');
  const longest = Math.max(...[...training, ...validation].map(({ tokens }) => tokens.length));
  const { rank, alpha } = hyperparameters;
  const { total: steps } = countSteps(training.length, hyperparameters);
  const threads = options.threads ?? availableParallelism();

  const prompt = {
    ...promptFormat,
    chatTemplateSha256: sha256Hex(chatTemplate),
    tokenizerSha256: tokenizerFingerprint(tokenizer),
  };
  const baseSha256 = await fileSha256(base.path);
  const dataSha256 = [...(options.dataSha256 ?? [])];
  const identity: RunIdentity = {
    createdBy: createdBy(),
    base: baseSha256,
    toolset: toolset.fingerprint,
    prompt,
    examples: sha256Hex(JSON.stringify(training.map(({ tokens, labelMask }) => [[...tokens], [...labelMask]]))),
    seed,
    // These two change how sums are rounded, and so the bytes.
    threads,
    maxTokensPerPass,
    ...hyperparameters,
  };

  const random = createRandom(seed);
  const grounding = inferGrounding(options.training, toolset);
  const exchange = createValueExchange(options.training, grounding);
  const longestTraining = Math.max(...training.map(({ tokens }) => tokens.length));
  const examplesOf = (epoch: number) =>
    exchange.draw(hyperparameters.valueExchange, random.fork(`values-${epoch}`)).map((example, index) => {
      if (example === options.training[index]) return training[index]!;
      const [rendered] = renderExamples([example], renderer, Number.POSITIVE_INFINITY);
      // What memory and rotary tables were planned for is not exceeded.
      return rendered!.tokens.length <= longestTraining ? rendered! : training[index]!;
    });
  const store = new ParameterStore(initialLoraParameters(config, rank, random.fork('lora')));
  const session = await createSession(
    config,
    file.readTensor,
    { rank, alpha, maxTokens: Math.max(longest, maxTokensPerPass) },
    threads,
  );
  try {
    const loop: TrainingLoop = new TrainingLoop({
      session,
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
      : { step: 0, epochLossSum: 0, epochLabels: 0, lastEpoch: null };
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
      config,
      parameters: store.parameters,
      toolset,
      manifest: {
        createdBy: createdBy(),
        base: { id: base.id, sha256: baseSha256, architecture: 'llama' },
        toolsetFingerprint: toolset.fingerprint,
        prompt,
        lora: { rank, alpha, targets: [...projections] },
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
          steps,
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

function createdBy(): string {
  return `@tooltune/trainer ${version}`;
}

async function createSession(
  config: LlamaConfig,
  readTensor: Parameters<typeof buildLlamaGraph>[1],
  options: { rank: number; alpha: number; maxTokens: number },
  threads: number,
): Promise<GraphSession> {
  const graph = await buildLlamaGraph(config, readTensor, { ...options, outputs: 'gradients' });
  return GraphSession.create(graph, { threads });
}

/** Makes the output folder; true if there is a checkpoint to resume from. */
async function prepareOutput(output: string, checkpointPath: string, resume: boolean): Promise<boolean> {
  await mkdir(output, { recursive: true });
  // What a run leaves that was killed while it wrote its first checkpoint is no obstacle.
  const names = (await readdir(output)).filter((name) => name !== partialCheckpoint(checkpointName));
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
