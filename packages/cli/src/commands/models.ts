import { TooltuneError } from '@tooltune/sdk';
import { listModels, modelPath } from '@tooltune/sdk/models';
import { Command } from 'commander';
import { prepareBaseModel } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { formatBytes, formatTable, printJson, printLine, printNotice } from '../terminal/index.js';
import { modelsOptimizeCommand } from './models-optimize.js';

interface ModelsOptions {
  json?: true;
}

/** `tooltune models` and its subcommands. */
export function modelsCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  const list = new Command('list')
    .description('List the base models, and which are here.')
    .option('--json', 'print the list as JSON')
    .addHelpText('after', `\nExample:\n  tooltune models list --json\n\n${exitCodesHelp}`)
    .action(async (options: ModelsOptions) => settle(await listAll(context, options)));
  const pull = new Command('pull')
    .description('Download a base model into the cache folder and check its SHA-256.')
    .argument('<id>', 'id of the model')
    .option('--json', 'print where it is as JSON, and no progress')
    .addHelpText(
      'after',
      `
Nothing is downloaded when the model is here. Sources are tried in turn; a file that is not the right one is not kept.
TOOLTUNE_MODEL_DIR names a folder that holds model files already; TOOLTUNE_CACHE names the cache folder.

Example:
  tooltune models pull smollm2-135m

${exitCodesHelp}`,
    )
    .action(async (id: string, options: ModelsOptions) => settle(await pullOne(context, id, options)));
  const path = new Command('path')
    .description('Print where the file of a pulled base model is; exit code 1 when it is not here.')
    .argument('<id>', 'id of the model')
    .option('--json', 'print it as JSON')
    .addHelpText('after', `\nExample:\n  ls -l "$(tooltune models path smollm2-135m)"\n\n${exitCodesHelp}`)
    .action(async (id: string, options: ModelsOptions) => settle(await printPath(context, id, options)));
  return new Command('models')
    .description('List base models, and download them.')
    .addCommand(list, { isDefault: true })
    .addCommand(pull)
    .addCommand(path)
    .addCommand(modelsOptimizeCommand(context, settle))
    .addHelpText(
      'after',
      `
Every one of them takes --json.

Examples:
  tooltune models                     list them
  tooltune models pull smollm2-135m   download one
  tooltune models path smollm2-135m   print where it is
  tooltune models optimize smollm2-135m

${exitCodesHelp}`,
    );
}

async function listAll({ terminal }: CommandContext, options: ModelsOptions): Promise<ExitCode> {
  const models = await listModels();
  if (options.json) {
    printJson(
      terminal,
      models.map(({ id, name, description, bytes, licence, architecture, sha256, path }) => {
        return { id, name, description, bytes, licence, architecture, sha256, path };
      }),
    );
    return exitCodes.ok;
  }
  const columns = [
    { title: 'id' },
    { title: 'model' },
    { title: 'size', align: 'right' as const },
    { title: 'licence' },
    { title: 'here' },
  ];
  const rows = models.map(({ id, name, bytes, licence, path }) => {
    return [id, name, formatBytes(bytes), licence, path === null ? 'no' : 'yes'];
  });
  printLine(terminal, formatTable(columns, rows));
  return exitCodes.ok;
}

async function pullOne(context: CommandContext, id: string, options: ModelsOptions): Promise<ExitCode> {
  const { terminal } = context;
  // Refuses what is no id, so that a path is not taken for one.
  modelPath(id);
  const { path } = await prepareBaseModel(context, id, { silent: options.json ?? false });
  if (options.json) printJson(terminal, { id, path });
  else {
    printNotice(terminal, `${id} is here:`);
    printLine(terminal, path);
  }
  return exitCodes.ok;
}

async function printPath({ terminal }: CommandContext, id: string, options: ModelsOptions): Promise<ExitCode> {
  modelPath(id);
  const path = (await listModels()).find((model) => model.id === id)?.path ?? null;
  if (options.json) printJson(terminal, { id, path });
  if (path === null) {
    if (options.json) return exitCodes.failed;
    throw new TooltuneError('models/not-here', `${id} is not here yet; get it with: tooltune models pull ${id}`);
  }
  if (!options.json) printLine(terminal, path);
  return exitCodes.ok;
}
