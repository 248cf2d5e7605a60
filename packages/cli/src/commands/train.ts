import { defaultPromptFormat, type PromptTools, splitDataset, type Toolset, TooltuneError } from '@tooltune/sdk';
import { fileSha256, readDataset, readToolset } from '@tooltune/sdk/files';
import type {
  CreateAnswerConstraints,
  Hyperparameters,
  TrainAdapterOptions,
  TrainedAdapter,
  TrainedIntentAdapter,
} from '@tooltune/trainer';
import { Command, Option } from 'commander';
import { prepareBaseModel } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { checkEnforceable } from '../enforceable-toolset.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import {
  collect,
  fraction,
  names,
  nonNegativeNumber,
  numberList,
  positiveNumber,
  wholeNumber,
} from '../option-parsers.js';
import { refuseOptions } from '../refuse-options.js';
import { printJsonLine, printLine, printNotice } from '../terminal/index.js';
import { createTrainingView, formatTrainingSummary, type TrainingView } from './training-view.js';

interface TrainOptions extends Partial<Omit<Hyperparameters, 'warmupFraction'>> {
  tools?: string;
  intents?: true;
  data: string[];
  base: string;
  out: string;
  validation?: string;
  validationFraction?: number;
  warmup?: number;
  seed: number;
  threads?: number;
  maxTokensPerPass?: number;
  prompt: PromptTools;
  system?: string;
  loss: 'choices' | 'all';
  loraPlus?: number;
  targetModules?: string[];
  layers?: number[];
  checkpointing?: true;
  memoryCheck: boolean;
  rslora?: true;
  qlora?: true;
  forgetting: boolean;
  resume?: true;
  json?: true;
}

/** `tooltune train` */
export function trainCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return (
    new Command('train')
      .description('Fine-tune an adapter on this machine: to call tools, or to name intents.')
      .option('--tools <file>', 'toolset: JSON Schemas of the tools')
      .addOption(
        new Option('--intents', 'learn to name the intent of a text; rows are {"text", "intent"}').conflicts('tools'),
      )
      .requiredOption('--data <file>', 'rows to learn from, JSONL; may be given several times', collect)
      .requiredOption('--base <model>', 'base model: an id of `tooltune models`, a GGUF file, or a Hugging Face folder')
      .requiredOption('--out <folder>', 'folder of the adapter, empty or new')
      .option('--validation <file>', 'rows whose loss is told after every epoch; never learnt from')
      .addOption(
        new Option('--validation-fraction <share>', 'hold this share of --data out for validation (0; 0.1 for intents)')
          .argParser(fraction)
          .conflicts('validation'),
      )
      // Defaults are those of @tooltune/trainer's defaultHyperparameters; the test of this command compares them.
      .option('--epochs <count>', 'passes over the rows (default: 3)', wholeNumber(1))
      .option('--rank <count>', 'rank of the low-rank updates (default: 16)', wholeNumber(1))
      .option('--alpha <number>', 'updates are scaled by alpha / rank (default: 32)', positiveNumber)
      .option('--learning-rate <number>', 'peak of the cosine schedule (default: 0.002)', positiveNumber)
      .option('--batch-size <count>', 'rows an optimiser step (default: 16)', wholeNumber(1))
      .option('--warmup <share>', 'share of the steps in which the learning rate rises (default: 0.1)', fraction)
      .option('--weight-decay <number>', 'weight decay of AdamW (default: 0)', nonNegativeNumber)
      .option('--max-gradient-norm <number>', 'gradients are scaled down to this norm (default: 1)', positiveNumber)
      .option('--lora-plus <ratio>', 'LoRA+: learning rate of B over that of A (default: 1)', positiveNumber)
      .option('--dropout <share>', "share of the adapters' inputs dropped in training (default: 0)", fraction)
      .option('--label-smoothing <share>', 'share of each target spread over all tokens (default: 0)', fraction)
      .option('--rslora', 'scale updates by alpha / √rank: for high ranks')
      .option('--dora', 'train the lengths of weight rows too (DoRA); to be merged before serving')
      .option(
        '--value-exchange <share>',
        "share of the copied values exchanged for other rows' in every epoch (default: 0.6)",
        fraction,
      )
      .option(
        '--replay <share>',
        "share of every epoch's rows that are general ones, against forgetting (default: 0)",
        fraction,
      )
      .option('--no-forgetting', 'leave out measuring how well general texts are predicted, before and after')
      .option('--seed <number>', 'decides everything random', wholeNumber(0), 1)
      .option('--threads <count>', 'processor threads; part of what decides the bytes (default: all)', wholeNumber(1))
      .option('--max-tokens-per-pass <count>', 'bounds memory, not the result (default: 768)', wholeNumber(1))
      .addOption(
        new Option('--prompt <tools>', 'what of the tools the prompt holds; none: the adapter learns them')
          .choices(['none', 'names', 'full'])
          .default('none'),
      )
      .option(
        '--system <text>',
        'system message where a row has none (default: "You call tools."); with --intents, of all (default: "You name the intent.")',
      )
      .addOption(
        new Option(
          '--loss <on>',
          'choices: on what the constraint of serving leaves to decide; all: on every token of the answers',
        )
          .choices(['choices', 'all'])
          .default('all'),
      )
      .option(
        '--validate-every <steps>',
        'validate so often, beside after each epoch (default: 0, never)',
        wholeNumber(0),
      )
      .option(
        '--patience <count>',
        'stop after so many validations without anything better (default: 0, never)',
        wholeNumber(0),
      )
      .addOption(
        new Option(
          '--keep <which>',
          'the state that becomes the adapter: most validation rows right, smallest loss, or last',
        )
          .choices(['exact', 'loss', 'last'])
          .default('exact'),
      )
      .option(
        '--target-modules <names>',
        'projections that are adapted, separated by commas (default: all seven)',
        names,
      )
      .option('--layers <numbers>', 'layers that are adapted, as 0,1,2 or 10-29 (default: all)', numberList)
      .option('--no-memory-check', 'start even where memory seems too small')
      .option('--checkpointing', 'compute activations again: less memory, slower')
      .option('--qlora', "keep the base's weights quantised in memory: less memory, slower, the same result")
      .option('--resume', 'go on with the run that was stopped in --out')
      .option('--json', 'print one event a line as JSON')
      .addHelpText(
        'after',
        `
Ctrl-C stops after a step and saves a checkpoint; the same command with --resume goes on from there and gives the
same adapter as a run that was never stopped.

Examples:
  tooltune train --tools tools.json --data train.jsonl --base smollm2-135m --out my-adapter
  tooltune train --tools tools.json --data a.jsonl --data b.jsonl --base smollm2-135m --out my-adapter \\
    --validation-fraction 0.05 --epochs 4 --learning-rate 5e-4
  tooltune train … --out my-adapter --resume
  tooltune train --intents --data intents.jsonl --base smollm2-135m --out my-classifier

${exitCodesHelp}`,
      )
      .action(async (options: TrainOptions, command: Command) => settle(await train(context, options, command)))
  );
}

/** What both kinds of adapter are trained with. */
type SharedOptions = Pick<TrainAdapterOptions, 'base' | 'dataSha256' | 'output' | 'seed' | 'resume' | 'quantized'> &
  Pick<
    TrainAdapterOptions,
    'signal' | 'threads' | 'maxTokensPerPass' | 'onEvent' | 'checkpointing' | 'availableMemory' | 'targets' | 'layers'
  >;

/** A training whose rows have been read. */
type Training = (shared: SharedOptions) => Promise<TrainedAdapter | TrainedIntentAdapter>;

async function train(context: CommandContext, options: TrainOptions, command: Command): Promise<ExitCode> {
  const { terminal, signal } = context;
  const json = options.json ?? false;
  const training = options.intents ? await intentTraining(options, command) : await toolTraining(options, command);
  const files = [...options.data, ...(options.validation === undefined ? [] : [options.validation])];
  const dataSha256 = await Promise.all(files.map(fileSha256));
  const base = await prepareBaseModel(context, options.base, { silent: json, folders: true });

  const task = options.intents ? 'intents' : 'tools';
  const view = createTrainingView(terminal, options.out, { silent: json, task });
  let trained: TrainedAdapter | TrainedIntentAdapter;
  try {
    trained = await training({
      base,
      dataSha256,
      output: options.out,
      seed: options.seed,
      resume: options.resume ?? false,
      quantized: options.qlora ?? false,
      checkpointing: options.checkpointing ?? false,
      targets: options.targetModules as TrainAdapterOptions['targets'],
      layers: options.layers,
      ...(options.memoryCheck ? {} : { availableMemory: Number.POSITIVE_INFINITY }),
      signal,
      ...(options.threads === undefined ? {} : { threads: options.threads }),
      ...(options.maxTokensPerPass === undefined ? {} : { maxTokensPerPass: options.maxTokensPerPass }),
      onEvent: (event) => {
        view.show(event);
        if (json) printJsonLine(terminal, event);
      },
    });
  } catch (error) {
    view.stop();
    if (!signal.aborted) throw error;
    return reportInterruption(context, options, view);
  }
  view.stop();
  if (!json) printLine(terminal, formatTrainingSummary(trained.manifest, view, options));
  return exitCodes.ok;
}

async function toolTraining(options: TrainOptions, command: Command): Promise<Training> {
  const { tools } = options;
  if (tools === undefined) {
    return command.error(
      "error: required option '--tools <file>' not specified (or --intents, to learn to name intents)",
    );
  }
  const toolset = await readToolset(tools);
  await checkEnforceable(tools, toolset);
  const rows = await readRows(options, toolset);
  return async (shared) => {
    const { trainAdapter } = await import('@tooltune/trainer');
    return trainAdapter({
      ...shared,
      ...rows,
      toolset,
      promptFormat: {
        ...defaultPromptFormat,
        tools: options.prompt,
        ...(options.system === undefined ? {} : { system: options.system }),
      },
      hyperparameters: hyperparametersOf(options),
      forgetting: options.forgetting,
      ...(options.loss === 'choices' ? { constraints: await loadConstraints() } : {}),
    });
  };
}

async function intentTraining(options: TrainOptions, command: Command): Promise<Training> {
  const ofTools = ['prompt', 'loss', 'valueExchange', 'replay', 'forgetting'];
  refuseOptions(command, ofTools, 'with --intents no tool is called');
  const { validation, validationFraction, system } = options;
  const training = (await Promise.all(options.data.map((file) => readDataset(file)))).flat();
  const held = validation === undefined ? {} : { validation: await readDataset(validation) };
  return async (shared) => {
    const { trainIntentAdapter } = await import('@tooltune/trainer');
    return trainIntentAdapter({
      ...shared,
      ...held,
      training,
      ...(validationFraction === undefined ? {} : { validationFraction }),
      ...(system === undefined ? {} : { system }),
      hyperparameters: hyperparametersOf(options),
    });
  };
}

/** The runtime is loaded only where it is asked. */
async function loadConstraints(): Promise<CreateAnswerConstraints> {
  return (await import('@tooltune/runtime')).createAnswerConstraints;
}

async function readRows(options: TrainOptions, toolset: Toolset) {
  const rows = (await Promise.all(options.data.map((file) => readDataset(file, { toolset })))).flat();
  if (options.validation !== undefined) {
    return { training: rows, validation: await readDataset(options.validation, { toolset }) };
  }
  const { train: training, heldOut: validation } = splitDataset(rows, {
    seed: options.seed,
    fraction: options.validationFraction ?? 0,
  });
  if (training.length === 0) {
    throw new TooltuneError(
      'training/bad-option',
      '--validation-fraction leaves no row to learn from; make it smaller',
    );
  }
  return { training, validation };
}

/** Only what was given: the rest is the trainer's default. */
function hyperparametersOf(options: TrainOptions): Partial<Hyperparameters> {
  const { epochs, rank, alpha, learningRate, batchSize, warmup, weightDecay, maxGradientNorm, valueExchange } = options;
  const { dropout, labelSmoothing } = options;
  const given = {
    ...{ epochs, rank, alpha, learningRate, batchSize, warmupFraction: warmup, weightDecay, maxGradientNorm },
    ...{ valueExchange, replay: options.replay, dropout, labelSmoothing },
    ...{ validateEvery: options.validateEvery, patience: options.patience, keep: options.keep },
    ...{ loraPlusRatio: options.loraPlus, rsLora: options.rslora, dora: options.dora },
  };
  return Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined));
}

function reportInterruption({ terminal }: CommandContext, options: TrainOptions, view: TrainingView): ExitCode {
  const { checkpoint } = view.state;
  printNotice(
    terminal,
    checkpoint === undefined
      ? 'interrupted before the first step; nothing was saved'
      : `interrupted; a checkpoint was saved after step ${checkpoint.step}: ${checkpoint.file}\n` +
          'Run the same command with --resume to go on from there.',
  );
  if (options.json) printJsonLine(terminal, { type: 'interrupted', step: checkpoint?.step ?? 0 });
  return exitCodes.interrupted;
}
