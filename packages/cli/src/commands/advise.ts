import { mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { type AdviceReport, type Example, type Toolset, TooltuneError } from '@tooltune/sdk';
import { createAdviceReport, renderAdvice } from '@tooltune/sdk/advise';
import { fileSha256, readDataset, readToolset, writeFileAtomic } from '@tooltune/sdk/files';
import { Command } from 'commander';
import { version } from '../../package.json';
import { divideRows, formatAdvice, intentTask, measureAdvice, toolTask } from '../advise/index.js';
import { prepareBaseModel } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { checkEnforceable } from '../enforceable-toolset.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { numberList, positiveNumber, threadCount, wholeNumber } from '../option-parsers.js';
import { quoteArgument } from '../quote-argument.js';
import { checkFolderOf } from '../report-folder.js';
import { formatCount, printJson, printLine, printNotice } from '../terminal/index.js';
import { createAdviceView } from './advise-view.js';

interface AdviseOptions {
  base: string;
  minutes: number;
  heldOut: number;
  examples: number;
  sizes?: number[];
  epochs?: number;
  seed: number;
  threads?: number;
  keep?: string;
  json?: true | string;
  html?: string;
}

/** `tooltune advise` */
export function adviseCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('advise')
    .description(
      'Measure whether fine-tuning is worth it, or prompting or retrieval will do, and what more rows would bring.',
    )
    .argument('<files...>', 'toolset and rows (JSONL); for intents the rows alone')
    .option('--base <model>', 'base model: an id of `tooltune models` or a GGUF file', 'smollm2-135m')
    .option('--minutes <number>', 'time that all may take, about', positiveNumber, 20)
    .option('--held-out <rows>', 'rows to measure on, drawn by the seed; at most a third of all', wholeNumber(1), 100)
    .option('--examples <count>', 'rows that are shown in a prompt, at random or those most alike', wholeNumber(1), 5)
    .option('--sizes <rows>', 'train on so many rows, as 50,100,200 (default: what the time allows)', numberList)
    .option('--epochs <count>', 'epochs of every training (default: 3, up to 10 for few rows)', wholeNumber(1))
    .option('--seed <number>', 'decides everything random', wholeNumber(0), 1)
    .option('--threads <count>', 'processor threads (default: as train and eval)', threadCount)
    .option('--keep <folder>', 'keep the adapters there')
    .option(
      '--json [file]',
      'write the report as JSON into this file; to stdout, without the table, where none is given',
    )
    .option('--html <file>', 'write a report for people: one HTML file')
    .addHelpText(
      'after',
      `
Rows are held out, and each way is asked them: prompting (the tools in the base model's prompt), few-shot (random rows
shown), retrieval (the most similar rows shown), and adapters trained on more and more of the other rows. All are held to the
schemas. The curve of the adapters is carried on to twice and four times the rows, with an interval.

In short: form, narrow schemas and a few classes are learnt; facts that change are looked up and put into the prompt.
Where rows are too few to tell, it says so. The trainings are short: train does as well or better.

Ctrl-C stops, and what was measured until then is told.

Examples:
  tooltune advise tools.json data.jsonl
  tooltune advise tools.json data.jsonl --base smollm2-135m --minutes 60 --html advice.html --json advice.json
  tooltune advise tools.json data.jsonl --sizes 50,100,200,400
  tooltune advise intents.jsonl --minutes 10

${exitCodesHelp}`,
    )
    .action(async (files: string[], options: AdviseOptions, command: Command) =>
      settle(await advise(context, files, options, command)),
    );
}

async function advise(
  context: CommandContext,
  files: string[],
  options: AdviseOptions,
  command: Command,
): Promise<ExitCode> {
  const { terminal, signal } = context;
  const { minutes, seed, threads, sizes, epochs, html, keep } = options;
  const silent = options.json === true;
  for (const file of [options.json, html]) if (typeof file === 'string') await checkFolderOf(file);
  if (keep !== undefined) await refuseFilled(keep);
  const { toolset, data, rows } = await readFiles(files, command);
  const heldOutRows = Math.min(options.heldOut, Math.floor(rows.length / 3));
  const { training, heldOut, nearDuplicates } = divideRows(rows, { seed, heldOut: heldOutRows });
  checkRows({ training, heldOut, sizes }, command);
  const base = await prepareBaseModel(context, options.base, { silent });
  if (!silent) {
    const copies = nearDuplicates === 0 ? '' : `, ${formatCount(nearDuplicates, 'near-duplicate')} of these left out`;
    printNotice(
      terminal,
      `${formatCount(training.length, 'row')} to learn from, ${heldOut.length} to measure on${copies}`,
    );
  }
  const taskOptions = { basePath: base.path, baseId: base.id, training, examples: options.examples, seed, threads };
  const view = silent ? undefined : createAdviceView(terminal.notices);
  const folder = await makeFolder(keep);
  const { approaches, ...measured } = await measureAdvice({
    task: toolset === undefined ? intentTask(taskOptions) : toolTask(toolset, taskOptions),
    ...{ training, heldOut, sizes, epochs, folder, signal, seconds: 60 * minutes },
    onEvent: (event) => view?.show(event),
  }).finally(async () => {
    view?.stop();
    if (keep === undefined) await rm(folder, { recursive: true, force: true });
  });
  if (approaches.length === 0) {
    printNotice(terminal, 'interrupted before anything was measured');
    return exitCodes.interrupted;
  }
  const report = createAdviceReport({
    ...measured,
    ...{ createdBy: `tooltune ${version}`, base: base.id, training, heldOut, seed, minutes, approaches },
    task: toolset === undefined ? 'intents' : 'tools',
    dataset: { file: data, sha256: await fileSha256(data), rows: rows.length },
    tools: toolset?.tools ?? [],
    files: {
      tools: toolset === undefined ? undefined : quoteArgument(files[0]!),
      data: quoteArgument(data),
      base: quoteArgument(options.base),
    },
  });
  await tell(context, report, options);
  return measured.interrupted ? exitCodes.interrupted : exitCodes.ok;
}

async function tell({ terminal }: CommandContext, report: AdviceReport, { json, html }: AdviseOptions): Promise<void> {
  if (json === true) printJson(terminal, report);
  else printLine(terminal, formatAdvice(report));
  if (typeof json === 'string') {
    await writeFileAtomic(json, `${JSON.stringify(report, null, 2)}\n`);
    printNotice(terminal, `report: ${json}`);
  }
  if (html !== undefined) {
    await writeFileAtomic(html, renderAdvice(report, { title: basename(report.dataset.file) }));
    printNotice(terminal, `report for people: ${html}`);
  }
}

/** A toolset and rows of calls, or rows of intents alone. */
async function readFiles(
  files: readonly string[],
  command: Command,
): Promise<{ toolset: Toolset | undefined; data: string; rows: Example[] }> {
  const [first, second, ...others] = files;
  if (others.length > 0) command.error('error: too many files: give a toolset and rows, or rows of intents alone');
  if (second === undefined) {
    const rows = await readDataset(first!);
    if (rows.every(({ kind }) => kind === 'intent')) return { toolset: undefined, data: first!, rows };
    if (rows.every(({ kind }) => kind !== 'conversation')) {
      return command.error('error: advise measures rows of one intent each, {"text", "intent"}, and rows of calls');
    }
    return command.error('error: rows of calls need their toolset: tooltune advise tools.json data.jsonl');
  }
  const toolset = await readToolset(first!);
  await checkEnforceable(first!, toolset);
  const rows = (await readDataset(second, { toolset })).filter(
    (row) => row.kind !== 'conversation' || row.tools === undefined,
  );
  if (rows.every(({ kind }) => kind === 'conversation')) return { toolset, data: second, rows };
  return command.error('error: rows of intents have no tools: tooltune advise intents.jsonl');
}

function checkRows(
  {
    training,
    heldOut,
    sizes = [],
  }: { training: readonly Example[]; heldOut: readonly Example[]; sizes?: number[] | undefined },
  command: Command,
): void {
  if (heldOut.length === 0 || training.length < 2) {
    const message =
      'there are too few rows to hold some out and learn from the others; a dozen is the least, some hundred tell something';
    throw new TooltuneError('advise/too-few-rows', message);
  }
  const tooLarge = sizes.find((size) => size > training.length || size < 1);
  if (tooLarge !== undefined) {
    command.error(`error: --sizes: there are ${training.length} rows to learn from, not ${tooLarge}`);
  }
}

async function makeFolder(keep: string | undefined): Promise<string> {
  if (keep === undefined) return mkdtemp(join(tmpdir(), 'tooltune-advise-'));
  await mkdir(keep, { recursive: true });
  return keep;
}

/** A training would refuse it later, when much has been measured. */
async function refuseFilled(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  if (names.length === 0) return;
  throw new TooltuneError('advise/folder-not-empty', `${folder} is not empty; choose another for --keep`);
}
