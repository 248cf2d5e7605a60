import { addAbortSignal } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import { TooltuneError } from '@tooltune/sdk';
import { Command } from 'commander';
import { prepareBaseOf } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { threadCount, wholeNumber } from '../option-parsers.js';
import { printJsonLine, printNotice } from '../terminal/index.js';
import { createAnswerJudge, createCallView } from './call-view.js';

interface RunOptions {
  base?: string;
  constraint: boolean;
  maxTokens?: number;
  threads?: number;
  json?: true;
}

/** `tooltune run` */
export function runCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('run')
    .description('Stream the tool calls for one request.')
    .argument('<adapter>', 'folder of the adapter')
    .argument('[request...]', 'what the user says; read from stdin where it is left out')
    .option('--base <model>', 'base model, id or GGUF file (default: the one the adapter names)')
    .option('--no-constraint', 'let the model write what it likes; calls are still checked')
    .option('--max-tokens <count>', 'most tokens of the answer (default: 512)', wholeNumber(1))
    .option('--threads <count>', 'processor threads (default: physical cores)', threadCount)
    .option('--json', 'print one event a line as JSON')
    .addHelpText(
      'after',
      `
Calls and words go to stdout as they are decoded, timings to stderr. Exit code 1 when the answer is broken or empty.

Examples:
  tooltune run my-adapter "turn off the light in the kitchen"
  echo "wake me at seven" | tooltune run my-adapter --json

${exitCodesHelp}`,
    )
    .action(async (adapter: string, request: string[], options: RunOptions) =>
      settle(await run(context, adapter, request, options)),
    );
}

async function run(
  context: CommandContext,
  adapter: string,
  words: readonly string[],
  options: RunOptions,
): Promise<ExitCode> {
  const { terminal, signal } = context;
  const json = options.json ?? false;
  const request = words.length > 0 ? words.join(' ') : await readInput(context);
  if (request.trim() === '') {
    throw new TooltuneError('run/no-request', 'there is no request; write it after the adapter, or pipe it in');
  }
  const { createToolRuntime, readAdapterBundle } = await import('@tooltune/runtime');
  const bundle = await readAdapterBundle(adapter);
  const base = await prepareBaseOf(context, adapter, bundle.manifest, { base: options.base, silent: json });
  const runtime = await createToolRuntime({
    adapter: bundle,
    base: base.path,
    constrained: options.constraint,
    maxTokens: options.maxTokens,
    threads: options.threads,
  });
  try {
    const view = createCallView(terminal);
    const judge = createAnswerJudge();
    for await (const event of runtime.stream({ messages: [{ role: 'user', content: request }], signal })) {
      judge.observe(event);
      if (json) printJsonLine(terminal, event);
      else view.show(event);
    }
    if (signal.aborted) return exitCodes.interrupted;
    return judge.isValid() ? exitCodes.ok : exitCodes.failed;
  } finally {
    await runtime.dispose();
  }
}

/** All of stdin, without the white space around it. @throws what an aborted stream throws, once Ctrl-C has come */
async function readInput({ terminal, signal }: CommandContext): Promise<string> {
  if (terminal.input.isTTY) printNotice(terminal, 'Write the request; end it with Ctrl-D.');
  return (await readText(addAbortSignal(signal, terminal.input))).trim();
}
