import type { JsonObject } from '@tooltune/sdk';
import type { Command } from 'commander';
import { collect, fraction, jsonObject, nonNegativeNumber, positiveNumber, wholeNumber } from '../option-parsers.js';
import { refuseOptions } from '../refuse-options.js';

/** What `tooltune generate` is told. */
export interface GenerateOptions {
  tools?: string;
  intents?: string;
  style?: string;
  seeds?: string;
  count: number;
  seed: number;
  out: string;
  share?: string[];
  scenarios?: string;
  scenarioShare: number;
  report?: string;
  mask: number;
  replay: number;
  outOfScope: number;
  validation: number;
  test: number;
  title?: string;
  teacher?: string;
  teacherModel?: string;
  teacherRows?: number;
  teacherKeyEnv: string;
  teacherBody?: JsonObject;
  teacherStructured?: true;
  teacherCache?: string;
  concurrency: number;
  priceIn: number;
  priceOut: number;
  budget?: number;
  estimate?: true;
  force?: true;
  json?: true;
}

const ofTools = ['seeds', 'share', 'scenarios', 'scenarioShare', 'report', 'mask', 'replay', 'teacher'];
const ofTeacher = [
  ...['teacherModel', 'teacherRows', 'teacherKeyEnv', 'teacherBody', 'teacherStructured', 'teacherCache'],
  ...['concurrency', 'priceIn', 'priceOut', 'budget', 'estimate'],
];

export function addGenerateOptions(command: Command): Command {
  return command
    .option('--tools <file>', 'toolset: JSON Schemas of the tools; rows that call them')
    .option('--intents <file>', 'in its place, intents with texts: rows that name an intent')
    .option('--style <file>', 'in its place, passages and how answers are written: rows that answer so')
    .option('--seeds <file>', 'real requests with the calls that answer them, JSONL; the more, the better')
    .option('--count <rows>', 'rows to write, seeds included', wholeNumber(1), 5000)
    .option('--seed <number>', 'seed of every random draw', wholeNumber(0), 1)
    .requiredOption('--out <folder>', 'folder for train.jsonl, validation.jsonl, test.jsonl and the card')
    .option('--share <kind=number>', 'share of a kind of rows; may be given several times', collect)
    .option('--scenarios <file>', 'situations to be better at, JSONL: more rows like them, never their own requests')
    .option('--scenario-share <share>', 'share of the rows that are made for scenarios', fraction, 0.5)
    .option('--report <file>', 'report of `tooltune eval --scenarios --json`: only what failed there is aimed at')
    .option('--mask <share>', 'share of the rows to train on with invented names of tools and arguments', fraction, 0)
    .option('--replay <share>', 'share of general rows, against forgetting', fraction, 0)
    .option('--out-of-scope <share>', 'share of the rows about no intent', fraction, 0.15)
    .option('--validation <share>', 'share of the rows for validation', fraction, 0.1)
    .option('--test <share>', 'share of the rows for the test', fraction, 0.1)
    .option('--title <text>', "the card's title")
    .option('--teacher <url>', 'have a larger model write rows too, behind this OpenAI-compatible endpoint')
    .option('--teacher-model <name>', 'its name there')
    .option('--teacher-rows <rows>', 'rows that it writes (default: a fifth of --count)', wholeNumber(1))
    .option('--teacher-key-env <name>', 'environment variable that holds its key, if one is needed', 'OPENAI_API_KEY')
    .option('--teacher-body <json>', "members to put into the request's body; null takes one out", jsonObject)
    .option('--teacher-structured', 'have its answers held to a JSON Schema, where the endpoint can (response_format)')
    .option('--teacher-cache <folder>', 'where its answers are kept (default: teacher-cache in --out)')
    .option('--concurrency <count>', 'questions to the teacher at once', wholeNumber(1), 4)
    .option('--price-in <dollars>', 'price of a million tokens that it reads', nonNegativeNumber, 0)
    .option('--price-out <dollars>', 'price of a million tokens that it writes', nonNegativeNumber, 0)
    .option('--budget <dollars>', 'most that the teacher may cost', positiveNumber)
    .option('--estimate', 'only tell what the teacher would cost')
    .option('--force', 'write over files that are there')
    .option('--json', 'print what was written as JSON');
}

/** Ends with wrong usage where the options do not go together. */
export function checkGenerateOptions(options: GenerateOptions, command: Command): void {
  const { tools, intents, style, teacher } = options;
  const sources = [tools, intents, style].filter((source) => source !== undefined);
  if (sources.length !== 1) {
    command.error(
      sources.length === 0
        ? "error: required option '--tools <file>' not specified (or --intents, or --style)"
        : 'error: only one of --tools, --intents and --style can be given',
    );
  }
  if (tools === undefined) refuseOptions(command, [...ofTools, ...ofTeacher], 'it needs --tools');
  if (intents === undefined) refuseOptions(command, ['outOfScope'], 'it needs --intents');
  if (options.scenarios === undefined) refuseOptions(command, ['scenarioShare', 'report'], 'it needs --scenarios');
  if (teacher === undefined) refuseOptions(command, ofTeacher, 'it needs --teacher');
  else if (options.teacherModel === undefined) refuseOptions(command, ['teacher'], 'it needs --teacher-model');
  if (options.priceIn === 0 && options.priceOut === 0) {
    refuseOptions(command, ['budget'], 'it needs --price-in and --price-out');
  }
  if (options.validation + options.test >= 1) {
    command.error('error: --validation and --test together must leave rows to train on');
  }
}
