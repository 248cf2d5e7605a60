import { access, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { type ConversationExample, formatDataset, TooltuneError } from '@tooltune/sdk';
import { readDataset, readToolset, writeFileAtomic } from '@tooltune/sdk/files';
import type { RowKind } from '@tooltune/sdk/generate';
import { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { collect, fraction, wholeNumber } from '../option-parsers.js';
import { quoteArgument } from '../quote-argument.js';
import { formatCount, formatTable, printJson, printLine } from '../terminal/index.js';

interface GenerateOptions {
  tools: string;
  seeds?: string;
  count: number;
  seed: number;
  out: string;
  share?: string[];
  validation: number;
  test: number;
  force?: true;
  json?: true;
}

/** `tooltune generate` */
export function generateCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('generate')
    .description('Write a data set from a toolset, and from a few real requests.')
    .requiredOption('--tools <file>', 'toolset: JSON Schemas of the tools')
    .option('--seeds <file>', 'real requests with the calls that answer them, JSONL; the more, the better')
    .option('--count <rows>', 'rows to write, seeds included', wholeNumber(1), 5000)
    .option('--seed <number>', 'seed of every random draw', wholeNumber(0), 1)
    .requiredOption('--out <folder>', 'folder for train.jsonl, validation.jsonl and test.jsonl')
    .option('--share <kind=number>', 'share of a kind of rows; may be given several times', collect)
    .option('--validation <share>', 'share of the rows for validation', fraction, 0.1)
    .option('--test <share>', 'share of the rows for the test', fraction, 0.1)
    .option('--force', 'write over files that are there')
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      `
Requests are composed from names, descriptions and schemas of the tools, in many registers; with seeds mostly from what
those say, with other values and in other combinations. Every call is valid and says nothing that its request does not.
The same options write the same bytes. Nothing leaves this machine.

Kinds of rows: call, similar-tools, parallel, no-tool, missing-argument, second-request, correction, change-of-mind,
refusal. A bot that always calls a tool wants none of some: --share no-tool=0 --share refusal=0

Examples:
  tooltune generate --tools tools.json --out data
  tooltune generate --tools tools.json --seeds requests.jsonl --count 2000 --out data
  tooltune train --tools tools.json --data data/train.jsonl --base smollm2-135m --out my-adapter

${exitCodesHelp}`,
    )
    .action(async (options: GenerateOptions, command: Command) => settle(await generate(context, options, command)));
}

const parts = ['train', 'validation', 'test'] as const;

async function generate({ terminal }: CommandContext, options: GenerateOptions, command: Command): Promise<ExitCode> {
  const { count, seed, out, validation: validationFraction, test: testFraction } = options;
  if (validationFraction + testFraction >= 1) {
    throw new TooltuneError('generate/bad-option', '--validation and --test together must leave rows to train on');
  }
  const { generateDataset, rowKinds } = await import('@tooltune/sdk/generate');
  const shares = parseShares(options.share ?? [], rowKinds, command);
  const files = Object.fromEntries(parts.map((part) => [part, join(out, `${part}.jsonl`)])) as Record<
    (typeof parts)[number],
    string
  >;
  if (!options.force) for (const file of Object.values(files)) await refuseExisting(file);
  const toolset = await readToolset(options.tools);
  const seeds = options.seeds === undefined ? [] : await readDataset(options.seeds, { toolset });
  const conversations = seeds.filter((example): example is ConversationExample => example.kind === 'conversation');
  const dataset = generateDataset({
    ...{ toolset, seeds: conversations, count, seed, shares, validationFraction, testFraction },
  });
  await mkdir(out, { recursive: true });
  for (const part of parts) await writeFileAtomic(files[part], formatDataset(dataset[part]));
  const written = parts.map((part) => ({ file: files[part], rows: dataset[part].length }));
  if (options.json) {
    printJson(terminal, { toolset: toolset.fingerprint, seed, files: written, kinds: dataset.kinds });
    return exitCodes.ok;
  }
  for (const { file, rows } of written) printLine(terminal, `${file}: ${formatCount(rows, 'row')}`);
  const columns = [{ title: 'kind' }, { title: 'rows', align: 'right' as const }];
  const kinds = Object.entries(dataset.kinds).map(([kind, rows]): [string, string] => [kind, String(rows)]);
  printLine(terminal, `\n${formatTable(columns, kinds)}`);
  printLine(terminal, '\nNext:');
  const train = `--tools ${quoteArgument(options.tools)} --data ${quoteArgument(files.train)}`;
  printLine(terminal, `  tooltune check ${train}`);
  const validation = dataset.validation.length === 0 ? '' : ` --validation ${quoteArgument(files.validation)}`;
  printLine(terminal, `  tooltune train ${train}${validation} --base smollm2-135m --out my-adapter`);
  return exitCodes.ok;
}

function parseShares(
  texts: readonly string[],
  kinds: readonly RowKind[],
  command: Command,
): Partial<Record<RowKind, number>> {
  return Object.fromEntries(
    texts.map((text) => {
      const [name, number = ''] = text.split('=');
      const kind = kinds.find((one) => one === name);
      const share = number.trim() === '' ? Number.NaN : Number(number);
      if (kind === undefined || !(share >= 0 && share < Number.POSITIVE_INFINITY)) {
        command.error(`error: --share takes kind=number, with one of ${kinds.join(', ')}; "${text}" is none`);
      }
      return [kind!, share];
    }),
  );
}

async function refuseExisting(file: string): Promise<void> {
  const isThere = await access(file).then(
    () => true,
    () => false,
  );
  if (!isThere) return;
  throw new TooltuneError(
    'generate/file-exists',
    `${file} is there already; choose another folder, or write over it with --force`,
  );
}
