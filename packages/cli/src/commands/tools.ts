import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseToolset, type Tool, type Toolset, TooltuneError } from '@tooltune/sdk';
import { readTextFile, writeFileAtomic } from '@tooltune/sdk/files';
import type { McpServer } from '@tooltune/sdk/mcp';
import { Command } from 'commander';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { collect } from '../option-parsers.js';
import { quoteArgument } from '../quote-argument.js';
import { refuseOptions } from '../refuse-options.js';
import { formatCount, printJson, printLine, printNotice } from '../terminal/index.js';

interface ToolsOptions {
  out: string;
  mcp?: string;
  mcpUrl?: string;
  header?: string[];
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
    .description('Make a toolset of an OpenAPI description, an MCP server or a module.')
    .argument('[source]', 'OpenAPI 3.0 or 3.1 (JSON, YAML), or a module that exports what defineTools gives')
    .requiredOption('-o, --out <file>', 'file for the toolset')
    .option('--mcp <command>', 'MCP server: a program with its arguments, which speaks over its standard streams')
    .option('--mcp-url <url>', 'MCP server: its address (streamable HTTP)')
    .option('--header <name: value>', 'header for --mcp-url; may be given several times', collect)
    .option('--operations <file>', 'file for the request behind each tool: method, path, where each argument goes')
    .option(
      '--include <pattern>',
      'only tools whose name or "METHOD /path" matches; may be given several times',
      collect,
    )
    .option('--exclude <pattern>', 'none of those that match; may be given several times', collect)
    .option('--tag <name>', 'only operations of this tag; may be given several times', collect)
    .option('--deprecated', 'deprecated operations too')
    .option('--json', 'print what was done as JSON')
    .addHelpText(
      'after',
      `
Each operation of an API becomes a tool: its parameters and the properties of its JSON body are the arguments. In a
pattern * stands for any text: "get*", "POST /users/*". Few tools are chosen better than many: take what your bot needs.

Examples:
  tooltune tools openapi.yaml -o tools.json
  tooltune tools openapi.json -o tools.json --tag orders --exclude "DELETE *"
  tooltune tools --mcp "npx -y @modelcontextprotocol/server-everything" -o tools.json
  tooltune tools src/tools.js -o tools.json
  tooltune lint tools.json

${exitCodesHelp}`,
    )
    .action(async (source: string | undefined, options: ToolsOptions, command: Command) =>
      settle(await tools(context, source, options, command)),
    );
}

/** What was made of a source. */
interface MadeToolset {
  toolset: Toolset;
  /** What could not be a tool. */
  skipped: { name: string; reason: string }[];
  operations?: object;
}

async function tools(
  { terminal, signal }: CommandContext,
  source: string | undefined,
  options: ToolsOptions,
  command: Command,
): Promise<ExitCode> {
  const { out, json = false, mcp, mcpUrl } = options;
  if ([source, mcp, mcpUrl].filter((one) => one !== undefined).length !== 1) {
    command.error('error: give one source: a file, --mcp <command> or --mcp-url <url>');
  }
  const isApi = source !== undefined && !/\.[cm]?[jt]s$/.test(source);
  if (!isApi) refuseOptions(command, ['operations', 'tag', 'deprecated'], 'only an OpenAPI description has operations');
  if (mcpUrl === undefined) refuseOptions(command, ['header'], 'only --mcp-url takes headers');
  const { toolset, skipped, operations } = isApi
    ? await fromApi(source, options)
    : source !== undefined
      ? await fromModule(source, options)
      : await fromServer(serverOf(options, command), options, signal);
  await writeFileAtomic(out, formatToolset(toolset));
  if (options.operations !== undefined) {
    await writeFileAtomic(options.operations, `${JSON.stringify(operations, null, 2)}\n`);
  }
  if (json) {
    const names = toolset.tools.map(({ name }) => name);
    printJson(terminal, { file: out, tools: names, fingerprint: toolset.fingerprint, skipped });
    return exitCodes.ok;
  }
  printLine(terminal, `${out}: ${formatCount(toolset.tools.length, 'tool')}`);
  for (const { name, reason } of skipped) printNotice(terminal, `left out: ${name}: ${reason}`);
  printLine(terminal, `\nNext:\n  tooltune lint ${quoteArgument(out)}`);
  return exitCodes.ok;
}

async function fromApi(file: string, options: ToolsOptions): Promise<MadeToolset> {
  const { openApiToolset } = await import('@tooltune/sdk/openapi');
  const { tag, deprecated = false } = options;
  const chosen = chooser(options);
  const made = openApiToolset(await readDescription(file), {
    ...{ file, deprecated },
    include: ({ name, method, path, tags }) =>
      chosen([name, `${method} ${path}`]) && (tag === undefined || tags.some((one) => tag.includes(one))),
  });
  const { toolset, operations, server } = made;
  const skipped = made.skipped.map(({ method, path, reason }) => ({ name: `${method} ${path}`, reason }));
  return { toolset, skipped, operations: { server, operations } };
}

function serverOf({ mcp, mcpUrl, header = [] }: ToolsOptions, command: Command): McpServer {
  if (mcpUrl === undefined) {
    const [program = '', ...args] = (mcp!.match(/"[^"]*"|'[^']*'|\S+/g) ?? []).map((word) =>
      word.replace(/^(["'])(.*)\1$/, '$2'),
    );
    return { command: program, args };
  }
  if (!URL.canParse(mcpUrl)) command.error(`error: --mcp-url must be an address, such as http://localhost:3000/mcp`);
  const headers = header.map((text): [string, string] => {
    const [, name, value] = /^([^:\s]+):\s*(.*)$/.exec(text) ?? [];
    if (name === undefined || value === undefined)
      command.error(`error: --header takes "name: value"; "${text}" is none`);
    return [name!, value!];
  });
  return { url: mcpUrl, headers: Object.fromEntries(headers) };
}

async function fromServer(server: McpServer, options: ToolsOptions, signal: AbortSignal): Promise<MadeToolset> {
  const { connectMcp, mcpToolset } = await import('@tooltune/sdk/mcp');
  const chosen = chooser(options);
  const client = await connectMcp(server, { signal });
  try {
    const { toolset, skipped } = await mcpToolset(client, { include: (name) => chosen([name]), signal });
    return { toolset, skipped: [...skipped] };
  } finally {
    await client.close();
  }
}

/** A module of the user's: it is run. */
async function fromModule(file: string, options: ToolsOptions): Promise<MadeToolset> {
  let exported: Record<string, unknown>;
  try {
    exported = await import(pathToFileURL(resolve(file)).href);
  } catch (cause) {
    const hint = /\.[cm]?ts$/.test(file)
      ? '; compile it first, or use a Node that reads TypeScript (22.18 or later)'
      : '';
    const message = `cannot be imported: ${cause instanceof Error ? cause.message : cause}${hint}`;
    throw new TooltuneError('tools/module', message, { cause, location: { file } });
  }
  const toolsets = Object.values(exported).flatMap((value) => {
    const toolset = (value as { toolset?: Toolset } | null)?.toolset;
    return Array.isArray(toolset?.tools) ? [toolset] : [];
  });
  if (toolsets.length === 0) {
    throw new TooltuneError('tools/module', 'exports nothing that defineTools gives', { location: { file } });
  }
  const chosen = chooser(options);
  const all = toolsets.flatMap(({ tools }) => tools).filter(({ name }) => chosen([name]));
  return { toolset: parseToolset(all, { file }), skipped: [] };
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

/** Whether a tool is wanted that goes by these names. */
function chooser({ include, exclude = [] }: ToolsOptions): (names: readonly string[]) => boolean {
  const matches = (patterns: readonly string[], names: readonly string[]) =>
    patterns.map(patternOf).some((pattern) => names.some((name) => pattern.test(name)));
  return (names) => (include === undefined || matches(include, names)) && !matches(exclude, names);
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
