import { access, constants } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { AdapterBundle } from '@tooltune/runtime';
import {
  type EvaluationReport,
  type IntentEvaluationProgress,
  type IntentEvaluationReport,
  TooltuneError,
} from '@tooltune/sdk';
import { writeFileAtomic } from '@tooltune/sdk/files';
import { Command } from 'commander';
import { prepareBaseOf } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import {
  type ConfigurationKind,
  type ConfigurationProgress,
  evaluateAdapter,
  evaluateIntentAdapter,
  formatEvaluationTable,
  formatFailures,
  formatIntentFailures,
  formatIntentTable,
  parseConfigurations,
} from '../evaluation/index.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { threadCount, wholeNumber } from '../option-parsers.js';
import { refuseOptions } from '../refuse-options.js';
import {
  createProgress,
  formatSeconds,
  formatShare,
  type Output,
  type Progress,
  printJson,
  printLine,
  printNotice,
} from '../terminal/index.js';

interface EvalOptions {
  data: string;
  base?: string;
  only?: readonly ConfigurationKind[];
  limit?: number;
  baseLimit: number;
  maxTokens: number;
  failures: number;
  alternatives?: number;
  threads?: number;
  json?: true | string;
}

/** `tooltune eval` */
export function evalCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('eval')
    .description('Measure an adapter on rows it has not seen.')
    .argument('<adapter>', 'folder of the adapter')
    .requiredOption('--data <file>', 'held-out rows, JSONL')
    .option(
      '--json [file]',
      'write the report as JSON into this file; to stdout, without the table, where none is given',
    )
    .option(
      '--only <names>',
      'measure only these, separated by commas: base, base+constraint, adapter, adapter+constraint',
      // No default here: commander would hand it over as the earlier value.
      parseConfigurations,
    )
    .option('--limit <rows>', 'measure on so many rows, spread evenly over the file', wholeNumber(1))
    .option(
      '--base-limit <rows>',
      'the same for the base configurations, which are slow: they read every tool',
      wholeNumber(1),
      50,
    )
    .option('--failures <count>', 'show so many wrong rows of the last configuration', wholeNumber(0), 5)
    .option('--max-tokens <count>', 'most tokens of an answer', wholeNumber(1), 256)
    .option(
      '--alternatives <count>',
      'answers to try beside the greedy one, in search of the likeliest (default: 8 for the adapter)',
      wholeNumber(0),
    )
    .option('--base <model>', 'base model, id or GGUF file (default: the one the adapter names)')
    .option('--threads <count>', 'processor threads (default: physical cores)', threadCount)
    .addHelpText(
      'after',
      `
An adapter that calls tools is measured beside its base model, each with and without constraint. The base model has the
tools in its prompt; the adapter is asked as it was trained. A row is exact when all its calls, names and arguments are
right: strings without case and surrounding space, numbers by value. Times are medians.

Of an adapter that names intents: accuracy at its threshold, what it abstains from, and how far its probabilities can be
trusted.

Examples:
  tooltune eval my-adapter --data held-out.jsonl
  tooltune eval my-adapter --data held-out.jsonl --json report.json --base-limit 300
  tooltune eval my-adapter --data held-out.jsonl --only adapter+constraint --failures 20

${exitCodesHelp}`,
    )
    .action(async (adapter: string, options: EvalOptions, command: Command) =>
      settle(await evaluate(context, adapter, options, command)),
    );
}

async function evaluate(
  context: CommandContext,
  adapter: string,
  options: EvalOptions,
  command: Command,
): Promise<ExitCode> {
  const { terminal } = context;
  if (typeof options.json === 'string') await checkFolderOf(options.json);
  const { readAdapterBundle } = await import('@tooltune/runtime');
  const bundle = await readAdapterBundle(adapter);
  if (bundle.task === 'intents')
    refuseOptions(command, ['only', 'baseLimit', 'maxTokens', 'alternatives'], 'this adapter names intents');
  const silent = options.json === true;
  const path = needsBase(bundle, options)
    ? (await prepareBaseOf(context, adapter, bundle.manifest, { base: options.base, silent }).catch(adviseOn(bundle)))
        .path
    : undefined;
  const measured =
    bundle.task === 'intents'
      ? await measureIntents(context, bundle, path, options)
      : await measureCalls(context, bundle, path, options);
  const { report } = measured;
  if (options.json === true) {
    printJson(terminal, report);
    return exitCodes.ok;
  }
  if (measured.failures !== '') printLine(terminal, `${measured.failures}\n`);
  printLine(terminal, measured.table);
  if (options.json !== undefined) {
    await writeFileAtomic(options.json, `${JSON.stringify(report, null, 2)}\n`);
    printNotice(terminal, `report: ${options.json}`);
  }
  return exitCodes.ok;
}

/** A whole model needs none but to be compared with. */
function needsBase({ task, modelPath }: AdapterBundle, { only, base }: EvalOptions): boolean {
  if (modelPath === null || base !== undefined) return true;
  return task === 'tools' && (only === undefined || only.some((kind) => !kind.adapter));
}

/** A whole model can be measured where its base cannot be had. */
function adviseOn({ modelPath }: AdapterBundle): (error: unknown) => never {
  return (error) => {
    if (modelPath === null || !TooltuneError.isInstance(error)) throw error;
    const message = `${error.message}; or measure the whole model alone, with --only adapter,adapter+constraint`;
    throw new TooltuneError(error.code, message, { cause: error });
  };
}

/** A report, and how it looks on a terminal. */
interface Measured {
  report: EvaluationReport | IntentEvaluationReport;
  failures: string;
  table: string;
}

async function measureCalls(
  { terminal, signal }: CommandContext,
  adapter: AdapterBundle,
  basePath: string | undefined,
  options: EvalOptions,
): Promise<Measured> {
  const { data, only: kinds, limit, baseLimit, maxTokens, alternatives, threads } = options;
  const view = options.json === true ? undefined : createEvaluationView(terminal.notices);
  const report = await evaluateAdapter({
    ...{ adapter, basePath, data, kinds, limit, baseLimit, maxTokens, alternatives, threads, signal },
    onProgress: view?.show,
  }).finally(() => view?.stop());
  const last = report.configurations.at(-1);
  return {
    report,
    failures: last === undefined ? '' : formatFailures(last, options.failures),
    table: formatEvaluationTable(report),
  };
}

async function measureIntents(
  { terminal, signal }: CommandContext,
  adapter: AdapterBundle,
  basePath: string | undefined,
  options: EvalOptions,
): Promise<Measured> {
  const { data, limit, threads } = options;
  const view = options.json === true ? undefined : createEvaluationView(terminal.notices);
  const report = await evaluateIntentAdapter({
    ...{ adapter, basePath, data, limit, threads, signal },
    onProgress: ({ done, total, right }: IntentEvaluationProgress) =>
      view?.show({ configuration: 'intents', done, total, exact: right, malformed: 0 }),
  }).finally(() => view?.stop());
  return {
    report,
    failures: formatIntentFailures(report, options.failures),
    table: formatIntentTable(report),
  };
}

/** What takes minutes to measure must not be lost because there is no folder for it. */
async function checkFolderOf(path: string): Promise<void> {
  const folder = dirname(path);
  try {
    await access(folder, constants.W_OK);
  } catch (cause) {
    const message = `${path}: the report cannot be written there; make the folder ${folder} first, or choose another`;
    throw new TooltuneError('eval/report-folder', message, { cause });
  }
}

/** A bar for each configuration, one after another. */
function createEvaluationView(output: Output): { show(progress: ConfigurationProgress): void; stop(): void } {
  let current: { configuration: string; progress: Progress; started: number } | undefined;
  return {
    show({ configuration, done, total, exact }) {
      if (current?.configuration !== configuration) {
        current?.progress.stop();
        // The first row is done already: its time is not known.
        current = { configuration, progress: createProgress(output, configuration), started: performance.now() };
      }
      const secondsARow = done === 1 ? Number.NaN : (performance.now() - current.started) / 1000 / (done - 1);
      const left = formatSeconds(secondsARow * (total - done));
      current.progress.update(done / total, `${done}/${total} rows, exact ${formatShare(exact / done)}, ${left} left`);
    },
    stop: () => current?.progress.stop(),
  };
}
