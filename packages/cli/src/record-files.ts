import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Problem, type RuntimeRecord, TooltuneError } from '@tooltune/sdk';
import { fileErrorFrom, readTextFile } from '@tooltune/sdk/files';
import { parseRecords } from '@tooltune/sdk/harvest';
import { InvalidArgumentError } from 'commander';
import { formatCount, printNotice, type Terminal } from './terminal/index.js';

/** Records that were read, and what could not be. */
export interface ReadRecords {
  files: string[];
  records: RuntimeRecord[];
  problems: Problem[];
}

/**
 * Reads records from files, and from the `*.jsonl` files of folders in the order of their names.
 * @param period which requests count; feedback counts whenever it was given
 * @throws FileError; TooltuneError `records/none`
 */
export async function readRecords(
  paths: readonly string[],
  { since, until }: { since?: Date | undefined; until?: Date | undefined } = {},
): Promise<ReadRecords> {
  const files = (await Promise.all(paths.map(filesIn))).flat();
  const records: RuntimeRecord[] = [];
  const problems: Problem[] = [];
  for (const file of files) {
    const parsed = parseRecords(await readTextFile(file), { file });
    for (const record of parsed.records) {
      const time = Date.parse(record.time);
      const isInside = time >= (since?.getTime() ?? 0) && time < (until?.getTime() ?? Number.POSITIVE_INFINITY);
      if (record.type === 'feedback' || isInside) records.push(record);
    }
    problems.push(...parsed.problems);
  }
  if (!records.some(({ type }) => type !== 'feedback')) {
    const message = files.length === 0 ? 'there is no .jsonl file' : 'there is no request of that time';
    throw new TooltuneError('records/none', `${paths.join(', ')}: ${message}`);
  }
  return { files, records, problems };
}

async function filesIn(path: string): Promise<string[]> {
  const entry = await stat(path).catch((error: unknown) => {
    throw fileErrorFrom(error, path, 'read');
  });
  if (!entry.isDirectory()) return [path];
  const names = (await readdir(path)).filter((name) => name.endsWith('.jsonl')).sort();
  return names.map((name) => join(path, name));
}

/** Tells of lines that are no records: the first, and how many there are. */
export function printRecordProblems(terminal: Terminal, problems: readonly Problem[]): void {
  const [first] = problems;
  if (first === undefined) return;
  const { file, line } = first.location;
  const many = problems.length === 1 ? 'a problem' : `${formatCount(problems.length, 'problem')}, the first`;
  printNotice(terminal, `left out what is no record: ${many} at ${file}:${line}: ${first.message}`);
}

const durations = new Map([
  ['h', 3_600_000],
  ['d', 86_400_000],
  ['w', 604_800_000],
]);

/** A date or time as ISO 8601 writes it, or how long ago: 12h, 7d, 4w. */
export function pointInTime(text: string): Date {
  const [, count, unit] = /^(\d+)([hdw])$/.exec(text) ?? [];
  const time = count === undefined ? Date.parse(text) : Date.now() - Number(count) * durations.get(unit!)!;
  if (Number.isFinite(time) && (count !== undefined || /^\d{4}-\d{2}-\d{2}/.test(text))) return new Date(time);
  throw new InvalidArgumentError(
    'It must be a date (2026-11-01), a time (2026-11-01T12:00Z), or how long ago (7d, 12h).',
  );
}
