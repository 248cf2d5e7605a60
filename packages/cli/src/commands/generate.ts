import { type StyleFile, validateIntentsFile, validateStyleFile } from '@tooltune/sdk';
import { readJsonFile } from '@tooltune/sdk/files';
import { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import {
  addGenerateOptions,
  checkGenerateOptions,
  dataSetFiles,
  estimateToolRows,
  formatEstimate,
  type GenerateOptions,
  generateToolRows,
  refuseExistingFiles,
  writeDataSet,
} from '../generation/index.js';
import { printJson, printLine } from '../terminal/index.js';
import { printGenerated } from './generate-view.js';

/** `tooltune generate` */
export function generateCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return addGenerateOptions(
    new Command('generate').description(
      'Write a data set from a toolset and a few real requests, from intents, or from passages in a style.',
    ),
  )
    .addHelpText(
      'after',
      `
Requests are composed from names, descriptions and schemas of the tools, in many registers; with seeds mostly from what
those say, with other values and in other combinations. Every call is valid and says nothing that its request does not.
The same options write the same bytes. Nothing leaves this machine, unless a teacher is named.

Kinds of rows: call, similar-tools, parallel, no-tool, missing-argument, second-request, correction, change-of-mind,
refusal. A bot that always calls a tool wants none of some: --share no-tool=0 --share refusal=0

Examples:
  tooltune generate --tools tools.json --out data
  tooltune generate --tools tools.json --seeds requests.jsonl --count 2000 --out data
  tooltune generate --tools tools.json --scenarios scenarios.jsonl --report report.json --mask 0.2 --replay 0.1 --out data
  tooltune generate --tools tools.json --teacher http://localhost:8080/v1 --teacher-model large --out data
  tooltune generate --intents intents.json --count 3000 --out data
  tooltune generate --style style.json --count 300 --out data
  tooltune train --tools tools.json --data data/train.jsonl --base smollm2-135m --out my-adapter

${exitCodesHelp}`,
    )
    .action(async (options: GenerateOptions, command: Command) => settle(await generate(context, options, command)));
}

async function generate(context: CommandContext, options: GenerateOptions, command: Command): Promise<ExitCode> {
  checkGenerateOptions(options, command);
  const { terminal } = context;
  if (options.estimate) {
    const estimate = await estimateToolRows(options);
    if (options.json) printJson(terminal, { estimate });
    else printLine(terminal, formatEstimate(estimate, options.priceIn > 0 || options.priceOut > 0));
    return exitCodes.ok;
  }
  if (!options.force) await refuseExistingFiles(dataSetFiles(options.out));
  const { written, details } = await writeRows(context, options, command);
  printGenerated(terminal, options, written, details);
  return exitCodes.ok;
}

/** What was written besides the rows, for a kind of source. */
export type GeneratedDetails =
  | ({ source: 'tools' } & Awaited<ReturnType<typeof generateToolRows>>)
  | { source: 'intents'; intents: Record<string, number>; short: Record<string, number> }
  | { source: 'style'; refused: Record<string, number> };

async function writeRows(context: CommandContext, options: GenerateOptions, command: Command) {
  const { count, seed, out, validation: validationFraction, test: testFraction } = options;
  const shared = { count, seed, validationFraction, testFraction };
  const write = (
    dataset: Parameters<typeof writeDataSet>[1],
    from: string,
    toolset?: Parameters<typeof writeDataSet>[2]['toolset'],
  ) =>
    writeDataSet(out, dataset, {
      toolset,
      title: options.title ?? 'Generated data set',
      description: `Written by tooltune generate from ${from}, seed ${seed}.`,
    });
  if (options.intents !== undefined) {
    const { generateIntents } = await import('@tooltune/sdk/generate');
    const { intents } = validateIntentsFile(await readJsonFile(options.intents), { file: options.intents });
    const generated = generateIntents({ ...shared, intents, outOfScope: options.outOfScope });
    const details: GeneratedDetails = { source: 'intents', intents: generated.intents, short: generated.short };
    return { written: await write(generated, options.intents), details };
  }
  if (options.style !== undefined) {
    const { generateStyle } = await import('@tooltune/sdk/generate');
    const style: StyleFile = validateStyleFile(await readJsonFile(options.style), { file: options.style });
    const generated = generateStyle({ ...shared, style });
    const details: GeneratedDetails = { source: 'style', refused: generated.refused };
    return { written: await write(generated, options.style), details };
  }
  const rows = await generateToolRows(context, options, command);
  const details: GeneratedDetails = { source: 'tools', ...rows };
  return { written: await write(rows.dataset, options.tools!, rows.toolset), details };
}
