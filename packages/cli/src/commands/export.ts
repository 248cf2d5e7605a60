import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TooltuneError } from '@tooltune/sdk';
import type { ResolvedBaseModel } from '@tooltune/sdk/models';
import type { MergedForm, MergedFormat, MergedModel } from '@tooltune/trainer';
import { Command, Option } from 'commander';
import { prepareBaseModel, prepareBaseOf } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import {
  createProgress,
  formatBytes,
  formatCount,
  printJson,
  printLine,
  printNotice,
  silentProgress,
} from '../terminal/index.js';

interface ExportOptions {
  merge: true;
  out: string;
  to: MergedForm;
  format: MergedFormat;
  base?: string;
  force?: true;
  json?: true;
}

/** `tooltune export` */
export function exportCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('export')
    .description('Write an adapter and its base as one model.')
    .argument('<adapter>', 'folder of the adapter, or of one that PEFT saved')
    .requiredOption('--merge', 'merge the adapter into its base model')
    .requiredOption('--out <path>', 'file to write; a folder with --to safetensors or bundle')
    .addOption(
      new Option(
        '--to <form>',
        'a GGUF file for llama.cpp, a folder for transformers, or an adapter folder with the whole model',
      )
        .choices(['gguf', 'safetensors', 'bundle'])
        .default('gguf'),
    )
    .addOption(
      // Those of @tooltune/trainer's mergedFormats; the test of this command compares them.
      new Option('--format <format>', 'what weights are stored as; safetensors hold f32, f16 and bf16')
        .choices(['f32', 'f16', 'bf16', 'q8_0', 'q4_1', 'q4_0'])
        .default('f16'),
    )
    .option(
      '--base <model>',
      'base model: an id, a GGUF file or a Hugging Face folder (default: what the adapter names)',
    )
    .option('--force', 'replace what is there')
    .option('--json', 'print what was written as JSON')
    .addHelpText(
      'after',
      `
The adapter itself needs no export: its folder holds adapter.gguf for llama.cpp, and adapter_model.safetensors with
adapter_config.json for PEFT. Weights are merged one after another, so memory stays small. In 4-bit files the embedding
table and the head are kept in 8 bits.

Examples:
  tooltune export my-adapter --merge --out my-model.gguf
  tooltune export my-adapter --merge --out my-model.Q4_0.gguf --format q4_0
  tooltune export my-adapter --merge --to safetensors --out my-model
  tooltune export my-dora-adapter --merge --to bundle --out my-model   # for tooltune eval and run
  tooltune export dora-of-peft --merge --base model.gguf --out my-model.gguf

${exitCodesHelp}`,
    )
    .action(async (adapter: string, options: ExportOptions) => settle(await merge(context, adapter, options)));
}

async function merge(context: CommandContext, adapter: string, options: ExportOptions): Promise<ExitCode> {
  const { terminal, signal } = context;
  const json = options.json ?? false;
  const base = await findBase(context, adapter, options);
  const { mergeAdapter } = await import('@tooltune/trainer');
  const progress = json ? silentProgress : createProgress(terminal.notices, options.out);
  let merged: MergedModel;
  try {
    merged = await mergeAdapter({
      ...{ adapter, base, output: options.out, form: options.to, format: options.format, signal },
      overwrite: options.force ?? false,
      onProgress: ({ writtenBytes, totalBytes }) =>
        progress.update(writtenBytes / totalBytes, `${formatBytes(writtenBytes)} of ${formatBytes(totalBytes)}`),
    });
  } finally {
    progress.stop();
  }
  for (const { tensor, format, reason } of merged.exceptions) {
    printNotice(terminal, `note: ${tensor} is stored as ${format}: ${reason}`);
  }
  if (json) printJson(terminal, merged);
  else {
    const { output, tensors, updated } = merged;
    printLine(terminal, `${output}: ${formatCount(tensors, 'tensor')}, ${updated} of them changed by the adapter`);
  }
  return exitCodes.ok;
}

async function findBase(context: CommandContext, adapter: string, options: ExportOptions): Promise<ResolvedBaseModel> {
  const named = { base: options.base, silent: options.json ?? false, folders: true };
  const isPeft = await stat(join(adapter, 'adapter_config.json')).then(
    () => true,
    () => false,
  );
  const isBundle = await stat(join(adapter, 'manifest.json')).then(
    () => true,
    () => false,
  );
  if (!isBundle && isPeft) {
    if (options.base !== undefined) return prepareBaseModel(context, options.base, named);
    const message = `${adapter}: an adapter of PEFT does not say which file its base is; name it with --base`;
    throw new TooltuneError('export/no-base', message);
  }
  const { readAdapterBundle } = await import('@tooltune/runtime');
  const { manifest } = await readAdapterBundle(adapter);
  return prepareBaseOf(context, adapter, manifest, named);
}
