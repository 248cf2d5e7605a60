import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type Example, formatDataset, type Toolset } from '@tooltune/sdk';
import { readDataset, readToolset, writeFileAtomic } from '@tooltune/sdk/files';
import { type Harvest, harvestRecords, type ReviewReason, reviewReasons } from '@tooltune/sdk/harvest';
import { Command, InvalidArgumentError } from 'commander';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { collect, fraction, names } from '../option-parsers.js';
import { pointInTime, printRecordProblems, type ReadRecords, readRecords } from '../record-files.js';
import { refuseExisting } from '../refuse-existing.js';
import { formatCount, formatTable, printJson, printLine, type Terminal } from '../terminal/index.js';
import { replacedText } from './check-redact.js';

interface HarvestOptions {
  out: string;
  tools?: string;
  data?: string[];
  confidence: number;
  thumbsUp?: true;
  rejected?: true;
  reasons?: ReviewReason[];
  nearDuplicates?: number;
  since?: Date;
  redact: boolean;
  force?: true;
  json?: true;
}

/** `tooltune harvest` */
export function harvestCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('harvest')
    .description('Make rows to review and rows to learn from of recorded requests.')
    .argument('<records...>', 'files or folders of recorded requests, JSONL')
    .requiredOption('--out <folder>', 'where review.jsonl and train-additions.jsonl are written')
    .option('--tools <file>', 'toolset that corrections are checked with')
    .option('--data <file>', 'dataset whose rows are not repeated; may be given several times', collect)
    .option('--confidence <probability>', 'answers less sure than this are for review', fraction, 0.5)
    .option('--thumbs-up', 'take answers with a thumbs-up for right')
    .option('--rejected', "keep the model's answer beside a correction, for train --preferences")
    .option('--reasons <names>', `what is for review (default: ${reviewReasons.join(',')})`, reasonNames)
    .option('--near-duplicates <share>', 'how alike requests are that are told once (default: 0.7)', fraction)
    .option('--since <time>', 'only requests from then on: a date, a time, or how long ago (7d, 12h)', pointInTime)
    .option('--no-redact', 'keep personal data as it is in the records')
    .option('--force', 'write over files that are there')
    .option('--json', 'print the counts as JSON')
    .addHelpText(
      'after',
      `
Corrections become rows of train-additions.jsonl, in the form that check and train read. What failed, was unsure or got a
thumbs-down goes to review.jsonl with its reason and what the model answered; rows much like each other are told once.
docs/learn-on.md tells how requests are recorded.

Examples:
  tooltune harvest records --out harvest --tools tools.json --data train.jsonl --data held-out.jsonl
  tooltune check --tools tools.json --data train.jsonl --data harvest/train-additions.jsonl

${exitCodesHelp}`,
    )
    .action(async (paths: string[], options: HarvestOptions) => settle(await harvest(context, paths, options)));
}

async function harvest({ terminal }: CommandContext, paths: string[], options: HarvestOptions): Promise<ExitCode> {
  const { tools, data = [], confidence, nearDuplicates, reasons, out } = options;
  const files = { review: join(out, 'review.jsonl'), additions: join(out, 'train-additions.jsonl') };
  if (!options.force) for (const file of Object.values(files)) await refuseExisting(file, 'harvest/file-exists');
  const toolset = tools === undefined ? undefined : await readToolset(tools);
  const known = await readKnown(data, toolset);
  const read = await readRecords(paths, { since: options.since });
  const harvested = harvestRecords(read.records, {
    ...{ toolset, known, confidence, reasons, redact: options.redact },
    ...{ thumbsUp: options.thumbsUp ?? false, rejected: options.rejected ?? false },
    nearDuplicates: nearDuplicates === undefined ? {} : { threshold: nearDuplicates },
  });
  await mkdir(out, { recursive: true });
  await writeFileAtomic(files.review, harvested.review.map((row) => `${JSON.stringify(row)}\n`).join(''));
  await writeFileAtomic(files.additions, formatDataset(harvested.additions));
  if (options.json) printJson(terminal, { files, ...countsOf(harvested), unreadable: read.problems.length });
  else {
    printRecordProblems(terminal, read.problems);
    printHarvest(terminal, read, harvested, files);
  }
  return exitCodes.ok;
}

async function readKnown(files: readonly string[], toolset: Toolset | undefined): Promise<Example[]> {
  const examples = await Promise.all(files.map((file) => readDataset(file, toolset === undefined ? {} : { toolset })));
  return examples.flat();
}

function countsOf({ review, additions, ...counts }: Harvest): object {
  return { ...counts, review: review.length, additions: additions.length };
}

const meanings: Record<ReviewReason, string> = {
  'thumbs-down': 'somebody said that it is wrong',
  error: 'failed, or broke off',
  'unusable-correction': 'a correction that cannot be learnt',
  'low-confidence': 'the model was unsure',
  abstained: 'no call, or out of scope',
  repaired: 'a part was decoded anew',
};

function printHarvest(
  terminal: Terminal,
  { files: read }: ReadRecords,
  harvested: Harvest,
  files: { review: string; additions: string },
): void {
  const { requests, review, additions, repetitions, reasons, replaced, unmatchedFeedback } = harvested;
  printLine(terminal, `${formatCount(requests, 'request')} in ${formatCount(read.length, 'file')}`);
  const rows = reviewReasons.flatMap((reason) => {
    const count = reasons[reason];
    return count === undefined ? [] : [[reason, String(count.requests), String(count.rows), meanings[reason]]];
  });
  if (rows.length > 0) {
    const right = { align: 'right' as const };
    const columns = [{ title: 'reason' }, { title: 'requests', ...right }, { title: 'rows', ...right }, { title: '' }];
    printLine(terminal, `\n${formatTable(columns, rows)}\n`);
  }
  printLine(terminal, `${files.review}: ${formatCount(review.length, 'row')} to review`);
  const repeated = [
    [repetitions.duplicate, 'the same as another row'],
    [repetitions['near-duplicate'], 'nearly the same'],
    [repetitions.contradiction, 'contradicting another row'],
  ] as const;
  const leftOut = repeated.flatMap(([count, what]) => (count > 0 ? [`${count} ${what}`] : []));
  const left = leftOut.length === 0 ? '' : `; left out: ${leftOut.join(', ')}`;
  printLine(terminal, `${files.additions}: ${formatCount(additions.length, 'row')} to learn from${left}`);
  if (Object.keys(replaced).length > 0) printLine(terminal, `personal data: ${replacedText(replaced)}`);
  if (unmatchedFeedback > 0) {
    printLine(
      terminal,
      `${formatCount(unmatchedFeedback, 'piece', 'pieces')} of feedback on requests that are not there`,
    );
  }
}

function reasonNames(text: string): ReviewReason[] {
  return names(text).map((name) => {
    const reason = reviewReasons.find((known) => known === name);
    if (reason !== undefined) return reason;
    throw new InvalidArgumentError(`"${name}" is no reason; they are ${reviewReasons.join(', ')}.`);
  });
}
