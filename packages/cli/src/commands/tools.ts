import { type Tool, type Toolset, TooltuneError } from '@tooltune/sdk';
import { readTextFile, writeFileAtomic } from '@tooltune/sdk/files';
import type { OperationSummary } from '@tooltune/sdk/openapi';
import { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { collect } from '../option-parsers.js';
import { quoteArgument } from '../quote-argument.js';
import { formatCount, printJson, printLine, printNotice } from '../terminal/index.js';

interface ToolsOptions {
  out: string;
  operations?: string;
  include?: string[];
  exclude?: string[];
  tag?: string[];
  deprecated?: true;
  json?: true;
}

/** `tooltune tools` */
export function toolsCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('tools')
    .description('Make a toolset of an OpenAPI description.')
    .argument('<description>', 'OpenAPI 3.0 or 3.1, JSON or YAML')
    .requiredOption('-o, --out <file>', 'file for the toolset')
    .option('--operations <file>', 'file for the request behind each tool: method, path, where each argument goes')
    .option(
      '--include <pattern>',
      'only operations whose name or "METHOD /path" matches; may be given several times',
      collect,
    )
    .option('--exclude <pattern>', 'none of those that match; may be given several times', collect)
    .option('--tag <name>', 'only operations of this tag; may be given several times', collect)
    .option('--deprecated', 'deprecated operations too')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      `
Each operation becomes a tool: its parameters and the properties of its JSON body are the arguments. In a pattern *
stands for any text: "get*", "POST /users/*". Few tools are chosen better than many: take what your bot needs.

Examples:
  tooltune tools openapi.yaml -o tools.json
  tooltune tools openapi.json -o tools.json --tag orders --exclude "DELETE *"
  tooltune lint tools.json

${exitCodesHelp}`,
    )
    .action(async (description: string, options: ToolsOptions) => settle(await tools(context, description, options)));
}

async function tools({ terminal }: CommandContext, file: string, options: ToolsOptions): Promise<ExitCode> {
  const { out, json = false, deprecated = false } = options;
  const { openApiToolset } = await import('@tooltune/sdk/openapi');
  const include = chooser(options);
  const { toolset, operations, skipped, server } = openApiToolset(await readDescription(file), {
    ...{ file, include, deprecated },
  });
  await writeFileAtomic(out, formatToolset(toolset));
  if (options.operations !== undefined) {
    await writeFileAtomic(options.operations, `${JSON.stringify({ server, operations }, null, 2)}\n`);
  }
  if (json) {
    printJson(terminal, {
      file: out,
      tools: toolset.tools.map(({ name }) => name),
      fingerprint: toolset.fingerprint,
      skipped,
    });
    return exitCodes.ok;
  }
  printLine(terminal, `${out}: ${formatCount(toolset.tools.length, 'tool')}`);
  for (const { method, path, reason } of skipped) printNotice(terminal, `left out: ${method} ${path}: ${reason}`);
  printLine(terminal, `\nNext:\n  tooltune lint ${quoteArgument(out)}`);
  return exitCodes.ok;
}

async function readDescription(file: string): Promise<unknown> {
  const text = await readTextFile(file);
  const { parseDocument } = await import('yaml');
  // JSON is YAML.
  const document = parseDocument(text, { uniqueKeys: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = error.linePos?.[0].line;
    const message = `neither JSON nor YAML: ${error.message.split('\n')[0]}`;
    throw new TooltuneError('file/syntax', message, { cause: error, location: { file, ...(line && { line }) } });
  }
  return document.toJS({ maxAliasCount: 10_000 });
}

function chooser({ include, exclude = [], tag }: ToolsOptions): (operation: OperationSummary) => boolean {
  const matches = (patterns: readonly string[], { name, method, path }: OperationSummary) =>
    patterns.map(patternOf).some((pattern) => pattern.test(name) || pattern.test(`${method} ${path}`));
  return (operation) =>
    (include === undefined || matches(include, operation)) &&
    !matches(exclude, operation) &&
    (tag === undefined || operation.tags.some((one) => tag.includes(one)));
}

function patternOf(glob: string): RegExp {
  return new RegExp(
    `^${glob
      .split('*')
      .map((part) => part.replaceAll(/[.+?^${}()|[\]\\]/g, '\\$&'))
      .join('.*')}$`,
    'i',
  );
}

function formatToolset({ tools }: Toolset): string {
  const plain = tools.map(({ name, description, parameters }: Tool) => ({ name, description, parameters }));
  return `${JSON.stringify({ tools: plain }, null, 2)}\n`;
}
