import { addAbortSignal } from 'node:stream';
import { text as readText } from 'node:stream/consumers';
import type { IntentAdapterBundle, ToolAdapterBundle } from '@tooltune/runtime';
import { type IntentAnswer, TooltuneError } from '@tooltune/sdk';
import { Command } from 'commander';
import { prepareBaseOf } from '../base-model.js';
import type { CommandContext } from '../command-context.js';
import { type ExitCode, exitCodes, exitCodesHelp } from '../exit-codes.js';
import { threadCount, wholeNumber } from '../option-parsers.js';
import { refuseOptions } from '../refuse-options.js';
import {
  formatMilliseconds,
  formatShare,
  printJsonLine,
  printLine,
  printNotice,
  type Terminal,
} from '../terminal/index.js';
import { createAnswerJudge, createCallView } from './call-view.js';

interface RunOptions {
  base?: string;
  constraint: boolean;
  maxTokens?: number;
  alternatives?: number;
  threads?: number;
  json?: true;
}

/** `tooltune run` */
export function runCommand(context: CommandContext, settle: (exitCode: ExitCode) => void): Command {
  return new Command('run')
    .description('Stream the tool calls for one request, or name its intent.')
    .argument('<adapter>', 'folder of the adapter')
    .argument('[request...]', 'what the user says; read from stdin where it is left out')
    .option('--base <model>', 'base model, id or GGUF file (default: the one the adapter names)')
    .option('--no-constraint', 'let the model write what it likes; calls are still checked')
    .option('--max-tokens <count>', 'most tokens of the answer (default: 512)', wholeNumber(1))
    .option(
      '--alternatives <count>',
      'answers to try beside the greedy one, in search of the likeliest (default: 0)',
      wholeNumber(0),
    )
    .option('--threads <count>', 'processor threads (default: physical cores)', threadCount)
    .option('--json', 'print one event a line as JSON')
    .addHelpText(
      'after',
      `
Calls and words go to stdout as they are decoded, timings to stderr. Exit code 1 when the answer is broken or empty.
An adapter that names intents prints the intent and its probability, or that it abstains.

Examples:
  tooltune run my-adapter "turn off the light in the kitchen"
  echo "wake me at seven" | tooltune run my-adapter --json

${exitCodesHelp}`,
    )
    .action(async (adapter: string, request: string[], options: RunOptions, command: Command) =>
      settle(await run(context, adapter, request, options, command)),
    );
}

async function run(
  context: CommandContext,
  adapter: string,
  words: readonly string[],
  options: RunOptions,
  command: Command,
): Promise<ExitCode> {
  const request = words.length > 0 ? words.join(' ') : await readInput(context);
  if (request.trim() === '') {
    throw new TooltuneError('run/no-request', 'there is no request; write it after the adapter, or pipe it in');
  }
  const { readAdapterBundle } = await import('@tooltune/runtime');
  const bundle = await readAdapterBundle(adapter);
  if (bundle.task === 'intents')
    refuseOptions(command, ['constraint', 'maxTokens', 'alternatives'], 'this adapter names intents');
  const found = { base: options.base, silent: options.json ?? false };
  // A whole model has no base.
  const isWhole = bundle.modelPath !== null && options.base === undefined;
  const path = isWhole ? undefined : (await prepareBaseOf(context, adapter, bundle.manifest, found)).path;
  return bundle.task === 'intents'
    ? nameIntent(context, bundle, path, request, options)
    : streamCalls(context, bundle, path, request, options);
}

async function nameIntent(
  { terminal, signal }: CommandContext,
  adapter: IntentAdapterBundle,
  base: string | undefined,
  request: string,
  { threads, json }: RunOptions,
): Promise<ExitCode> {
  const { createIntentClassifier } = await import('@tooltune/runtime');
  const classifier = await createIntentClassifier({ adapter, base, threads });
  try {
    const answer = await classifier.classify(request, { signal });
    if (json) printJsonLine(terminal, answer);
    else printAnswer(terminal, answer);
    return exitCodes.ok;
  } finally {
    await classifier.dispose();
  }
}

function printAnswer(terminal: Terminal, answer: IntentAnswer): void {
  const { promptTokens, durationMs } = answer;
  for (const line of answerLines(answer, terminal.outputColors)) printLine(terminal, line);
  printNotice(terminal, terminal.noticeColors.dim(`${formatMilliseconds(durationMs)}, ${promptTokens} prompt tokens`));
}

/** The intent; all intents, each with its probability; or the score and how likely each level is. */
function answerLines(answer: IntentAnswer, colors: Terminal['outputColors']): string[] {
  const { intent, probability, top, intents, score, probabilities = [] } = answer;
  const share = formatShare(probability);
  const named = (name: string) => colors.bold(colors.cyan(name));
  const unsure = `(most likely ${top[0]!.intent}, ${formatShare(top[0]!.probability)})`;
  if (score !== undefined) {
    const levels = probabilities.map((level) => `${level.intent} ${formatShare(level.probability)}`);
    return [`${named(score.level)} ${share}, expected ${score.expected.toFixed(2)}`, levels.join(', ')];
  }
  if (intents !== undefined) {
    if (intents.length === 0) return [`${colors.bold('no intent')} ${unsure}`];
    const shares = new Map(probabilities.map((one) => [one.intent, one.probability]));
    return intents.map((name) => `${named(name)} ${formatShare(shares.get(name)!)}`);
  }
  return [
    intent === null
      ? `${colors.bold('out of scope')} (most likely ${top[0]!.intent}, ${share})`
      : `${named(intent)} ${share}`,
  ];
}

async function streamCalls(
  { terminal, signal }: CommandContext,
  adapter: ToolAdapterBundle,
  base: string | undefined,
  request: string,
  options: RunOptions,
): Promise<ExitCode> {
  const { createToolRuntime } = await import('@tooltune/runtime');
  const runtime = await createToolRuntime({
    adapter,
    base,
    constrained: options.constraint,
    maxTokens: options.maxTokens,
    alternatives: options.alternatives,
    threads: options.threads,
  });
  try {
    const view = createCallView(terminal);
    const judge = createAnswerJudge();
    for await (const event of runtime.stream({ messages: [{ role: 'user', content: request }], signal })) {
      judge.observe(event);
      if (options.json) printJsonLine(terminal, event);
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
