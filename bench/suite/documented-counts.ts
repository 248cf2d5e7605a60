import { readFile, writeFile } from 'node:fs/promises';
import type { FileResult } from './run-suite.js';

/**
 * Writes the counts by keyword between the lines `<!-- suite DRAFT: begin -->` and `<!-- suite DRAFT: end -->` of a
 * Markdown file.
 */
export async function writeDocumentedCounts(
  file: string,
  draft: string,
  results: readonly FileResult[],
): Promise<void> {
  const text = await readFile(file, 'utf8');
  const begin = `<!-- suite ${draft}: begin -->`;
  const end = `<!-- suite ${draft}: end -->`;
  const from = text.indexOf(begin);
  const to = text.indexOf(end);
  if (from < 0 || to < from) throw new Error(`${file} has no lines "${begin}" and "${end}"`);
  await writeFile(file, `${text.slice(0, from + begin.length)}\n\n${table(results)}\n\n${text.slice(to)}`);
}

function table(results: readonly FileResult[]): string {
  const lines = ['| | tests | right | of these while decoding | refused | wrong |', '|---|--:|--:|--:|--:|--:|'];
  const line = (name: string, { tests, right, rightWholly, refused }: Sums) =>
    `| ${name} | ${tests} | ${right} | ${rightWholly} | ${refused} | ${tests - right - refused} |`;
  for (const isOptional of [false, true]) {
    const part = results.filter((result) => result.isOptional === isOptional);
    for (const result of part) lines.push(line(`\`${result.name}\``, result));
    lines.push(line(`**all ${isOptional ? 'optional' : 'required'}**`, sum(part)));
  }
  return lines.join('\n');
}

export type Sums = Pick<
  FileResult,
  'tests' | 'right' | 'rightWholly' | 'falsePositives' | 'falseNegatives' | 'refused' | 'failures'
>;

/** The counts of several files together. */
export function sum(results: readonly FileResult[]): Sums {
  const sums = { tests: 0, right: 0, rightWholly: 0, falsePositives: 0, falseNegatives: 0, refused: 0, failures: 0 };
  for (const result of results) for (const name of Object.keys(sums) as (keyof Sums)[]) sums[name] += result[name];
  return sums;
}
