import type { AdapterBundle } from '@tooltune/runtime';
import { TooltuneError } from '@tooltune/sdk';
import { Command } from 'commander';
import { prepareBaseOf } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { threadCount } from '../option-parsers.js';
import { printNotice } from '../terminal/index.js';

interface McpOptions {
  base?: string;
  threads?: number;
  json?: true;
}

/** `tooltune mcp` */
export function mcpCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('mcp')
    .description('Offer an adapter as an MCP server over the standard streams.')
    .argument('<adapter...>', 'folder of the adapter; of one that calls tools and one that names intents, too')
    .option('--base <model>', 'base model, id or GGUF file (default: the one the adapter names)')
    .option('--threads <count>', 'processor threads (default: physical cores)', threadCount)
    .option('--json', 'print nothing but the protocol')
    .addHelpText(
      'after',
      `
A client starts this command and speaks JSON-RPC with it over stdin and stdout. An adapter that calls tools is the tool
call_tools {request}, which answers with calls and runs none; one that names intents is the tool classify {text}.

Examples:
  tooltune mcp my-adapter
  tooltune mcp my-adapter my-classifier
  tooltune tools --mcp "tooltune mcp my-adapter" -o tools.json

${exitCodesHelp}`,
    )
    .action(async (adapters: string[], options: McpOptions) => settle(await mcp(context, adapters, options)));
}

async function mcp(context: CommandContext, folders: readonly string[], options: McpOptions): Promise<ExitCode> {
  const { terminal, signal } = context;
  const { createIntentClassifier, createToolRuntime, readAdapterBundle } = await import('@tooltune/runtime');
  const bundles = await Promise.all(folders.map((folder) => readAdapterBundle(folder)));
  const tools = onlyOne(bundles.filter((bundle) => bundle.task === 'tools'));
  const intents = onlyOne(bundles.filter((bundle) => bundle.task === 'intents'));
  const { createMcpServer, serveOverStdio } = await importMcp();
  const baseOf = async (bundle: AdapterBundle) => {
    // A whole model has no base.
    if (bundle.modelPath !== null && options.base === undefined) return undefined;
    const found = { base: options.base, silent: options.json ?? false };
    return (await prepareBaseOf(context, bundle.folder, bundle.manifest, found)).path;
  };
  const { threads } = options;
  const loaded: { dispose(): Promise<void> }[] = [];
  const keep = <T extends { dispose(): Promise<void> }>(model: T): T => {
    loaded.push(model);
    return model;
  };
  try {
    const runtime = tools && keep(await createToolRuntime({ adapter: tools, base: await baseOf(tools), threads }));
    const classifier =
      intents && keep(await createIntentClassifier({ adapter: intents, base: await baseOf(intents), threads }));
    const server = createMcpServer({ runtime, classifier });
    if (!options.json) printNotice(terminal, `${folders.join(', ')}: answering over stdin and stdout; Ctrl-C ends it`);
    await serveOverStdio(server, { signal });
    return signal.aborted ? exitCodes.interrupted : exitCodes.ok;
  } finally {
    for (const model of loaded) await model.dispose();
  }
}

function onlyOne<T extends AdapterBundle>(bundles: readonly T[]): T | undefined {
  const [first, second] = bundles;
  if (first === undefined || second === undefined) return first;
  const does = first.task === 'tools' ? 'call tools' : 'name intents';
  const message = `${first.folder} and ${second.folder} both ${does}; give one adapter of each kind`;
  throw new TooltuneError('mcp/two-adapters', message);
}

async function importMcp() {
  try {
    return await import('@tooltune/runtime/mcp');
  } catch (cause) {
    const message = 'MCP needs the package @modelcontextprotocol/sdk: npm install @modelcontextprotocol/sdk';
    throw new TooltuneError('mcp/no-sdk', message, { cause });
  }
}
