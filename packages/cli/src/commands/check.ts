import {
  type DatasetSummary,
  datasetSummary,
  type Example,
  formatLocation,
  type Problem,
  SchemaError,
  type Toolset,
  TooltuneError,
} from '@tooltune/sdk';
import { readDataset, readToolset } from '@tooltune/sdk/files';
import { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { checkEnforceable, checkedKeywords } from '../enforceable-toolset.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { collect } from '../option-parsers.js';
import { formatCount, formatTable, printJson, printLine, type Terminal } from '../terminal/index.js';

interface CheckOptions {
  tools?: string;
  data?: string[];
  json?: true;
}

/** A problem as `--json` tells it. */
interface ReportedProblem {
  code: string;
  file: string;
  line?: number;
  pointer?: string;
  message: string;
}

/** `tooltune check` */
export function checkCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('check')
    .description('Check a toolset and datasets, and tell what they hold.')
    .option('--tools <file>', 'toolset: JSON Schemas of the tools; needed but for rows of {"text", "intent"}')
    .option('--data <file>', 'dataset, JSONL; may be given several times', collect)
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Every problem is told with its file, line and JSON pointer.

Examples:
  tooltune check --tools tools.json
  tooltune check --tools tools.json --data train.jsonl --data held-out.jsonl
  tooltune check --data intents.jsonl

${exitCodesHelp}`,
    )
    .action(async (options: CheckOptions, command: Command) => settle(await check(context, options, command)));
}

async function check({ terminal }: CommandContext, options: CheckOptions, command: Command): Promise<ExitCode> {
  const { tools } = options;
  if (tools === undefined && options.data === undefined) {
    command.error("error: required option '--tools <file>' not specified (or --data, for rows of intents)");
  }
  const problems: ReportedProblem[] = [];
  const toolset = tools === undefined ? undefined : await collectProblems(() => readToolset(tools), problems);
  if (tools !== undefined && toolset !== undefined) {
    await collectProblems(() => checkEnforceable(tools, toolset), problems);
  }
  const datasets: { file: string; examples: Example[] }[] = [];
  for (const file of options.data ?? []) {
    // Without a toolset its rows are still read, to tell what else is wrong.
    const examples = await collectProblems(() => readDataset(file, toolset === undefined ? {} : { toolset }), problems);
    if (examples === undefined) continue;
    datasets.push({ file, examples });
    const conversation = examples.find(({ kind }) => kind === 'conversation');
    if (tools === undefined && conversation !== undefined) {
      const message = 'a conversation: give the tools that it may call with --tools, to have calls checked';
      problems.push({ code: 'check/no-tools', ...conversation.location, message });
    }
  }
  const summary =
    datasets.length === 0
      ? undefined
      : datasetSummary(
          datasets.flatMap(({ examples }) => examples),
          toolset === undefined ? {} : { toolset },
        );

  const notes = tools === undefined || toolset === undefined ? [] : await checkedKeywords(tools, toolset);

  if (options.json) {
    printJson(terminal, {
      ok: problems.length === 0,
      ...(toolset === undefined
        ? {}
        : { toolset: { fingerprint: toolset.fingerprint, tools: toolset.tools.map(({ name }) => name) } }),
      ...(summary === undefined
        ? {}
        : { data: datasets.map(({ file, examples }) => ({ file, rows: examples.length })), summary }),
      notes: notes.map(({ location, message }) => ({ ...location, message })),
      problems,
    });
  } else {
    if (tools !== undefined && toolset !== undefined) printToolset(terminal, tools, toolset);
    for (const { file, examples } of datasets) printLine(terminal, `${file}: ${formatCount(examples.length, 'row')}`);
    if (summary !== undefined) printSummary(terminal, summary);
    for (const { location, message } of notes) printLine(terminal, `note: ${formatLocation(location)}: ${message}`);
    printProblems(terminal, problems);
  }
  return problems.length === 0 ? exitCodes.ok : exitCodes.failed;
}

/** What `read` gives, or undefined with its problems added to the list. Other errors pass. */
async function collectProblems<T>(read: () => Promise<T>, problems: ReportedProblem[]): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (!TooltuneError.isInstance(error)) throw error;
    const { code, location, message } = error;
    const found: Problem[] =
      error instanceof SchemaError ? [...error.problems] : [{ location: location ?? { file: '' }, message }];
    for (const problem of found) {
      const place = formatLocation(problem.location);
      // An error's own message begins with its place; a problem's does not.
      const text = problem.message.startsWith(`${place}: `) ? problem.message.slice(place.length + 2) : problem.message;
      problems.push({ code, ...problem.location, message: text });
    }
    return undefined;
  }
}

function printToolset(terminal: Terminal, file: string, { tools, fingerprint }: Toolset): void {
  printLine(terminal, `${file}: ${formatCount(tools.length, 'tool')}, fingerprint ${fingerprint.slice(0, 12)}`);
}

function printSummary(terminal: Terminal, summary: DatasetSummary): void {
  const facts: [number, string][] = [
    [summary.withoutCall, 'without a call'],
    [summary.withSeveralCalls, 'with several calls'],
    [summary.multiTurn, 'of several turns'],
    [summary.withRejected, 'with a worse answer, to learn a preference from'],
    [summary.intents, 'of intents'],
    [summary.outOfScope, 'of these out of scope'],
    [summary.notLearnable, 'for evaluation only: neither call nor words to learn'],
    [summary.duplicates, 'that ask what an earlier row asked'],
    [summary.contradictions, 'of these with another answer'],
  ];
  printLine(terminal);
  printLine(terminal, formatCount(summary.rows, 'row'));
  for (const [count, what] of facts) {
    if (count > 0) printLine(terminal, `  ${count.toLocaleString('en-US')} ${what}`);
  }
  printCounts(terminal, summary);
}

function printCounts(terminal: Terminal, { tools, intentRows }: DatasetSummary): void {
  if (Object.values(tools).some(({ calls }) => calls > 0)) {
    const rows = Object.entries(tools).flatMap(([name, { calls, arguments: counts }]) => [
      [name, '', String(calls)],
      ...Object.entries(counts).map(([argument, count]) => ['', argument, String(count)]),
    ]);
    const columns = [{ title: 'tool' }, { title: 'argument' }, { title: 'calls', align: 'right' as const }];
    printLine(terminal, `\n${formatTable(columns, rows)}`);
  }
  const intents = Object.entries(intentRows);
  if (intents.length > 0) {
    const columns = [{ title: 'intent' }, { title: 'rows', align: 'right' as const }];
    const rows = intents.map(([intent, count]) => [intent, String(count)]);
    printLine(terminal, `\n${formatTable(columns, rows)}`);
  }
}

function printProblems(terminal: Terminal, problems: readonly ReportedProblem[]): void {
  const { red, green } = terminal.outputColors;
  if (problems.length === 0) {
    printLine(terminal, `\n${green('no problems')}`);
    return;
  }
  printLine(terminal, `\n${red(formatCount(problems.length, 'problem'))}`);
  for (const { code, message, ...location } of problems) {
    printLine(terminal, `  ${red(`[${code}]`)} ${formatLocation(location)}: ${message}`);
  }
}
