import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  collectDataset,
  datasetSummary,
  formatLocation,
  type Problem,
  SchemaError,
  type Toolset,
  TooltuneError,
} from '@tooltune/sdk';
import { type CheckedFile, checkDataset, type DatasetCheck, datasetCard } from '@tooltune/sdk/checks';
import { readTextFile, readToolset, writeFileAtomic } from '@tooltune/sdk/files';
import { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { checkEnforceable, checkedKeywords } from '../enforceable-toolset.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { refuseOptions } from '../refuse-options.js';
import { formatCount, printJson, printLine } from '../terminal/index.js';
import { addCheckOptions, type CheckOptions, parseDataOption, usualFindings } from './check-options.js';
import { type Redacted, replacedText, writeRedacted } from './check-redact.js';
import { tokenCounter } from './check-tokens.js';
import {
  cutFindings,
  printFindings,
  printNotes,
  printSummary,
  printToolset,
  type ReportedFinding,
} from './check-view.js';

/** `tooltune check` */
export function checkCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return addCheckOptions(new Command('check').description('Check a toolset and datasets, and tell what they hold.'))
    .addHelpText(
      'after',
      `
Every finding is told with its file, line and JSON pointer. Errors end with 1; warnings and notes do not. What a file is
for is told by its name (test, eval, held-out; validation, dev; else it is trained on), or before it: test=rows.jsonl.
docs/datasets.md tells of each rule.

Examples:
  tooltune check --tools tools.json
  tooltune check --tools tools.json --data train.jsonl --data held-out.jsonl --card card
  tooltune check --tools tools.json --data train.jsonl --base smollm2-135m --strict
  tooltune check --tools tools.json --data logs.jsonl --redact redacted.jsonl
  tooltune check --data intents.jsonl

${exitCodesHelp}`,
    )
    .action(async (options: CheckOptions, command: Command) => settle(await check(context, options, command)));
}

/** A file that was read, and whether all of it could be. */
type ReadFile = CheckedFile & { isWhole: boolean };

async function check({ terminal }: CommandContext, options: CheckOptions, command: Command): Promise<ExitCode> {
  const { tools, json = false } = options;
  checkUsage(options, command);
  const findings: ReportedFinding[] = [];
  const toolset = tools === undefined ? undefined : await collectProblems(() => readToolset(tools), findings);
  if (tools !== undefined && toolset !== undefined) {
    await collectProblems(() => checkEnforceable(tools, toolset), findings);
  }
  const files = await readFiles(options, toolset, findings);
  const notes = tools === undefined || toolset === undefined ? [] : await checkedKeywords(tools, toolset);

  const examples = files.flatMap((file) => file.examples);
  const tokens = await tokenCounter(options, toolset, examples, notes);
  const checked = checkDataset(files, {
    toolset,
    disabled: options.disable,
    nearDuplicates: {
      seed: options.seed,
      ...(options.nearDuplicates === undefined ? {} : { threshold: options.nearDuplicates }),
    },
    tokens,
  });
  for (const { location, ...finding } of checked.findings) findings.push({ ...finding, ...location });

  const redacted = options.redact === undefined ? undefined : await redact(options.redact, files, toolset, options);
  if (options.card !== undefined) await writeCard(options.card, checked, options.title);

  const failing = options.strict ? ['error', 'warning'] : ['error'];
  const isFine = !findings.some(({ severity }) => failing.includes(severity));
  const summary = files.length === 0 ? undefined : datasetSummary(examples, toolset === undefined ? {} : { toolset });
  if (json) {
    const told = cutFindings(findings, options.maxFindings ?? Number.POSITIVE_INFINITY);
    printJson(terminal, {
      ok: isFine,
      ...(toolset === undefined
        ? {}
        : { toolset: { fingerprint: toolset.fingerprint, tools: toolset.tools.map(({ name }) => name) } }),
      ...(summary === undefined
        ? {}
        : { data: checked.statistics.files, summary, statistics: checked.statistics, counts: countRules(findings) }),
      notes: notes.map(({ location, message }) => ({ ...location, message })),
      problems: told.filter(({ severity }) => severity === 'error').map(asProblem),
      findings: told,
      ...(redacted === undefined ? {} : { redacted }),
      ...(options.card === undefined ? {} : { card: cardFiles(options.card) }),
    });
  } else {
    if (tools !== undefined && toolset !== undefined) printToolset(terminal, tools, toolset);
    for (const { file, role, rows } of checked.statistics.files) {
      const purpose = role === 'train' ? '' : `, ${role === 'test' ? 'to test with' : 'to validate with'}`;
      printLine(terminal, `${file}: ${formatCount(rows, 'row')}${purpose}`);
    }
    if (summary !== undefined) printSummary(terminal, summary);
    printNotes(terminal, notes);
    printFindings(terminal, findings, options.maxFindings ?? usualFindings);
    for (const { file, rows } of redacted?.files ?? []) {
      printLine(terminal, `${file}: ${formatCount(rows, 'row')}, ${replacedText(redacted!.replaced)}`);
    }
    if (options.card !== undefined) for (const file of cardFiles(options.card)) printLine(terminal, `${file}: written`);
  }
  return isFine ? exitCodes.ok : exitCodes.failed;
}

function checkUsage(options: CheckOptions, command: Command): void {
  if (options.tools === undefined && options.data === undefined) {
    command.error("error: required option '--tools <file>' not specified (or --data, for rows of intents)");
  }
  if (options.data === undefined) {
    refuseOptions(command, ['base', 'redact', 'card', 'disable', 'nearDuplicates'], 'there is no --data');
  }
  if (options.base === undefined) refuseOptions(command, ['prompt', 'system', 'contextTokens'], 'it needs --base');
  if (options.card === undefined) refuseOptions(command, ['title'], 'it needs --card');
}

/** Reads what of the files can be read; the rest are findings. Without a toolset, to tell what else is wrong. */
async function readFiles(
  { data = [], tools }: CheckOptions,
  toolset: Toolset | undefined,
  findings: ReportedFinding[],
): Promise<ReadFile[]> {
  const files: ReadFile[] = [];
  for (const { file, role } of data.map(parseDataOption)) {
    const text = await collectProblems(() => readTextFile(file), findings);
    if (text === undefined) continue;
    const { examples, problems } = collectDataset(text, {
      file,
      maxProblems: Number.POSITIVE_INFINITY,
      ...(toolset === undefined ? {} : { toolset }),
    });
    const refuse = (code: string, { location, message }: Problem) =>
      findings.push({ rule: code, severity: 'error', ...location, message });
    for (const problem of problems) refuse('dataset/invalid', problem);
    if (examples.length === 0 && problems.length === 0) {
      refuse('dataset/empty', { location: { file }, message: 'holds no row' });
    }
    if (examples.length > 0) files.push({ file, role, examples, isWhole: problems.length === 0 });
    const conversation = examples.find(({ kind }) => kind === 'conversation');
    if (tools === undefined && conversation !== undefined) {
      const message = 'a conversation: give the tools that it may call with --tools, to have calls checked';
      refuse('check/no-tools', { location: conversation.location, message });
    }
  }
  return files;
}

/** What `read` gives, or undefined with its problems added to the findings. Other errors pass. */
async function collectProblems<T>(read: () => Promise<T>, findings: ReportedFinding[]): Promise<T | undefined> {
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
      findings.push({ rule: code, severity: 'error', ...problem.location, message: text });
    }
    return undefined;
  }
}

async function redact(
  target: string,
  files: readonly ReadFile[],
  toolset: Toolset | undefined,
  { data = [], seed, force }: CheckOptions,
): Promise<Redacted> {
  const isWhole = files.length === data.length && files.every((file) => file.isWhole);
  if (isWhole) return writeRedacted(target, files, toolset, { seed, force: force ?? false });
  const message = `${target} is not written: rows that cannot be read would be lost; mend them first (tooltune check without --redact tells which)`;
  throw new TooltuneError('check/not-redacted', message);
}

const cardFiles = (folder: string) => [join(folder, 'card.md'), join(folder, 'card.html')];

async function writeCard(folder: string, checked: DatasetCheck, title: string | undefined): Promise<void> {
  const { markdown, html } = datasetCard(checked, title === undefined ? {} : { title });
  const [markdownFile, htmlFile] = cardFiles(folder);
  await mkdir(folder, { recursive: true });
  await writeFileAtomic(markdownFile!, markdown);
  await writeFileAtomic(htmlFile!, html);
}

function countRules(findings: readonly ReportedFinding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { rule } of findings) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}

/** An error as `problems` tells it: with a code. */
function asProblem({ rule, severity: _, ...problem }: ReportedFinding): object {
  return { code: rule.includes('/') ? rule : `check/${rule}`, ...problem };
}
