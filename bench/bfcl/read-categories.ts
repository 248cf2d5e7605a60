import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { ChatMessage, JsonObject } from '@tooltune/sdk';
import { preparePython } from '../measuring/python.js';

/** Whose data and possible answers are read. */
export const bfclVersion = '2026.3.23';

/** Single-turn categories of Python, and what a row of them wants: the calls, no call, or any call at all. */
export const categories = {
  simple_python: 'calls',
  multiple: 'calls',
  parallel: 'calls',
  parallel_multiple: 'calls',
  irrelevance: 'no call',
  live_simple: 'calls',
  live_multiple: 'calls',
  live_parallel: 'calls',
  live_parallel_multiple: 'calls',
  live_irrelevance: 'no call',
  live_relevance: 'a call',
} as const;

export type Category = keyof typeof categories;

/** A row as the leaderboard writes it. */
export interface BfclRow {
  id: string;
  question: [ChatMessage[]];
  /** Types are Python's: `dict`, `float`, `tuple`, `any`. */
  function: { name: string; description: string; parameters: JsonObject }[];
  /** None where no particular call is wanted. */
  possible: Record<string, Record<string, unknown[]>>[];
}

/** Folder of the package's data; the package is installed without what it needs to ask models. */
export async function findData(folder: string): Promise<string> {
  const environment = join(folder, 'bfcl');
  const python = join(environment, 'bin/python');
  const find = ['-c', 'import sysconfig; print(sysconfig.get_path("purelib"))'];
  const dataOf = async () => join((await promisify(execFile)(python, find)).stdout.trim(), 'bfcl_eval/data');
  if (existsSync(python) && existsSync(await dataOf())) return dataOf();
  await preparePython(environment, ['--no-deps', `bfcl-eval==${bfclVersion}`]);
  return dataOf();
}

export async function readCategory(data: string, category: Category): Promise<BfclRow[]> {
  const file = `BFCL_v4_${category}.json`;
  const rows = await readLines<Omit<BfclRow, 'possible'>>(join(data, file));
  if (categories[category] !== 'calls') return rows.map((row) => ({ ...row, possible: [] }));
  const truths = await readLines<{ id: string; ground_truth: BfclRow['possible'] }>(
    join(data, 'possible_answer', file),
  );
  const byId = new Map(truths.map(({ id, ground_truth: possible }) => [id, possible]));
  return rows.map((row) => ({ ...row, possible: byId.get(row.id)! }));
}

async function readLines<Line>(file: string): Promise<Line[]> {
  const text = await readFile(file, 'utf8');
  return text.split('\n').flatMap((line) => (line.trim() === '' ? [] : [JSON.parse(line) as Line]));
}
