import { readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import type { AdapterBundle } from '@tooltune/runtime';
import { type EvaluationReport, type IntentEvaluationReport, TooltuneError } from '@tooltune/sdk';
import { writeFileAtomic } from '@tooltune/sdk/files';
import { Command } from 'commander';
import { prepareBaseOf } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import {
  availableKinds,
  candidateOf,
  evaluateAdapter,
  evaluateIntentAdapter,
  formatComparisons,
  formatEvaluationTable,
  formatFailures,
  formatIntentFailures,
  formatIntentTable,
  formatScenarios,
  type IntentProgress,
} from '../evaluation/index.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { checkFolderOf } from '../report-folder.js';
import { printJson, printLine, printNotice } from '../terminal/index.js';
import {
  addEvalOptions,
  checkIntentOptions,
  checkTogether,
  type EvalOptions,
  fewShotOf,
  remoteOf,
} from './eval-options.js';
import { createEvaluationView } from './evaluation-view.js';

/** `tooltune eval` */
export function evalCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  const command = new Command('eval')
    .description('Measure an adapter on rows it has not seen.')
    .argument('<adapter>', 'folder of the adapter');
  return addEvalOptions(command)
    .addHelpText(
      'after',
      `
An adapter that calls tools is measured beside its base model, each with and without constraint. The base model has the
tools in its prompt; the adapter is asked as it was trained. A row is exact when all its calls, names and arguments are
right: strings without case and surrounding space, numbers by value. Times are medians.

The adapter is compared with each other configuration on the rows that both were asked. --scoring bfcl compares calls by
the rules of the Berkeley Function Calling Leaderboard. More in docs/evaluation.md.

Of an adapter that names intents: accuracy at its threshold, what it abstains from, how far its probabilities can be
trusted, and beside it its base model, which is told the intents in its prompt. Of one that names any number of intents:
exact sets, micro and macro F1. Of one that scores: mean absolute error and weighted kappa. Of these two alone.

Examples:
  tooltune eval my-adapter --data held-out.jsonl
  tooltune eval my-adapter --data held-out.jsonl --html report.html --json report.json --base-limit 300
  tooltune eval my-adapter --data held-out.jsonl --scenarios scenarios.jsonl --few-shot-data train.jsonl
  tooltune eval my-adapter --data held-out.jsonl --remote-url http://localhost:8080/v1 --remote-model qwen3
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
  for (const file of [options.json, options.html]) if (typeof file === 'string') await checkFolderOf(file);
  checkTogether(options, command);
  const { readAdapterBundle } = await import('@tooltune/runtime');
  const bundle = await readAdapterBundle(adapter);
  if (bundle.task === 'intents') checkIntentOptions(options, bundle.manifest.kind, command);
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
  if (options.json === true) printJson(terminal, report);
  else {
    if (measured.failures !== '') printLine(terminal, `${measured.failures}\n`);
    printLine(terminal, measured.table);
  }
  if (typeof options.json === 'string') {
    await writeFileAtomic(options.json, `${JSON.stringify(report, null, 2)}\n`);
    printNotice(terminal, `report: ${options.json}`);
  }
  if (options.html !== undefined) {
    await writeFileAtomic(options.html, await renderHtml(report, adapter, bundle));
    printNotice(terminal, `report for people: ${options.html}`);
  }
  return exitCodes.ok;
}

async function renderHtml(
  report: EvaluationReport | IntentEvaluationReport,
  adapter: string,
  { manifest }: AdapterBundle,
): Promise<string> {
  const { renderEvaluationReport, renderIntentReport } = await import('@tooltune/sdk');
  // An adapter that was imported has no log.
  const runLog = await readFile(join(adapter, 'run.jsonl'), 'utf8').catch(() => undefined);
  const options = { title: basename(resolve(adapter)), manifest, runLog };
  return 'task' in report ? renderIntentReport(report, options) : renderEvaluationReport(report, options);
}

/** A whole model needs none but to be compared with. */
function needsBase({ task, modelPath }: AdapterBundle, { only, base }: EvalOptions): boolean {
  if (modelPath === null || base !== undefined) return true;
  return task === 'tools' && (only === undefined || only.some(({ model }) => model === 'base'));
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
  const { data, limit, baseLimit, maxTokens, alternatives, threads, scoring, refusal, scenarios } = options;
  const [fewShot, remote] = [fewShotOf(options), remoteOf(options)];
  const kinds = options.only ?? availableKinds({ fewShot: fewShot !== undefined, remote: remote !== undefined });
  const view = options.json === true ? undefined : createEvaluationView(terminal.notices);
  const report = await evaluateAdapter({
    ...{ adapter, basePath, data, kinds, limit, baseLimit, maxTokens, alternatives, threads, signal },
    ...{ fewShot, remote, scoring, refusal, scenarios },
    onProgress: view?.show,
  }).finally(() => view?.stop());
  const candidate = candidateOf(report.configurations.map(({ name }) => name));
  const measured = report.configurations.find(({ name }) => name === candidate);
  return {
    report,
    failures: measured === undefined ? '' : formatFailures(measured, options.failures),
    table: [formatEvaluationTable(report), formatComparisons(report), formatScenarios(report)]
      .filter((part) => part !== '')
      .join('\n\n'),
  };
}

async function measureIntents(
  { terminal, signal }: CommandContext,
  adapter: AdapterBundle,
  basePath: string | undefined,
  options: EvalOptions,
): Promise<Measured> {
  const { data, limit, baseLimit, threads, only: kinds } = options;
  const view = options.json === true ? undefined : createEvaluationView(terminal.notices);
  const report = await evaluateIntentAdapter({
    ...{ adapter, basePath, data, kinds, limit, baseLimit, threads, signal },
    fewShot: fewShotOf(options),
    onProgress: ({ configuration, done, total, right }: IntentProgress) =>
      view?.show({ configuration, done, total, exact: right, malformed: 0 }),
  }).finally(() => view?.stop());
  return {
    report,
    failures: formatIntentFailures(report, options.failures),
    table: formatIntentTable(report),
  };
}
