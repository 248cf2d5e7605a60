import type { IntentAdapterManifest, JsonObject, Scoring } from '@tooltune/sdk';
import { type Command, Option } from 'commander';
import {
  type ConfigurationKind,
  type FewShotData,
  parseConfigurations,
  type RemoteModel,
} from '../evaluation/index.js';
import { jsonObject, positiveNumber, regularExpression, threadCount, wholeNumber } from '../option-parsers.js';
import { refuseOptions } from '../refuse-options.js';

export interface EvalOptions {
  data: string;
  base?: string;
  only?: readonly ConfigurationKind[];
  limit?: number;
  baseLimit: number;
  maxTokens: number;
  failures: number;
  alternatives?: number;
  threads?: number;
  scoring: Scoring;
  refusal?: RegExp;
  scenarios?: string;
  fewShot?: number;
  fewShotData?: string;
  fewShotBy?: FewShotData['selection'];
  remoteUrl?: string;
  remoteModel?: string;
  remoteKeyEnv: string;
  remoteTimeout?: number;
  remoteBody?: JsonObject;
  json?: true | string;
  html?: string;
}

/** Options that an adapter that names intents has no use for. */
const toolOptions = [
  ...['maxTokens', 'alternatives', 'scoring', 'refusal', 'scenarios'],
  ...['remoteUrl', 'remoteModel', 'remoteKeyEnv', 'remoteTimeout', 'remoteBody'],
];

/** The options of `tooltune eval`. */
export function addEvalOptions(command: Command): Command {
  return command
    .requiredOption('--data <file>', 'held-out rows, JSONL')
    .option(
      '--json [file]',
      'write the report as JSON into this file; to stdout, without the table, where none is given',
    )
    .option('--html <file>', 'write a report for people: one HTML file')
    .option(
      '--only <names>',
      'measure only these, separated by commas: base, base+constraint, base+few-shot, base+few-shot+constraint, remote, adapter, adapter+constraint',
      // No default here: commander would hand it over as the earlier value.
      parseConfigurations,
    )
    .option('--limit <rows>', 'measure on so many rows, spread evenly over the file', wholeNumber(1))
    .option(
      '--base-limit <rows>',
      'how many of these the base and the remote model are asked, which read every tool and are slow',
      wholeNumber(1),
      50,
    )
    .option('--failures <count>', 'show so many wrong rows of the last configuration', wholeNumber(0), 5)
    .option('--max-tokens <count>', 'most tokens of an answer', wholeNumber(1), 256)
    .option(
      '--alternatives <count>',
      'answers to try beside the greedy one, in search of the likeliest (default: 8 for the adapter)',
      wholeNumber(0),
    )
    .option('--scenarios <file>', 'cases with a name, JSONL, asked of every configuration')
    .addOption(new Option('--scoring <rules>', 'how calls are compared').choices(['strict', 'bfcl']).default('strict'))
    .option(
      '--refusal <pattern>',
      'what declining looks like, for rows and scenarios that want it (default: the built-in detector)',
      regularExpression,
    )
    .option('--few-shot-data <file>', 'also measure the base with solved requests in its prompt, from these rows')
    .option('--few-shot <count>', 'how many (default: 3)', wholeNumber(1))
    .addOption(
      new Option(
        '--few-shot-by <choice>',
        'those most like the request, or always the same (default: similar)',
      ).choices(['similar', 'spread']),
    )
    .option('--remote-url <url>', 'also measure a remote model, behind this OpenAI-compatible endpoint')
    .option('--remote-model <name>', 'its name there')
    .option('--remote-key-env <name>', 'environment variable that holds the key, if one is needed', 'OPENAI_API_KEY')
    .option('--remote-timeout <seconds>', 'give an answer up after so long (default: 120)', positiveNumber)
    .option('--remote-body <json>', "members to put into the request's body; null takes one out", jsonObject)
    .option('--base <model>', 'base model, id or GGUF file (default: the one the adapter names)')
    .option('--threads <count>', 'processor threads (default: physical cores)', threadCount);
}

/** Options that mean nothing without one another. */
export function checkTogether(options: EvalOptions, command: Command): void {
  const needs = (names: string[], needed: string, isThere: boolean) => {
    if (!isThere) refuseOptions(command, names, `it needs ${needed}`);
  };
  needs(['fewShot', 'fewShotBy'], '--few-shot-data', options.fewShotData !== undefined);
  needs(
    ['remoteModel', 'remoteKeyEnv', 'remoteTimeout', 'remoteBody'],
    '--remote-url',
    options.remoteUrl !== undefined,
  );
  needs(['remoteUrl'], '--remote-model', options.remoteModel !== undefined);
  for (const kind of options.only ?? []) {
    if (kind.fewShot && options.fewShotData === undefined) {
      command.error(`error: "${kind.name}" needs --few-shot-data, rows to show`);
    }
    if (kind.model === 'remote' && options.remoteUrl === undefined) {
      command.error(`error: "${kind.name}" needs --remote-url and --remote-model`);
    }
  }
}

/** Of an adapter that names intents: no calls, and no constraint. */
export function checkIntentOptions({ only }: EvalOptions, kind: IntentAdapterManifest['kind'], command: Command): void {
  refuseOptions(command, toolOptions, 'this adapter names intents');
  if (kind !== undefined) {
    const reason = `an adapter that ${kind === 'multi' ? 'names any number of intents' : 'scores'} is measured alone`;
    refuseOptions(command, ['only', 'fewShot', 'fewShotData', 'fewShotBy', 'baseLimit'], reason);
  }
  const isKnown = only?.every(({ model, constrained }) => model !== 'remote' && !constrained) ?? true;
  const hasAdapter = only?.some(({ model }) => model === 'adapter') ?? true;
  if (isKnown && hasAdapter) return;
  refuseOptions(command, ['only'], 'of intents it names adapter, and beside it base and base+few-shot');
}

/** The requests to show, where some are given. */
export function fewShotOf({ fewShotData, fewShot = 3, fewShotBy }: EvalOptions): FewShotData | undefined {
  return fewShotData === undefined ? undefined : { data: fewShotData, count: fewShot, selection: fewShotBy };
}

/** The remote model, where one is named. */
export function remoteOf(options: EvalOptions): RemoteModel | undefined {
  const { remoteUrl: url, remoteModel: model, remoteKeyEnv, remoteTimeout, remoteBody: body } = options;
  if (url === undefined || model === undefined) return undefined;
  const timeoutMs = remoteTimeout === undefined ? undefined : remoteTimeout * 1000;
  return { url, model, apiKey: process.env[remoteKeyEnv], timeoutMs, body };
}
