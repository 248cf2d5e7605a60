import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { TooltuneError } from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import { findServingFile, servingFilePath } from '@tooltune/sdk/models';
import { Command } from 'commander';
import { prepareBaseModel } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { type ModelSpeed, measureModelSpeed } from '../model-speed.js';
import { threadCount } from '../option-parsers.js';
import { createProgress, formatTable, printJson, printLine, printNotice, silentProgress } from '../terminal/index.js';

interface OptimizeOptions {
  threads?: number;
  remove?: true;
  json?: true;
}

/** A copy is kept if it reads prompts this much faster, and writes no slower than this. */
const least = { prompt: 1.15, decode: 0.9 };

/** `tooltune models optimize` */
export function modelsOptimizeCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('optimize')
    .description('Keep a copy of a base model in a format that this machine computes faster with.')
    .argument('<model>', 'id of a base model, or a GGUF file')
    .option('--threads <count>', 'processor threads to measure with (default: physical cores)', threadCount)
    .option('--remove', 'remove the copy')
    .option('--json', 'print the figures as JSON')
    .addHelpText(
      'after',
      `
Weights in the formats Q4_1, Q5_0 and Q5_1 are written as Q8_0 into the cache folder, both files are measured, and the copy is
kept if it reads prompts faster. run, eval, serve and the library then use it in place of the original, adapters included;
training goes on using the original.

Example:
  tooltune models optimize smollm2-135m

${exitCodesHelp}`,
    )
    .action(async (model: string, options: OptimizeOptions) => settle(await optimize(context, model, options)));
}

async function optimize(context: CommandContext, model: string, options: OptimizeOptions): Promise<ExitCode> {
  const { terminal } = context;
  const silent = options.json ?? false;
  const base = await prepareBaseModel(context, model, { silent });
  const sha256 = base.model?.sha256 ?? (await fileSha256(base.path));
  const path = servingFilePath(sha256);
  if (options.remove) {
    const was = (await findServingFile(sha256)) !== undefined;
    await rm(path, { force: true });
    if (options.json) printJson(terminal, { model: base.id, path: null, removed: was });
    else printLine(terminal, was ? `the copy of ${base.id} is removed` : `there is no copy of ${base.id}`);
    return exitCodes.ok;
  }
  const { requantizeModel } = await import('@tooltune/trainer');
  const candidate = `${path}.candidate`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const bar = silent ? silentProgress : createProgress(terminal.notices, `writing ${base.id} as Q8_0`);
    const { changed } = await requantizeModel({
      ...{ model: base.path, output: candidate, signal: context.signal },
      onProgress: ({ writtenBytes, totalBytes }) => bar.update(writtenBytes / totalBytes, ''),
    }).finally(() => bar.stop());
    if (changed === 0) {
      throw new TooltuneError('models/nothing-to-optimize', `${base.id}: no weights are in a format known to be slow`);
    }
    if (!silent) printNotice(terminal, 'measuring both');
    const { threads } = options;
    const [original, copy] = await measureModelSpeed([base.path, candidate], { threads, signal: context.signal });
    const speed = {
      prompt: copy!.promptTokens / original!.promptTokens,
      decode: copy!.decodeTokens / original!.decodeTokens,
    };
    const isKept = speed.prompt >= least.prompt && speed.decode >= least.decode;
    if (isKept) await rename(candidate, path);
    if (options.json) printJson(terminal, { model: base.id, path: isKept ? path : null, original, copy, speed });
    else printSpeeds(context, base.id, { original: original!, copy: copy! }, isKept ? path : null);
    return exitCodes.ok;
  } finally {
    await rm(candidate, { force: true });
  }
}

function printSpeeds(
  { terminal }: CommandContext,
  id: string,
  { original, copy }: { original: ModelSpeed; copy: ModelSpeed },
  path: string | null,
): void {
  const right = { align: 'right' as const };
  const columns = [{ title: 'tokens/s' }, { title: 'prompt', ...right }, { title: 'answer', ...right }];
  const row = (name: string, { promptTokens, decodeTokens }: ModelSpeed) => [
    name,
    promptTokens.toFixed(0),
    decodeTokens.toFixed(1),
  ];
  printLine(terminal, formatTable(columns, [row(id, original), row('Q8_0', copy)]));
  printLine(
    terminal,
    path === null ? 'The copy is no faster here and is not kept.' : `The copy is used from now on: ${path}`,
  );
}
