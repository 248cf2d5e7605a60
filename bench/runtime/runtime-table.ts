import { percentiles } from '../measuring/times.js';
import type { Answered } from './participant.js';

type Judged = Answered & { valid: boolean; right: boolean };

export interface RuntimeRow {
  name: string;
  requests: number;
  /** Milliseconds until the first argument was there, of the answers that came to one. */
  firstArgument: { p50: number; p90: number } | null;
  /** Milliseconds until the call was whole. */
  total: { p50: number; p90: number };
  /** Means a request. */
  promptTokens: number;
  askedTokens: number;
  valid: number;
  right: number;
}

export function summariseAnswers(name: string, answers: readonly Judged[]): RuntimeRow {
  const first = answers.flatMap(({ firstArgumentMs }) => firstArgumentMs ?? []);
  return {
    name,
    requests: answers.length,
    firstArgument: first.length === 0 ? null : medianAndTail(first),
    total: medianAndTail(answers.map(({ totalMs }) => totalMs)),
    promptTokens: mean(answers.map(({ promptTokens }) => promptTokens)),
    askedTokens: mean(answers.map(({ askedTokens }) => askedTokens)),
    valid: answers.filter(({ valid }) => valid).length,
    right: answers.filter(({ right }) => right).length,
  };
}

/** The last row is ours with an adapter: the others' times are also given by its. */
export function printRuntimeTable(rows: readonly RuntimeRow[]): void {
  const ours = rows.at(-1)!;
  const ms = (value: number | undefined) => (value === undefined ? '-' : String(Math.round(value)));
  const table = [
    ['', 'first argument p50', 'p90', 'call p50', 'p90', 'by ours', 'prompt tokens', 'asked tokens', 'valid', 'right'],
    ...rows.map((row) => [
      row.name,
      ms(row.firstArgument?.p50),
      ms(row.firstArgument?.p90),
      ms(row.total.p50),
      ms(row.total.p90),
      `${(row.total.p50 / ours.total.p50).toFixed(1)}x`,
      row.promptTokens.toFixed(1),
      row.askedTokens.toFixed(1),
      `${row.valid}/${row.requests}`,
      `${row.right}/${row.requests}`,
    ]),
  ];
  const widths = table[0]!.map((_, column) => Math.max(...table.map((row) => row[column]!.length)));
  for (const row of table) {
    console.log(row.map((cell, at) => (at === 0 ? cell.padEnd(widths[at]!) : cell.padStart(widths[at]!))).join('  '));
  }
}

function medianAndTail(milliseconds: readonly number[]): { p50: number; p90: number } {
  const { p50, p90 } = percentiles(Float64Array.from(milliseconds))!;
  return { p50, p90 };
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
