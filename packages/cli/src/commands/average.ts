import { Command } from 'commander';
import { prepareBaseOf } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { quoteArgument } from '../quote-argument.js';
import { printJson, printLine } from '../terminal/index.js';

interface AverageOptions {
  out: string;
  base?: string;
  json?: true;
}

/** `tooltune average` */
export function averageCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('average')
    .description('Make one adapter of several: the mean of what they learnt.')
    .argument('<adapters...>', 'folders of adapters of the same tools, base model and prompt format')
    .requiredOption('--out <folder>', 'folder of the adapter, empty or new')
    .option('--base <model>', 'base model, id or GGUF file (default: the one the first adapter names)')
    .option('--json', 'print the manifest as JSON')
    .addHelpText(
      'after',
      `
Adapters trained on the same rows with other seeds make other mistakes; their mean makes fewer. Its rank is the sum of
theirs, and so is what it takes to run it.

Example:
  tooltune train --tools tools.json --data train.jsonl --base smollm2-135m --seed 1 --out one
  tooltune train --tools tools.json --data train.jsonl --base smollm2-135m --seed 2 --out two
  tooltune average one two --out both

${exitCodesHelp}`,
    )
    .action(async (adapters: string[], options: AverageOptions) => settle(await average(context, adapters, options)));
}

async function average(context: CommandContext, adapters: string[], options: AverageOptions): Promise<ExitCode> {
  const { terminal } = context;
  const { out, json = false } = options;
  const { readAdapterBundle } = await import('@tooltune/runtime');
  const { manifest: first } = await readAdapterBundle(adapters[0]!);
  const { path } = await prepareBaseOf(context, adapters[0]!, first, { base: options.base, silent: json });
  const { averageAdapters } = await import('@tooltune/trainer');
  const { manifest } = await averageAdapters({ adapters, base: { id: first.base.id, path }, output: out });
  if (json) printJson(terminal, manifest);
  else {
    printLine(terminal, `${out}: the mean of ${adapters.length} adapters, rank ${manifest.lora!.rank}`);
    printLine(terminal, `\nNext:\n  tooltune eval ${quoteArgument(out)} --data held-out.jsonl`);
  }
  return exitCodes.ok;
}
