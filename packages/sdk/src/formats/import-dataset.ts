import { createCallCheck, createOwnCallCheck, type Example, parseRow } from '../dataset/index.js';
import { type SourceLocation, TooltuneError } from '../errors/index.js';
import { parseJson } from '../json/index.js';
import type { Problem } from '../schemas/index.js';
import { type JsonValue, parseToolset, type Tool, type Toolset, ToolsetError } from '../toolset/index.js';
import { detectFormat, type ImportFormat, isObject } from './dataset-format.js';
import { linkByName } from './link-results.js';
import { readHermes } from './read-hermes.js';
import { readOpenAi } from './read-open-ai.js';
import { readShareGpt } from './read-share-gpt.js';
import { readTrl } from './read-trl.js';
import { readXlam } from './read-xlam.js';
import type { RowReader } from './row-reader.js';
import { ToolCollector } from './tool-collector.js';

export interface ImportOptions {
  /** Default `auto`: each row by its own shape. */
  from?: ImportFormat | 'auto';
  /** Path or name of the file, as the user gave it; problems name it. Default: `data.jsonl`. */
  file?: string;
  /** Calls are checked against these tools, whatever tools rows hold; without them, against the row's own. */
  toolset?: Toolset | undefined;
}

/** A row that could be read. */
export interface ImportedRow {
  example: Example;
  /** The row's own tools; undefined where it holds none. */
  tools?: readonly Tool[];
}

export interface ImportedDataset {
  rows: ImportedRow[];
  /** Why rows were refused, several reasons for one row among them. */
  problems: Problem[];
  /** How many rows were refused. */
  refused: number;
  /** The tools of all rows that were read; undefined where there are none. */
  toolset?: Toolset;
  /** Tools that rows describe in different words, of which the first are kept. */
  notes: Problem[];
  /** Rows by format, as told or as found. */
  formats: Partial<Record<ImportFormat, number>>;
}

const readers: Record<ImportFormat, RowReader> = {
  openai: readOpenAi,
  trl: readTrl,
  sharegpt: readShareGpt,
  hermes: readHermes,
  xlam: readXlam,
};

/**
 * Reads a data set of another format: JSONL, or one JSON array of rows. Never throws: a row that cannot be read is refused
 * with its line (in an array, its JSON pointer) and the reason.
 */
export function importDataset(text: string, options: ImportOptions = {}): ImportedDataset {
  const { from = 'auto', file = 'data.jsonl', toolset } = options;
  const collector = new ToolCollector();
  const readTools = createToolsReader();
  const checkCalls = createCallCheck(toolset);
  const checkOwnCalls = createOwnCallCheck();
  const result: ImportedDataset = { rows: [], problems: [], refused: 0, notes: [], formats: {} };
  for (const { location, value, problem } of splitRows(text, file)) {
    let fine = true;
    const report = (pointer: string, message: string) => {
      fine = false;
      result.problems.push({ location: { ...location, pointer: `${location.pointer ?? ''}${pointer}` }, message });
    };
    if (problem !== undefined) report('', problem);
    const row = isObject(value) ? readRow(value, location, report) : undefined;
    if (problem === undefined && !isObject(value)) report('', 'a row must be a JSON object');
    if (row !== undefined && fine) result.rows.push(row);
    else result.refused++;
  }

  function readRow(
    foreign: Record<string, unknown>,
    location: SourceLocation,
    report: (pointer: string, message: string) => void,
  ): ImportedRow | undefined {
    const format = from === 'auto' ? detectFormat(foreign) : from;
    result.formats[format] = (result.formats[format] ?? 0) + 1;
    const shaped = readers[format](foreign, report);
    if (shaped === undefined) return undefined;
    const toolsOfFile = toolset !== undefined || foreign.own_tools === true ? undefined : shaped.tools;
    const own = toolsOfFile === undefined ? undefined : readTools(toolsOfFile);
    if (own?.problems !== undefined) {
      for (const [pointer, message] of own.problems) {
        if (shaped.toolsAreText)
          report(shaped.toolsPointer, pointer === '' ? message : `of the tools, ${pointer}: ${message}`);
        else report(`${shaped.toolsPointer}${pointer}`, message);
      }
      return undefined;
    }
    const example = parseRow(shaped.row, {
      location,
      report: (pointer, message) => report(shaped.pointerOf(pointer), message),
      checkCalls: (calls, _rowTools, tell) => checkCalls(calls, own?.tools, tell),
      checkOwnCalls,
      toolset,
    });
    if (example === undefined) return undefined;
    for (const conflict of own === undefined ? [] : collector.add(own.tools, location)) {
      report(shaped.toolsPointer, conflict);
    }
    const { resultNames } = shaped;
    const linked =
      example.kind === 'conversation' && resultNames !== undefined && resultNames.size > 0
        ? { ...example, messages: linkByName(example.messages, resultNames) }
        : example;
    return { example: linked, ...(own === undefined ? {} : { tools: own.tools }) };
  }

  const { tools } = collector;
  if (tools.length > 0) result.toolset = parseToolset(tools);
  result.notes = [...collector.reworded.values()];
  return result;
}

interface FoundRow {
  location: SourceLocation;
  value?: JsonValue;
  problem?: string;
}

/** Lines of JSONL, or the items of one JSON array. */
function* splitRows(text: string, file: string): Generator<FoundRow> {
  const source = text.replace(/^\uFEFF/, '');
  if (/^\s*\[/.test(source)) {
    const { value, problem } = parseJson(source);
    if (Array.isArray(value)) {
      for (const [index, item] of value.entries()) yield { location: { file, pointer: `/${index}` }, value: item };
      return;
    }
    if (problem !== undefined) {
      const message = `${problem.message} at column ${problem.column}`;
      return yield { location: { file, line: problem.line }, problem: message };
    }
  }
  for (const [index, line] of source.split('\n').entries()) {
    if (line.trim() === '') continue;
    const location = { file, line: index + 1 };
    const { value, problem } = parseJson(line);
    if (problem === undefined) yield { location, value };
    else yield { location, problem: `${problem.message} at column ${problem.column}` };
  }
}

interface ReadTools {
  tools: readonly Tool[];
  problems?: [pointer: string, message: string][];
}

/** Rows of a file mostly hold the same tools: each set is read once. An empty list is none. */
function createToolsReader(): (tools: JsonValue) => ReadTools | undefined {
  const known = new Map<string, ReadTools | undefined>();
  return (tools) => {
    if (Array.isArray(tools) && tools.length === 0) return undefined;
    const key = JSON.stringify(tools);
    if (!known.has(key)) known.set(key, readToolList(tools));
    return known.get(key);
  };
}

function readToolList(tools: JsonValue): ReadTools {
  try {
    return { tools: parseToolset(tools).tools };
  } catch (error) {
    if (!TooltuneError.isInstance(error)) throw error;
    if (!(error instanceof ToolsetError)) return { tools: [], problems: [['', error.message]] };
    const problems = error.problems.map(({ location, message }): [string, string] => [location.pointer ?? '', message]);
    return { tools: [], problems };
  }
}
