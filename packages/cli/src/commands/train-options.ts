import type { PromptTools } from '@tooltune/sdk';
import type { Device, Hyperparameters } from '@tooltune/trainer';
import { type Command, Option } from 'commander';
import {
  collect,
  fraction,
  names,
  nonNegativeNumber,
  numberList,
  positiveNumber,
  wholeNumber,
} from '../option-parsers.js';

/** What `tooltune train` may be told. */
export interface TrainOptions extends Partial<Omit<Hyperparameters, 'warmupFraction'>> {
  tools?: string;
  intents?: true;
  levels?: string[];
  preferences?: true;
  start?: string;
  full?: true;
  beta?: number;
  rpoAlpha?: number;
  data: string[];
  base: string;
  out: string;
  validation?: string;
  validationFraction?: number;
  generate?: number;
  warmup?: number;
  seed: number;
  threads?: number;
  device: Device;
  maxTokensPerPass?: number;
  prompt?: PromptTools;
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
  report: boolean;
  resume?: true;
  json?: true;
}

/** Declares them. */
export function addTrainOptions(command: Command): Command {
  return (
    command
      .option('--tools <file>', 'toolset: JSON Schemas of the tools')
      .addOption(
        new Option(
          '--intents',
          'learn to name the intent of a text, {"text", "intent"}; all of its intents, {"text", "intents"}; or its score, {"text", "score"}',
        ).conflicts('tools'),
      )
      .option(
        '--levels <names>',
        'with --intents, of scores: the levels from the lowest to the highest, separated by commas (default: the numbers in the rows)',
        names,
      )
      .addOption(
        new Option(
          '--preferences',
          'learn from pairs of a better and a worse answer (DPO); rows have "rejected"',
        ).conflicts('intents'),
      )
      .option('--start <adapter>', 'go on from this adapter of the same base; it keeps its rank, alpha and projections')
      .option('--full', 'train all weights, and no adapter: for small models; the bundle holds the whole model')
      .requiredOption('--data <file>', 'rows to learn from, JSONL; may be given several times', collect)
      .requiredOption('--base <model>', 'base model: an id of `tooltune models`, a GGUF file, or a Hugging Face folder')
      .requiredOption('--out <folder>', 'folder of the adapter, empty or new')
      .option('--validation <file>', 'rows whose loss is told after every epoch; never learnt from')
      .addOption(
        new Option('--validation-fraction <share>', 'hold this share of --data out for validation (0; 0.1 for intents)')
          .argParser(fraction)
          .conflicts('validation'),
      )
      .option(
        '--generate <count>',
        'make so many more rows from the schemas and the rows, to be learnt beside them (default: 0)',
        wholeNumber(0),
      )
      // Defaults are those of @tooltune/trainer's defaultHyperparameters; the test of this command compares them.
      .option('--epochs <count>', 'passes over the rows (default: 3; 1 with --preferences)', wholeNumber(1))
      .option('--rank <count>', 'rank of the low-rank updates (default: 16)', wholeNumber(1))
      .option('--alpha <number>', 'updates are scaled by alpha / rank (default: 32)', positiveNumber)
      .option(
        '--learning-rate <number>',
        'peak of the cosine schedule (default: 0.002; 0.001 with --intents; 0.0001 with --preferences or --full)',
        positiveNumber,
      )
      .option('--batch-size <count>', 'rows an optimiser step (default: 16; 8 with --preferences)', wholeNumber(1))
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
        "share of every epoch's rows that are general ones, against forgetting (default: 0.1)",
        fraction,
      )
      .option('--no-forgetting', 'leave out measuring how well general texts are predicted, before and after')
      .option(
        '--beta <number>',
        'with --preferences: the smaller, the further from where it started (default: 0.1)',
        positiveNumber,
      )
      .option(
        '--rpo-alpha <number>',
        "with --preferences: weight of the better answers' own loss (default: 0.2)",
        nonNegativeNumber,
      )
      .option('--seed <number>', 'decides everything random', wholeNumber(0), 1)
      .option('--threads <count>', 'processor threads; part of what decides the bytes (default: all)', wholeNumber(1))
      .addOption(
        new Option('--device <device>', 'where to compute; auto: the best that works here')
          .choices(['auto', 'cpu', 'webgpu', 'cuda'])
          .default('cpu'),
      )
      .option(
        '--max-tokens-per-pass <count>',
        'bounds memory, not the result (default: 768, or 640 beside what prompts share)',
        wholeNumber(1),
      )
      .addOption(
        new Option(
          '--prompt <tools>',
          "what of the tools the prompt holds; none: the adapter learns them (default: none, or the --start adapter's)",
        ).choices(['none', 'names', 'full']),
      )
      .option(
        '--system <text>',
        'system message where a row has none (default: "You call tools."); with --intents, of all (default: "You name the intent."), of scores (default: "You score the text.")',
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
      .option(
        '--qlora',
        "keep the base's weights quantised in memory, as the GGUF file has them or as NF4: less memory, slower",
      )
      .option('--no-report', 'leave out report.html, report.json and types.d.ts in the folder of the adapter')
      .option('--resume', 'go on with the run that was stopped in --out')
      .option('--json', 'print one event a line as JSON')
  );
}
