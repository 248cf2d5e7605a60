import { parseJson } from '../json/index.js';
import type { Problem } from '../schemas/index.js';
import type { Toolset } from '../toolset/index.js';
import { createCallCheck, createOwnCallCheck } from './call-check.js';
import { DatasetError } from './dataset-error.js';
import type { Example } from './example.js';
import { parseRow } from './parse-row.js';

/** How a dataset is read. */
export interface ParseDatasetOptions {
  /** Path or name of the file, as the user gave it; errors name it. Default: `data.jsonl`. */
  file?: string;
  /** Calls are checked against these tools; without them, against the row's own `tools`, where it has any. */
  toolset?: Toolset;
  /** How many problems are collected before reading stops. Default 100. */
  maxProblems?: number;
}

/**
 * Reads JSONL, one example a line. Shapes, which may be mixed: chat-completions (`{messages, tools?}`, the last
 * message being the assistant's), `{messages, calls, content?}` and `{text, intent}`, `{text, intents}` or `{text, score}`. Blank lines, CRLF and a byte order
 * mark are allowed.
 * @throws DatasetError `dataset/invalid`, with every problem's file, line and JSON pointer
 */
export function parseDataset(text: string, options: ParseDatasetOptions = {}): Example[] {
  const { examples, problems } = collectDataset(text, options);
  if (problems.length > 0) throw new DatasetError(problems);
  return examples;
}

/** What parseDataset reads, and what is wrong with the other rows in place of an error: for checks, which go on. */
export function collectDataset(
  text: string,
  options: ParseDatasetOptions = {},
): { examples: Example[]; problems: Problem[] } {
  const { file = 'data.jsonl', toolset, maxProblems = 100 } = options;
  const checkCalls = createCallCheck(toolset);
  const checkOwnCalls = createOwnCallCheck();
  const examples: Example[] = [];
  const problems: Problem[] = [];
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    if (problems.length >= maxProblems) break;
    const location = { file, line: index + 1 };
    const report = (pointer: string, message: string) => problems.push({ location: { ...location, pointer }, message });
    const { value, problem } = parseJson(line);
    if (problem !== undefined) report('', `${problem.message} at column ${problem.column}`);
    else {
      const example = parseRow(value, { location, report, checkCalls, checkOwnCalls, toolset });
      if (example !== undefined) examples.push(example);
    }
  }
  return { examples, problems: problems.length > 0 && isOneJsonValue(text) ? [notLines(file)] : problems };
}

/** A JSON file in the place of a JSONL file would give a problem for every line. */
function isOneJsonValue(text: string): boolean {
  return text.trim().includes('\n') && parseJson(text).problem === undefined;
}

function notLines(file: string): Problem {
  return { location: { file }, message: 'this is one JSON value; write JSONL: each row as one line of its own' };
}
