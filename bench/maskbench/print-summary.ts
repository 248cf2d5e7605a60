import type { Percentiles } from '../measuring/times.js';
import type { EngineResult } from './engine-result.js';
import { type SharedTimes, type Summary, sharedTimes } from './summary.js';

type Summaries = readonly { result: EngineResult; summary: Summary }[];

const namesShown = 12;
const reasonsShown = 25;

/** Prints what the engines did, beside each other where there are two. */
export function printSummaries(summaries: Summaries): void {
  for (const { result } of summaries) {
    const versions = Object.entries(result.versions).map(([name, version]) => `${name} ${version}`);
    console.log(`\n${result.engine}: ${versions.join(', ')}`);
    for (const note of result.notes) console.log(`  ${note}`);
  }
  printVerdicts(summaries);
  printTimes(summaries);
  for (const { result, summary } of summaries) printDetails(result, summary);
}

function printVerdicts(summaries: Summaries): void {
  console.log('\nVerdicts');
  console.table(Object.fromEntries(summaries.map(({ result, summary }) => [result.engine, summary.total])));
}

function printTimes(summaries: Summaries): void {
  console.log('Times in µs');
  const rows: Record<string, Record<string, number>> = {};
  for (const time of ['firstMask', 'mask', 'check'] as const) {
    for (const { result, summary } of summaries) {
      const times = summary[time];
      if (times !== undefined) rows[`${titles[time]}: ${result.engine}`] = rounded(times);
    }
  }
  console.table(rows);
  if (summaries.length > 1) printSharedTimes(sharedTimes(summaries.map(({ result }) => result)));
}

function printSharedTimes({ schemas, engines }: SharedTimes): void {
  console.log(`Times in µs on the ${schemas} schemas that both compile`);
  const rows: Record<string, Record<string, number>> = {};
  for (const time of ['firstMask', 'mask'] as const) {
    for (const [engine, times] of Object.entries(engines)) {
      if (times[time] !== undefined) rows[`${titles[time]}: ${engine}`] = rounded(times[time]);
    }
    const [ours, theirs] = Object.values(engines).map((times) => times[time]);
    if (ours === undefined || theirs === undefined) continue;
    const parts = ['p50', 'p90', 'p99', 'max'] as const;
    const ratios = parts.map((part) => [part, Number((theirs[part] / ours[part]).toPrecision(3))]);
    rows[`${titles[time]}: theirs / ours`] = Object.fromEntries(ratios);
  }
  console.table(rows);
}

const titles = { firstMask: 'time to first mask', mask: 'mask', check: 'check at the end' };

function rounded({ count, ...parts }: Percentiles): Record<string, number> {
  return { count, ...Object.fromEntries(Object.entries(parts).map(([name, time]) => [name, Number(time.toFixed(1))])) };
}

function printDetails({ engine }: EngineResult, summary: Summary): void {
  console.log(`${engine} by source`);
  console.table(summary.groups);
  if (summary.skipped > 0) console.log(`${summary.skipped} instances not walked: bytes that no token stands for`);
  printNames('False accepts', summary.falseAccepts);
  printNames('False rejects', summary.falseRejects);
  printNames('Failures', summary.failures);
  const deferred = Object.entries(summary.deferred).map(([keyword, schemas]) => `${keyword} ${schemas}`);
  if (deferred.length > 0) console.log(`Left to the check at the end, in schemas: ${deferred.join(', ')}`);
  if (summary.compileErrors.length > 0) console.log('Compile errors, in schemas:');
  for (const { reason, schemas, example } of summary.compileErrors.slice(0, reasonsShown)) {
    console.log(`  ${String(schemas).padStart(4)}  ${reason}  (${example})`);
  }
  printRest(summary.compileErrors.length - reasonsShown);
  for (const [title, list] of [
    ['Slowest first masks', summary.slowestFirstMasks],
    ['Slowest masks', summary.slowestMasks],
  ] as const) {
    const shown = list.slice(0, 5).map(({ name, microseconds }) => `${name} ${Math.round(microseconds)} µs`);
    console.log(`${title}: ${shown.join(', ')}`);
  }
}

function printNames(title: string, names: readonly string[]): void {
  if (names.length === 0) return;
  console.log(`${title} in ${names.length} schemas:`);
  for (const name of names.slice(0, namesShown)) console.log(`  ${name}`);
  printRest(names.length - namesShown);
}

function printRest(count: number): void {
  if (count > 0) console.log(`  and ${count} more, in the JSON`);
}
