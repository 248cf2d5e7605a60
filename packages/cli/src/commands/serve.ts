import { access, constants, mkdir } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { AdapterPool } from '@tooltune/runtime';
import { TooltuneError } from '@tooltune/sdk';
import type { RequestLogEntry } from '@tooltune/server';
import { Command, InvalidArgumentError } from 'commander';
import { prepareBaseModel, prepareBaseOf } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { collect, names, nonNegativeNumber, threadCount, wholeNumber } from '../option-parsers.js';
import { formatCount, formatMilliseconds, printNotice, type Terminal } from '../terminal/index.js';

interface ServeOptions {
  base?: string;
  port: number;
  host: string;
  apiKey?: string[];
  requestsPerMinute?: number;
  maxRequests: number;
  maxBody: number;
  cors?: string[];
  allowedHost?: string[];
  records?: string;
  sequences: number;
  context?: number;
  threads?: number;
  maxLoaded: number;
  maxMemory?: number;
  grace: number;
  playground: boolean;
  json?: true;
}

/** Keys that are not seen in the list of processes. */
const keysVariable = 'TOOLTUNE_API_KEYS';

/** `tooltune serve` */
export function serveCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('serve')
    .description('Serve adapters over HTTP as OpenAI does.')
    .argument(
      '[adapter...]',
      'folders of adapters of one base, each served under the name of its folder; or name=folder',
    )
    .option('--base <model>', 'base model, id or GGUF file (default: the one the first adapter names)')
    .option('--port <number>', 'port; 0: any that is free', portNumber, 8000)
    .option('--host <address>', 'address to listen on; 0.0.0.0: every network', hostAddress, '127.0.0.1')
    .option(
      '--api-key <key>',
      `key that requests must bring, several times for several (default: ${keysVariable})`,
      collect,
    )
    .option('--requests-per-minute <count>', 'most requests of one key, or of one address', wholeNumber(1))
    .option('--max-requests <count>', 'requests that are answered or wait at once', wholeNumber(1), 64)
    .option('--max-body <bytes>', 'size of a request', wholeNumber(1), 1 << 20)
    .option('--cors <origins>', 'origins of web pages that may ask, with commas between; *: all', names)
    .option(
      '--allowed-host <name>',
      'without keys, on this machine alone: another name to be reached under; several times for several',
      collect,
    )
    .option('--records <folder>', 'record requests there, and take feedback at /v1/feedback')
    .option('--sequences <count>', 'requests of one adapter that are under way at once', wholeNumber(1), 4)
    .option(
      '--context <tokens>',
      'tokens of prompt and answer together (default: 4096 or what the model can)',
      wholeNumber(16),
    )
    .option('--threads <count>', 'processor threads (default: physical cores)', threadCount)
    .option('--max-loaded <count>', 'adapters that are kept in memory', wholeNumber(1), 8)
    .option('--max-memory <megabytes>', 'memory of those, the base apart (default: no limit)', wholeNumber(1))
    .option('--grace <seconds>', 'how long requests under way may go on when the server ends', nonNegativeNumber, 30)
    .option('--no-playground', 'leave out the page at / on which the models are tried')
    .option('--json', 'print what happens as JSON lines')
    .addHelpText(
      'after',
      `
Any client of OpenAI's chat completions can ask: base URL http://127.0.0.1:8000/v1, model the adapter's name (the base's id
for the bare base). Further: /v1/models, /v1/classify for intents, /health, /metrics for Prometheus. At / is a page to try
them on: each token is marked as chosen or forced, with its probability.
Ctrl-C and SIGTERM end it when what is under way has been answered.

Examples:
  tooltune serve my-adapter
  tooltune serve home=adapters/home-v2 classes=adapters/classes --api-key "$KEY" --host 0.0.0.0
  tooltune serve --base smollm2-135m
  curl http://127.0.0.1:8000/v1/chat/completions -H "Content-Type: application/json" \\
    -d '{"model": "my-adapter", "messages": [{"role": "user", "content": "kitchen light off"}]}'

${exitCodesHelp}`,
    )
    .action(async (adapters: string[], options: ServeOptions) => settle(await serve(context, adapters, options)));
}

async function serve(context: CommandContext, adapters: readonly string[], options: ServeOptions): Promise<ExitCode> {
  const { terminal, signal } = context;
  const folders = adapterFolders(adapters);
  const apiKeys = usableKeys(options.apiKey ?? keysOf(process.env[keysVariable]));
  const { createAdapterPool } = await import('@tooltune/runtime');
  const { createServer, listen } = await import('@tooltune/server');
  const { sequences, threads, context: contextSize, maxLoaded, maxMemory } = options;
  const recorder = options.records === undefined ? undefined : await createRecorder(options.records, terminal);
  const pool = await createAdapterPool({
    base: await basePath(context, folders, options),
    adapters: Object.fromEntries(folders),
    ...{ sequences, threads, contextSize, maxLoaded },
    maxMemory: maxMemory === undefined ? undefined : maxMemory * 1_000_000,
  });
  try {
    await load(pool);
    const server = createServer({
      ...{ pool, apiKeys, recorder, corsOrigins: options.cors, maxBodyBytes: options.maxBody },
      ...{ requestsPerMinute: options.requestsPerMinute, maxRequests: options.maxRequests },
      playground: options.playground,
      onRequest: (entry) => printRequest(terminal, entry, options.json ?? false),
      onError: (error) => printNotice(terminal, `failed: ${error instanceof Error ? error.stack : error}`),
    });
    signal.throwIfAborted();
    const listening = await listenOn(listen, server, options);
    printListening(terminal, { url: listening.url, pool, isOpen: apiKeys.length === 0 }, options);
    await aborted(signal);
    if (!options.json && server.activeRequests > 0) {
      printNotice(terminal, `ending when ${formatCount(server.activeRequests, 'request')} under way is answered`);
    }
    await listening.close({ graceMs: options.grace * 1000 });
    return exitCodes.ok;
  } finally {
    await recorder?.close();
    await pool.dispose();
  }
}

/** Names and folders. @throws TooltuneError `serve/same-name` */
function adapterFolders(adapters: readonly string[]): [name: string, folder: string][] {
  const named = adapters.map((adapter): [string, string] => {
    const [, name, folder] = /^([^=/\\]+)=(.+)$/.exec(adapter) ?? [];
    return name === undefined ? [basename(resolve(adapter)), adapter] : [name, folder!];
  });
  const twice = named.find(([name], index) => named.findIndex((other) => other[0] === name) < index);
  if (twice === undefined) return named;
  const message = `two adapters would be served as ${twice[0]}; name one of them: other-name=${twice[1]}`;
  throw new TooltuneError('serve/same-name', message);
}

async function basePath(
  context: CommandContext,
  folders: readonly [name: string, folder: string][],
  { base, json }: ServeOptions,
): Promise<string> {
  const silent = json ?? false;
  const [first] = folders;
  if (first === undefined) {
    if (base === undefined)
      throw new TooltuneError('serve/nothing', 'name an adapter to serve, or a base model: --base');
    const model = await prepareBaseModel(context, base, { silent });
    return model.model?.id ?? model.path;
  }
  const { readAdapterBundle } = await import('@tooltune/runtime');
  const bundle = await readAdapterBundle(first[1]);
  const model = await prepareBaseOf(context, first[1], bundle.manifest, { base, silent });
  return model.model?.id ?? model.path;
}

/** @throws what Node throws where nothing can be written there */
async function createRecorder(folder: string, terminal: Terminal) {
  await mkdir(folder, { recursive: true });
  await access(folder, constants.W_OK);
  const { createJsonlSink, Recorder } = await import('@tooltune/runtime/observe');
  const onError = (error: unknown) =>
    printNotice(terminal, `not recorded: ${error instanceof Error ? error.message : error}`);
  return new Recorder({ sink: createJsonlSink({ folder }), onError });
}

/** Loads what there is room for, so that the first requests do not wait for it. */
async function load(pool: AdapterPool): Promise<void> {
  // The last ones would push the first ones out.
  for (const { name, kind } of pool.list().reverse()) await (kind === 'tools' ? pool.tools(name) : pool.intents(name));
}

function keysOf(text: string | undefined): string[] {
  return (text ?? '').split(',').flatMap((key) => (key.trim() === '' ? [] : [key.trim()]));
}

/** A key that is empty or cannot stand in a header would lock everybody out. @throws TooltuneError `serve/bad-key` */
function usableKeys(keys: readonly string[]): readonly string[] {
  if (keys.every((key) => /^[!-~]+$/.test(key))) return keys;
  const message = 'an API key is empty, or has characters other than visible ASCII; is the variable that holds it set?';
  throw new TooltuneError('serve/bad-key', message);
}

function portNumber(text: string): number {
  const port = wholeNumber(0)(text);
  if (port <= 65_535) return port;
  throw new InvalidArgumentError('It must be at most 65535.');
}

/** Node takes an empty address for every network. */
function hostAddress(text: string): string {
  if (text.trim() !== '') return text.trim();
  throw new InvalidArgumentError('It must be an address; 0.0.0.0 is every network.');
}

async function listenOn(
  listen: typeof import('@tooltune/server').listen,
  server: Parameters<typeof listen>[0],
  { port, host, allowedHost }: ServeOptions,
) {
  try {
    return await listen(server, { port, host, allowedHosts: allowedHost });
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'EADDRINUSE' ? `port ${port} is taken; choose another with --port` : message;
    throw new TooltuneError('serve/cannot-listen', `cannot listen on ${host}: ${reason}`, { cause });
  }
}

const local = new Set(['127.0.0.1', 'localhost', '::1']);

function printListening(
  terminal: Terminal,
  { url, pool, isOpen }: { url: string; pool: AdapterPool; isOpen: boolean },
  { host, json, playground }: ServeOptions,
): void {
  const adapters = pool.list().map(({ name }) => name);
  if (json) {
    const event = { event: 'listening', url, base: pool.base.id, adapters };
    terminal.output.write(`${JSON.stringify(event)}\n`);
  } else {
    const { bold, dim } = terminal.noticeColors;
    const served = adapters.length === 0 ? '' : `${adapters.map((name) => bold(name)).join(', ')} on `;
    printNotice(terminal, `serving ${served}${bold(pool.base.id)} at ${bold(`${url}/v1`)}`);
    if (playground) printNotice(terminal, `try it at ${bold(`${url}/`)}`);
    printNotice(terminal, dim('Ctrl-C ends it'));
  }
  if (isOpen && !local.has(host)) {
    const warning = `whoever reaches ${host} can ask: give --api-key, or set ${keysVariable}`;
    printNotice(terminal, json ? warning : terminal.noticeColors.yellow(warning));
  }
}

function printRequest(terminal: Terminal, entry: RequestLogEntry, json: boolean): void {
  if (json) {
    terminal.output.write(`${JSON.stringify({ event: 'request', time: new Date().toISOString(), ...entry })}\n`);
    return;
  }
  // Whoever looks at its health does so every few seconds.
  if (entry.route === '/health' || entry.route === '/metrics') return;
  const { dim, green, red, yellow } = terminal.noticeColors;
  const colour = entry.status >= 500 ? red : entry.status >= 400 ? yellow : green;
  const time = new Date().toTimeString().slice(0, 8);
  const parts = [colour(String(entry.status)), entry.method, entry.route, entry.model];
  const duration = formatMilliseconds(entry.durationMs);
  printNotice(terminal, `${dim(time)} ${parts.filter((part) => part !== '').join(' ')} ${dim(duration)}`);
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
}
