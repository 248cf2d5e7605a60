import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { DatasetError, type Example, type ParseDatasetOptions, parseDataset } from '../dataset/index.js';
import { parseJson } from '../json/index.js';
import { type ParseScenariosOptions, parseScenarios, type Scenario, ScenarioError } from '../scenarios/index.js';
import { type JsonValue, parseToolset, type Toolset } from '../toolset/index.js';
import { FileError, fileErrorFrom } from './file-error.js';

/** A file's text, which must be UTF-8; a byte order mark is left out. @throws FileError */
export async function readTextFile(path: string): Promise<string> {
  const bytes = await readFile(path).catch((error: unknown) => {
    throw fileErrorFrom(error, path, 'read');
  });
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    throw new FileError('file/not-utf8', 'this is not UTF-8 text; save it as UTF-8', {
      location: { file: path },
      cause,
    });
  }
}

/** A JSON file's value. @throws FileError `file/not-json` with line and column, and as readTextFile */
export async function readJsonFile(path: string): Promise<JsonValue> {
  const { value, problem } = parseJson(await readTextFile(path));
  if (problem === undefined) return value;
  throw new FileError('file/not-json', `${problem.message} at column ${problem.column}`, {
    location: { file: path, line: problem.line },
  });
}

/** A checked toolset. @throws FileError, ToolsetError */
export async function readToolset(path: string): Promise<Toolset> {
  return parseToolset(await readJsonFile(path), { file: path });
}

/** The examples of a JSONL file, at least one. @throws FileError, DatasetError (`dataset/invalid`, `dataset/empty`) */
export async function readDataset(path: string, options: Omit<ParseDatasetOptions, 'file'> = {}): Promise<Example[]> {
  const examples = parseDataset(await readTextFile(path), { ...options, file: path });
  if (examples.length > 0) return examples;
  throw new DatasetError([{ location: { file: path }, message: 'holds no row' }], { code: 'dataset/empty' });
}

/** The scenarios of a JSONL file, at least one. @throws FileError, ScenarioError `scenarios/invalid` */
export async function readScenarios(
  path: string,
  options: Omit<ParseScenariosOptions, 'file'> = {},
): Promise<Scenario[]> {
  const scenarios = parseScenarios(await readTextFile(path), { ...options, file: path });
  if (scenarios.length > 0) return scenarios;
  throw new ScenarioError([{ location: { file: path }, message: 'holds no scenario' }]);
}

/** SHA-256 of a file's bytes, as 64 hexadecimal digits, read in pieces. @throws FileError */
export async function fileSha256(path: string): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(createReadStream(path), hash).catch((error: unknown) => {
    throw fileErrorFrom(error, path, 'read');
  });
  return hash.digest('hex');
}
