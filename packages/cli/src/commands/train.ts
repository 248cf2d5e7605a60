import { stat } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { type Example, type PromptFormat, splitDataset, type Toolset, TooltuneError } from '@tooltune/sdk';
import { fileSha256, readDataset, readToolset } from '@tooltune/sdk/files';
import type { ResolvedBaseModel } from '@tooltune/sdk/models';
import type {
  CreateAnswerConstraints,
  Hyperparameters,
  TrainedAdapter,
  TrainedIntentAdapter,
  TrainingOptions,
} from '@tooltune/trainer';
import { Command } from 'commander';
import { prepareBaseModel } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { checkEnforceable } from '../enforceable-toolset.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { refuseOptions } from '../refuse-options.js';
import {
  createProgress,
  formatShare,
  printJsonLine,
  printLine,
  printNotice,
  silentProgress,
} from '../terminal/index.js';
import { addTrainOptions, type TrainOptions } from './train-options.js';
import { createTrainingView, formatTrainingSummary, type TrainingView } from './training-view.js';

/** `tooltune train` */
export function trainCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return addTrainOptions(
    new Command('train').description('Fine-tune an adapter on this machine: to call tools, or to name intents.'),
  )
    .addHelpText(
      'after',
      `
Ctrl-C stops after a step and saves a checkpoint; the same command with --resume goes on from there and gives the
same adapter as a run that was never stopped.

Examples:
  tooltune train --tools tools.json --data train.jsonl --base smollm2-135m --out my-adapter
  tooltune train --tools tools.json --data a.jsonl --data b.jsonl --base smollm2-135m --out my-adapter \\
    --validation-fraction 0.05 --epochs 4 --learning-rate 5e-4
  tooltune train --tools tools.json --data train.jsonl --generate 1500 --base smollm2-135m --out my-adapter
  tooltune train … --out my-adapter --resume
  tooltune train --preferences --start my-adapter --tools tools.json --data pairs.jsonl --base smollm2-135m --out better
  tooltune train --intents --data intents.jsonl --base smollm2-135m --out my-classifier
  tooltune train --intents --levels cold,warm,hot --data leads.jsonl --base smollm2-135m --out my-scorer

${exitCodesHelp}`,
    )
    .action(async (options: TrainOptions, command: Command) => settle(await train(context, options, command)));
}

/** What all kinds of adapter are trained with. */
type SharedOptions = Omit<TrainingOptions, 'hyperparameters'>;

type Trained = TrainedAdapter | TrainedIntentAdapter;

/** A training whose rows have been read. */
interface Training {
  start(shared: SharedOptions): Promise<Trained>;
  /** Undefined for intents. */
  toolset?: Toolset;
  validation: readonly Example[];
}

async function train(context: CommandContext, options: TrainOptions, command: Command): Promise<ExitCode> {
  const { terminal, signal } = context;
  const json = options.json ?? false;
  refuseAdapterOptions(options, command);
  const prepare = options.intents ? intentTraining : options.preferences ? preferenceTraining : toolTraining;
  const training = await prepare(options, command);
  const files = [...options.data, ...(options.validation === undefined ? [] : [options.validation])];
  const dataSha256 = await Promise.all(files.map(fileSha256));
  // Without validation rows of their own they are a part of the first file.
  const measured = options.validation === undefined ? 0 : files.length - 1;
  const dataset = { file: files[measured]!, sha256: dataSha256[measured]! };
  const base = await prepareBaseModel(context, options.base, { silent: json, folders: true });

  const task = options.intents ? 'intents' : options.preferences ? 'preferences' : 'tools';
  const view = createTrainingView(terminal, options.out, { silent: json, task });
  let trained: Trained;
  try {
    trained = await training.start({
      base,
      dataSha256,
      output: options.out,
      seed: options.seed,
      resume: options.resume ?? false,
      quantized: options.qlora ?? false,
      checkpointing: options.checkpointing ?? false,
      full: options.full ?? false,
      device: options.device,
      targets: options.targetModules as TrainingOptions['targets'],
      layers: options.layers,
      ...(options.start === undefined ? {} : { start: options.start }),
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
  const exitCode = options.report ? await report(context, options, { trained, training, base, dataset }) : exitCodes.ok;
  if (!json) printLine(terminal, formatTrainingSummary(trained.manifest, view, options));
  return exitCode;
}

/** Measures the adapter, which is complete whatever becomes of its report. */
async function report(
  { terminal, signal }: CommandContext,
  options: TrainOptions,
  {
    trained,
    training,
    base,
    dataset,
  }: { trained: Trained; training: Training; base: ResolvedBaseModel; dataset: { file: string; sha256: string } },
): Promise<ExitCode> {
  const { out, threads } = options;
  const progress = options.json ? silentProgress : createProgress(terminal.notices, 'validation rows');
  try {
    const { writeTrainingReport } = await import('../training-report/index.js');
    const files = await writeTrainingReport({
      ...{ adapter: out, manifest: trained.manifest, toolset: training.toolset, validation: training.validation },
      ...{ basePath: base.path, canServe: (await stat(base.path)).isFile(), signal },
      dataset,
      // Training takes more threads than there are processors, if it is told to.
      threads: threads === undefined ? undefined : Math.min(threads, availableParallelism()),
      onProgress: ({ done, total, right }) =>
        progress.update(done / total, `${done}/${total} rows, right ${formatShare(right / done)}`),
    });
    if (options.json) printJsonLine(terminal, { type: 'report', folder: out, files });
    return exitCodes.ok;
  } catch (error) {
    if (signal.aborted) {
      printNotice(terminal, `interrupted; the adapter is complete, its report was left out: ${out}`);
      return exitCodes.interrupted;
    }
    if (!TooltuneError.isInstance(error)) throw error;
    printNotice(terminal, `the adapter is complete, but its report could not be written: ${error.message}`);
    return exitCodes.ok;
  } finally {
    progress.stop();
  }
}

/** What decides the form of a new adapter is refused where there is none. */
function refuseAdapterOptions({ full, start }: TrainOptions, command: Command): void {
  const ofShape = ['rank', 'alpha', 'rslora', 'dora', 'targetModules', 'layers'];
  if (full)
    refuseOptions(command, ['start', ...ofShape, 'loraPlus', 'dropout', 'qlora'], 'with --full there is no adapter');
  if (start !== undefined) refuseOptions(command, ofShape, 'it is as in the adapter that --start names');
}

async function toolTraining(options: TrainOptions, command: Command): Promise<Training> {
  refuseOptions(command, ['beta', 'rpoAlpha'], 'it belongs to --preferences');
  refuseOptions(command, ['levels'], 'it belongs to --intents');
  const conversations = await conversationOptions(options, command);
  const generated = await generateRows(options, conversations);
  return {
    ...conversations,
    async start(shared) {
      const { trainAdapter } = await import('@tooltune/trainer');
      return trainAdapter({
        ...shared,
        ...conversations,
        training: [...conversations.training, ...generated],
        ...(options.loss === 'choices' ? { constraints: await loadConstraints() } : {}),
      });
    },
  };
}

/** More rows, made from the toolset and the rows to learn from; nothing of them asks what validation asks. */
async function generateRows(
  { generate = 0, seed }: TrainOptions,
  { toolset, training, validation }: { toolset: Toolset; training: readonly Example[]; validation: readonly Example[] },
): Promise<Example[]> {
  if (generate === 0) return [];
  const { generateBeside } = await import('@tooltune/sdk/generate');
  return generateBeside({ toolset, rows: training, count: generate, seed, heldOut: validation });
}

async function preferenceTraining(options: TrainOptions, command: Command): Promise<Training> {
  refuseOptions(command, ['levels'], 'it belongs to --intents');
  const ofAnswers = ['loss', 'generate', 'valueExchange', 'replay', 'labelSmoothing'];
  refuseOptions(command, ofAnswers, 'with --preferences two answers are compared');
  const conversations = await conversationOptions(options, command);
  const { beta, rpoAlpha } = options;
  return {
    ...conversations,
    async start(shared) {
      const { trainPreferenceAdapter } = await import('@tooltune/trainer');
      return trainPreferenceAdapter({
        ...shared,
        ...conversations,
        ...(beta === undefined ? {} : { beta }),
        ...(rpoAlpha === undefined ? {} : { rpoAlpha }),
      });
    },
  };
}

/** What both trainings on conversations are told. */
async function conversationOptions(options: TrainOptions, command: Command) {
  const { tools, forgetting } = options;
  if (tools === undefined) {
    return command.error(
      "error: required option '--tools <file>' not specified (or --intents, to learn to name intents)",
    );
  }
  const toolset = await readToolset(tools);
  await checkEnforceable(tools, toolset);
  return {
    ...{ toolset, forgetting },
    ...(await readRows(options, toolset)),
    promptFormat: promptFormatOf(options),
    hyperparameters: hyperparametersOf(options),
  };
}

/** Only what was given. */
function promptFormatOf({ prompt, system }: TrainOptions): Partial<PromptFormat> {
  return { ...(prompt === undefined ? {} : { tools: prompt }), ...(system === undefined ? {} : { system }) };
}

async function intentTraining(options: TrainOptions, command: Command): Promise<Training> {
  const ofTools = ['prompt', 'loss', 'generate', 'valueExchange', 'replay', 'forgetting', 'beta', 'rpoAlpha'];
  refuseOptions(command, ofTools, 'with --intents no tool is called');
  const { validation, validationFraction: fraction = 0.1, system, seed, levels } = options;
  const rows = (await Promise.all(options.data.map((file) => readDataset(file)))).flat();
  // As the trainer divides them: the report asks the same rows.
  const divided =
    validation === undefined
      ? splitDataset(rows, { seed, fraction })
      : { train: rows, heldOut: await readDataset(validation) };
  return {
    validation: divided.heldOut,
    async start(shared) {
      const { trainIntentAdapter } = await import('@tooltune/trainer');
      return trainIntentAdapter({
        ...shared,
        training: divided.train,
        validation: divided.heldOut,
        ...(system === undefined ? {} : { system }),
        ...(levels === undefined ? {} : { levels }),
        hyperparameters: hyperparametersOf(options),
      });
    },
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
