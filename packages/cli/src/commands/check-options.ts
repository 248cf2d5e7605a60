import type { PromptTools } from '@tooltune/sdk';
import { type CheckRule, checkRules, type FileRole, fileRoles } from '@tooltune/sdk/checks';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { collect, fraction, names, wholeNumber } from '../option-parsers.js';

/** What `tooltune check` may be told. */
export interface CheckOptions {
  tools?: string;
  data?: string[];
  base?: string;
  prompt: PromptTools;
  system?: string;
  contextTokens?: number;
  disable?: CheckRule[];
  nearDuplicates?: number;
  seed: number;
  redact?: string;
  card?: string;
  title?: string;
  force?: true;
  maxFindings?: number;
  strict?: true;
  json?: true;
}

/** Findings of one rule that are told, unless --max-findings or --json says otherwise. */
export const usualFindings = 10;

/** Declares them. */
export function addCheckOptions(command: Command): Command {
  return command
    .option('--tools <file>', 'toolset: JSON Schemas of the tools; needed but for rows of {"text", "intent"}')
    .option('--data <[role=]file>', 'dataset, JSONL; may be given several times', collect)
    .option('--base <model>', 'count the tokens of every row as for this base model, where it is here')
    .addOption(
      new Option('--prompt <tools>', 'with --base: what of the tools the prompt holds')
        .choices(['none', 'names', 'full'])
        .default('none'),
    )
    .option('--system <text>', 'with --base: system message where a row has none')
    .option(
      '--context-tokens <count>',
      "with --base: how many tokens fit (default: the model's context)",
      wholeNumber(1),
    )
    .option('--disable <rules>', 'rules to leave out, separated by commas', ruleNames)
    .option(
      '--near-duplicates <share>',
      'how alike requests are that are told as near-duplicates (default: 0.7)',
      fraction,
    )
    .option('--seed <number>', 'seed of the search for near-duplicates, and of placeholders', wholeNumber(0), 1)
    .option('--redact <file>', 'write the rows with placeholders for personal data; a folder for several --data')
    .option('--force', 'with --redact: write over files that are there')
    .option('--card <folder>', 'write card.md and card.html, which tell what the data set holds')
    .option('--title <text>', 'with --card: the name of the data set')
    .option(
      '--max-findings <count>',
      `findings of one rule to tell (default: ${usualFindings}; with --json all)`,
      wholeNumber(0),
    )
    .option('--strict', 'exit with 1 where there is a warning too')
    .option('--json', 'print the result as JSON');
}

/** `test=rows.jsonl` says what a file is for; without it, its name does. */
export function parseDataOption(text: string): { file: string; role: FileRole | undefined } {
  const [, role, file] = new RegExp(`^(${fileRoles.join('|')})=(.+)$`, 's').exec(text) ?? [];
  return role === undefined ? { file: text, role: undefined } : { file: file!, role: role as FileRole };
}

function ruleNames(text: string): CheckRule[] {
  return names(text).map((name) => {
    if (Object.hasOwn(checkRules, name)) return name as CheckRule;
    throw new InvalidArgumentError(`"${name}" is no rule; they are ${Object.keys(checkRules).join(', ')}.`);
  });
}
