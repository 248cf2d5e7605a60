import { defaultPromptFormat, type PromptTools } from '@tooltune/sdk';
import { readToolset } from '@tooltune/sdk/files';
import type { ImportedAdapter } from '@tooltune/trainer';
import { Command, Option } from 'commander';
import { prepareBaseModel } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { checkEnforceable } from '../enforceable-toolset.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { quoteArgument } from '../quote-argument.js';
import { formatTable, printJson, printLine, printNotice } from '../terminal/index.js';

interface ImportOptions {
  tools: string;
  base: string;
  out: string;
  prompt: PromptTools;
  system?: string;
  json?: true;
}

/** `tooltune import` */
export function importCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('import')
    .description('Make an adapter of one that was trained with PEFT.')
    .argument('<folder>', 'folder with adapter_config.json and adapter_model.safetensors')
    .requiredOption('--tools <file>', 'toolset that it was trained for: JSON Schemas of the tools')
    .requiredOption('--base <model>', 'base model: an id of `tooltune models`, a GGUF file or a Hugging Face folder')
    .requiredOption('--out <folder>', 'folder of the adapter, empty or new')
    .addOption(
      new Option('--prompt <tools>', 'what of the tools its prompts held')
        .choices(['none', 'names', 'full'])
        .default('none'),
    )
    .option('--system <text>', 'its system message (default: "You call tools.")')
    .option('--json', 'print the manifest as JSON')
    .addHelpText(
      'after',
      `
Reads LoRA, rank-stabilised LoRA and DoRA on the linear layers of attention and feed-forward, with ranks and alphas of
their own for some modules. What is not understood is refused, naming the option or the tensor. Shapes are checked
against the base model; that it was trained on this very model, and for these tools, only an evaluation can tell.

Example:
  tooltune import peft-output --tools tools.json --base smollm2-135m --out my-adapter
  tooltune eval my-adapter --data held-out.jsonl

${exitCodesHelp}`,
    )
    .action(async (folder: string, options: ImportOptions) => settle(await importPeft(context, folder, options)));
}

async function importPeft(context: CommandContext, folder: string, options: ImportOptions): Promise<ExitCode> {
  const { terminal } = context;
  const json = options.json ?? false;
  const toolset = await readToolset(options.tools);
  await checkEnforceable(options.tools, toolset);
  const base = await prepareBaseModel(context, options.base, { silent: json, folders: true });
  const { importAdapter } = await import('@tooltune/trainer');
  const imported = await importAdapter({
    ...{ adapter: folder, base, toolset, output: options.out },
    promptFormat: {
      ...defaultPromptFormat,
      tools: options.prompt,
      ...(options.system === undefined ? {} : { system: options.system }),
    },
  });
  const doubt = doubtfulBase(imported);
  if (doubt !== undefined) printNotice(terminal, `note: ${doubt}`);
  if (imported.manifest.lora.dora) printNotice(terminal, `note: ${doraNote}`);
  if (json) printJson(terminal, imported.manifest);
  else printLine(terminal, formatSummary(imported, options.out));
  return exitCodes.ok;
}

const doraNote = 'llama.cpp cannot load DoRA as an adapter; merge it into its base before it is used';

/** The adapter's own word on its base model, where that is another name than the one that is known. */
function doubtfulBase({ manifest, originalModel }: ImportedAdapter): string | undefined {
  const { baseModel } = manifest.imported;
  // What stands there may be a path of the machine that it was trained on: only the last part tells.
  const nameOf = (path: string) => path.split(/[\\/]/).at(-1)!.toLowerCase();
  if (baseModel === null || originalModel === null || nameOf(baseModel) === nameOf(originalModel)) return undefined;
  return `the adapter says that it was trained on ${baseModel}; ${manifest.base.id} is made from ${originalModel}`;
}

function formatSummary({ manifest }: ImportedAdapter, out: string): string {
  const { rank, alpha, rsLora = false, dora = false, targets } = manifest.lora;
  const folder = quoteArgument(out);
  const rows = [
    ['adapter', out],
    ['base', manifest.base.id],
    [dora ? 'DoRA' : 'LoRA', `rank ${rank}, alpha ${alpha}${rsLora ? ', rank-stabilised' : ''}: ${targets.join(', ')}`],
  ];
  return [
    formatTable([{ title: 'imported' }, { title: '' }], rows),
    '',
    'Next:',
    dora
      ? `  tooltune export ${folder} --merge --to bundle --out merged`
      : `  tooltune eval ${folder} --data held-out.jsonl`,
  ].join('\n');
}
