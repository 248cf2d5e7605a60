import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import {
  assignLabelTokens,
  calibrateIntents,
  createModelPrompting,
  createRandom,
  defaultIntentSystem,
  type Example,
  type IntentAdapterManifest,
  intentPromptFormat,
  sha256Hex,
  TooltuneError,
} from '@tooltune/sdk';
import { adapterFromParameters } from '../../adapter/adapter.js';
import { manifestPrompt } from '../../adapter/manifest-prompt.js';
import { originalModel } from '../../adapter/original-model.js';
import { writeIntentBundle } from '../../adapter/write-bundle.js';
import { createdBy } from '../../created-by.js';
import { initialLoraParameters, resolveLoraShape, setMagnitudes } from '../../model/lora-parameters.js';
import { buildModelGraph, dropoutShape } from '../../model/model-graph.js';
import { baseSha256 as hashBase, openBase } from '../../model/open-base.js';
import { readModelConfig } from '../../model/read-model-config.js';
import { blocksFirst } from '../blocks-first.js';
import { loadCheckpoint, newProgress, type RunIdentity, saveCheckpoint } from '../checkpoint.js';
import { GraphSession } from '../graph-session.js';
import { checkHyperparameters, defaultHyperparameters, type Hyperparameters } from '../hyperparameters.js';
import { checkMemory } from '../memory-estimate.js';
import { ParameterStore } from '../parameter-store.js';
import { PassRunner } from '../pass-runner.js';
import { availableMemory, passSize } from '../pass-size.js';
import { prepareOutput } from '../prepare-output.js';
import { openRunLog, type RunLog } from '../run-log.js';
import type { TrainAdapterOptions } from '../train-adapter.js';
import type { TrainingEvent } from '../training-events.js';
import { countSteps, TrainingLoop } from '../training-loop.js';
import { divideRows } from './divide-rows.js';
import { IntentRenderer, intentsOf } from './intent-examples.js';
import { labelLogits } from './label-logits.js';

/** As trainAdapter has them, but for what has to do with tools. */
export interface TrainIntentAdapterOptions
  extends Omit<TrainAdapterOptions, 'toolset' | 'validation' | 'promptFormat' | 'constraints' | 'hyperparameters'> {
  /**
   * Rows whose loss and accuracy are told after each epoch, and that temperature and threshold are fitted to; never
   * learnt from. Rows out of scope may be among them even where none is learnt from. Default: a share of `training`.
   */
  validation?: readonly Example[];
  /** Share of `training` that is held out, drawn by the seed, where no `validation` is given. Default 0.1. */
  validationFraction?: number;
  /** System message of every prompt; null for what the chat template writes by itself. Default "You name the intent." */
  system?: string | null;
  hyperparameters?: Partial<Omit<Hyperparameters, 'valueExchange'>>;
}

export interface TrainedIntentAdapter {
  folder: string;
  manifest: IntentAdapterManifest;
}

const checkpointName = 'checkpoint.safetensors';

/**
 * Fine-tunes a LoRA adapter that names the intent of a text, and writes its bundle. Each label is answered by one token of
 * its own, and the loss is the cross-entropy over these tokens, at the place where the answer begins: to classify takes one
 * evaluation of the prompt. Rows out of scope have a label of their own, where there are such rows to learn from.
 *
 * Throws `intents/too-few-labels`, `intents/too-many-labels`, and what trainAdapter throws.
 */
export async function trainIntentAdapter(options: TrainIntentAdapterOptions): Promise<TrainedIntentAdapter> {
  const started = performance.now();
  const { base, output, signal, system = defaultIntentSystem } = options;
  let log: RunLog = () => {};
  const onEvent = (event: TrainingEvent) => {
    log(event);
    options.onEvent?.(event);
  };
  const hyperparameters: Hyperparameters = { ...defaultHyperparameters, ...options.hyperparameters, valueExchange: 0 };
  checkHyperparameters(hyperparameters);
  const { seed = 1, threads = availableParallelism(), maxTokensPerPass = 768, quantized = false } = options;
  const rows = divideRows(options.training, {
    ...{ validation: options.validation, fraction: options.validationFraction ?? 0.1, seed },
  });
  const checkpointPath = join(output, checkpointName);
  const resuming = await prepareOutput(output, checkpointPath, options.resume ?? false);

  const file = await openBase(base.path);
  const config = readModelConfig(file);
  const { tokenizer, chatTemplate, renderer } = createModelPrompting(file.metadata, {
    format: intentPromptFormat(system),
    toolset: { tools: [] },
  });
  const labels = assignLabelTokens(intentsOf(rows.training), tokenizer);
  if (labels.length < 2) {
    throw new TooltuneError('intents/too-few-labels', 'the rows to learn from do not have two different intents');
  }
  const hasLabel = ({ intent }: { intent: string | null }) =>
    intent !== null || labels.some((label) => label.intent === null);
  const examples = new IntentRenderer({ renderer, labels, maxTokens: config.contextLength });
  const training = examples.render(rows.training);
  const labelled = rows.validation.filter(hasLabel);
  const outside = rows.validation.filter((row) => !hasLabel(row));
  const validation = examples.render(labelled);
  const unlabelled = examples.renderUnlabelled(outside);
  const longest = Math.max(...[...training, ...validation, ...unlabelled].map(({ tokens }) => tokens.length));

  const { alpha, rank, rsLora, dora, dropout, labelSmoothing } = hyperparameters;
  const lora = { ...resolveLoraShape(config, { ...options, rank }), alpha, rsLora, dora };
  const { total: steps } = countSteps(training.length, hyperparameters);
  const checkpointing = options.checkpointing ?? false;
  checkMemory(
    {
      ...{ config, tensors: file.tensors, lora, quantized, checkpointing, longest },
      ...passSize(training, { longest, maxTokensPerPass, batchSize: hyperparameters.batchSize }),
    },
    options.availableMemory ?? availableMemory(),
  );
  const prompt = manifestPrompt({ system }, { chatTemplate, tokenizer });
  const baseSha256 = await hashBase(base.path);
  const identity: RunIdentity = {
    createdBy,
    task: 'intents',
    base: baseSha256,
    prompt,
    labels,
    examples: sha256Hex(JSON.stringify([training, validation].map((list) => list.map(({ tokens }) => [...tokens])))),
    seed,
    // These change how sums are rounded, and so the bytes.
    threads,
    maxTokensPerPass,
    quantized,
    ...hyperparameters,
    targets: lora.targets,
    layers: lora.layers,
  };

  const random = createRandom(seed);
  const initial = initialLoraParameters(config, lora, random.fork('lora'));
  await setMagnitudes(initial, file.readTensor);
  const store = new ParameterStore(initial);
  const graph = await buildModelGraph(config, quantized ? blocksFirst(file) : file.readTensor, {
    ...lora,
    labelSmoothing,
    dropout: dropout > 0,
    maxTokens: Math.max(longest, maxTokensPerPass),
    checkpointing,
    outputs: 'gradients',
  });
  const session = await GraphSession.create(graph, { threads });
  const passes = new PassRunner({
    session,
    window: config.localAttention?.window ?? null,
    dropout: dropout > 0 ? { shape: dropoutShape(config, lora), rate: dropout } : null,
  });
  try {
    const loop: TrainingLoop = new TrainingLoop({
      ...{ passes, store, hyperparameters, training, validation, random, maxTokensPerPass, onEvent, signal },
      examplesOf: () => training,
      saveProgress: async (progress) => {
        await saveCheckpoint(checkpointPath, store, loop.optimizer, progress, identity);
        onEvent({ type: 'checkpoint', file: checkpointPath, step: progress.step });
      },
    });
    const progress = resuming ? await loadCheckpoint(checkpointPath, store, loop.optimizer, identity) : newProgress();
    log = openRunLog(output, resuming ? progress.step : null);
    onEvent({
      type: 'start',
      examples: training.length,
      validationExamples: validation.length,
      tokens: training.reduce((sum, { tokens }) => sum + tokens.length, 0),
      labelTokens: training.length,
      longestExampleTokens: longest,
      trainableParameters: store.values.length,
      steps,
      resumedSteps: progress.step,
    });
    const { trainLoss, validation: validated } = await loop.run(progress);
    const logits = await labelLogits([...validation, ...unlabelled], {
      ...{ passes, parameters: store.parameters, labels, maxTokensPerPass, signal },
    });
    const scored = [...labelled, ...outside].map(({ intent }, index) => ({ intent, logits: logits[index]! }));
    const manifest = await writeIntentBundle(output, {
      adapter: adapterFromParameters(config, store.parameters, lora),
      config,
      baseModel: originalModel(base, file.metadata),
      manifest: {
        createdBy,
        task: 'intents',
        base: { id: base.id, sha256: baseSha256, architecture: config.architecture },
        prompt,
        labels,
        calibration: calibrateIntents(labels, scored),
        training: {
          seed,
          rows: training.length,
          validationRows: rows.validation.length,
          dataSha256: [...(options.dataSha256 ?? [])],
          epochs: hyperparameters.epochs,
          batchSize: hyperparameters.batchSize,
          learningRate: hyperparameters.learningRate,
          warmupFraction: hyperparameters.warmupFraction,
          weightDecay: hyperparameters.weightDecay,
          maxGradientNorm: hyperparameters.maxGradientNorm,
          loraPlusRatio: hyperparameters.loraPlusRatio,
          dropout,
          labelSmoothing,
          loss: 'choices',
          quantized,
          steps: progress.step,
          trainLoss,
          validationLoss: validated?.loss ?? null,
        },
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
