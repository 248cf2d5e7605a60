import { extname } from 'node:path';
import { formatLocation, type Problem } from '@tooltune/sdk';
import { readTextFile, readToolset, writeFileAtomic } from '@tooltune/sdk/files';
import {
  type ExportedDataset,
  type ExportFormat,
  exportDataset,
  exportFormats,
  type ImportedDataset,
  type ImportFormat,
  importDataset,
  importFormats,
} from '@tooltune/sdk/formats';
import { Command, Option } from 'commander';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { wholeNumber } from '../option-parsers.js';
import { quoteArgument } from '../quote-argument.js';
import { refuseExisting } from '../refuse-existing.js';
import { formatCount, printJson, printLine, type Terminal } from '../terminal/index.js';

interface ConvertOptions {
  from: ImportFormat | 'auto';
  to: ExportFormat;
  tools?: string;
  toolsOut?: string;
  out: string;
  skipInvalid?: true;
  maxProblems: number;
  force?: true;
  json?: true;
}

/** `tooltune convert` */
export function convertCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('convert')
    .description('Bring a data set from one format into another.')
    .argument('<data>', 'rows: JSONL, or one JSON array')
    .addOption(
      new Option('--from <format>', 'what it is written in; auto: each row by its shape')
        .choices(['auto', ...importFormats])
        .default('auto'),
    )
    .addOption(
      new Option('--to <format>', 'what to write; tooltune: rows without tools, and a toolset')
        .choices([...exportFormats])
        .default('tooltune'),
    )
    .option('--tools <file>', "toolset: check calls against these tools, not against the rows' own")
    .requiredOption('--out <file>', 'JSONL file to write')
    .option('--tools-out <file>', 'where to write the tools of the rows (default with --to tooltune: beside --out)')
    .option('--skip-invalid', 'write the rows that can be written, and count the others')
    .option('--max-problems <count>', 'reasons to tell', wholeNumber(0), 20)
    .option('--force', 'write over files that are there')
    .option('--json', 'print the result as JSON')
    .addHelpText(
      'after',
      `
Reads OpenAI's fine-tuning rows (Together's are the same, tooltune's own too), TRL, ShareGPT as LLaMA-Factory reads it,
Hermes function calling, and xLAM (APIGen). A row that cannot be read or written is refused with its line and the reason,
and then nothing is written, unless --skip-invalid says so. docs/datasets.md tells what has a place in which format.

Examples:
  tooltune convert xlam.json --out train.jsonl --skip-invalid
  tooltune convert train.jsonl --tools tools.json --to openai --out openai.jsonl
  tooltune convert hermes.jsonl --from hermes --to trl --out trl.jsonl

${exitCodesHelp}`,
    )
    .action(async (file: string, options: ConvertOptions) => settle(await convert(context, file, options)));
}

async function convert({ terminal }: CommandContext, file: string, options: ConvertOptions): Promise<ExitCode> {
  const { from, to, out, force = false, skipInvalid = false, json = false } = options;
  const toolset = options.tools === undefined ? undefined : await readToolset(options.tools);
  const imported = importDataset(await readTextFile(file), { from, file, toolset });
  const exported = exportDataset(imported.rows, { to, toolset });
  const problems = [...imported.problems, ...exported.problems];
  const refused = imported.refused + exported.refused;
  const written = imported.rows.length - exported.refused;
  const isWritten = written > 0 && (refused === 0 || skipInvalid);
  const toolsOut = imported.toolset === undefined ? undefined : toolsFile(options);
  if (isWritten) {
    const targets = [out, ...(toolsOut === undefined ? [] : [toolsOut])];
    if (!force) for (const target of targets) await refuseExisting(target, 'convert/file-exists');
    await writeFileAtomic(out, exported.text);
    if (toolsOut !== undefined)
      await writeFileAtomic(toolsOut, `${JSON.stringify(imported.toolset!.tools, null, 2)}\n`);
  }
  const exitCode = isWritten ? exitCodes.ok : exitCodes.failed;
  if (json) {
    printJson(terminal, {
      ok: isWritten,
      formats: imported.formats,
      rows: written + refused,
      ...(isWritten ? { out, lines: exported.lines } : {}),
      ...(isWritten && toolsOut !== undefined ? { toolsOut, toolset: imported.toolset!.fingerprint } : {}),
      refused,
      withoutNotes: exported.withoutNotes,
      notes: imported.notes.map(placed),
      problems: problems.map(placed),
    });
    return exitCode;
  }
  printProblems(terminal, problems, { most: options.maxProblems, refused });
  for (const note of imported.notes) printLine(terminal, `note: ${formatLocation(note.location)}: ${note.message}`);
  if (isWritten) printWritten(terminal, { imported, exported, options, toolsOut });
  else printLine(terminal, `${out}: not written${written > 0 ? '; --skip-invalid writes the other rows' : ''}`);
  return exitCode;
}

const placed = ({ location, message }: Problem) => ({ ...location, message });

/** Where the tools of the rows go; undefined where they stand in the rows and nobody asked. */
function toolsFile({ to, out, toolsOut }: ConvertOptions): string | undefined {
  if (toolsOut !== undefined || to !== 'tooltune') return toolsOut;
  const extension = extname(out);
  return `${extension === '' ? out : out.slice(0, -extension.length)}.tools.json`;
}

function printProblems(
  terminal: Terminal,
  problems: readonly Problem[],
  { most, refused }: { most: number; refused: number },
): void {
  if (problems.length === 0) return;
  const { red } = terminal.outputColors;
  printLine(terminal, red(`${formatCount(refused, 'row')} refused`));
  for (const { location, message } of problems.slice(0, most)) {
    printLine(terminal, `  ${formatLocation(location)}: ${message}`);
  }
  const left = problems.length - most;
  if (left > 0) printLine(terminal, `  … and ${formatCount(left, 'more', 'more')}`);
  printLine(terminal);
}

function printWritten(
  terminal: Terminal,
  {
    imported,
    exported,
    options,
    toolsOut,
  }: { imported: ImportedDataset; exported: ExportedDataset; options: ConvertOptions; toolsOut: string | undefined },
): void {
  const { to, out, tools } = options;
  const formats = Object.keys(imported.formats).join(', ');
  printLine(terminal, `${out}: ${formatCount(exported.lines, 'row')} as ${to}, from ${formats}`);
  if (exported.withoutNotes > 0) {
    const rows = formatCount(exported.withoutNotes, 'row');
    printLine(terminal, `note: "expect" and "tags" of ${rows} have no place in ${to} and are left out`);
  }
  if (toolsOut !== undefined)
    printLine(terminal, `${toolsOut}: ${formatCount(imported.toolset!.tools.length, 'tool')}`);
  const known = toolsOut ?? tools;
  if (to !== 'tooltune' || known === undefined) return;
  printLine(terminal, `\nNext:\n  tooltune check --tools ${quoteArgument(known)} --data ${quoteArgument(out)}`);
}
