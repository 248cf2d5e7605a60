import { readFile } from 'node:fs/promises';
import type { JsonValue } from '@tooltune/sdk';
import type { GreedyTokenizer } from './greedy-tokens.js';

/** One schema with its instances, as both engines are given them. */
export interface BenchmarkRow {
  name: string;
  /** Where the schema comes from: `Github_easy`, `BFCL`, ... */
  group: string;
  /** JSON text. Parsed anew for every compilation, so that nothing kept by object identity is found again. */
  schema: string;
  tests: BenchmarkTest[];
}

export interface BenchmarkTest {
  valid: boolean;
  data: JsonValue;
  /** Of the compact JSON; undefined where the vocabulary has no token for one of its bytes. */
  tokens: Int32Array | undefined;
}

interface RawRow {
  name: string;
  schema: JsonValue;
  tests: { valid: boolean; data: JsonValue }[];
}

export interface RowSelection {
  /** Only rows whose name starts so. */
  prefix?: string | undefined;
  limit?: number | undefined;
}

/** Reads MaskBench rows, one JSON object a line, and cuts their instances into tokens. */
export async function readRows(
  file: string,
  tokenizer: GreedyTokenizer,
  { prefix = '', limit = Number.POSITIVE_INFINITY }: RowSelection,
): Promise<BenchmarkRow[]> {
  const rows: BenchmarkRow[] = [];
  for (const line of (await readFile(file, 'utf8')).split('\n')) {
    if (line.trim() === '') continue;
    if (rows.length >= limit) break;
    const { name, schema, tests } = JSON.parse(line) as RawRow;
    if (!name.startsWith(prefix)) continue;
    rows.push({
      name,
      group: groupOf(name),
      schema: JSON.stringify(schema),
      tests: tests.map(({ valid, data }) => ({ valid, data, tokens: tokenizer.encode(JSON.stringify(data)) })),
    });
  }
  return rows;
}

/** `Github_easy---o123` is of `Github_easy`, `BFCL_java_11` of `BFCL`. */
function groupOf(name: string): string {
  const [source, ...rest] = name.split('---');
  return rest.length > 0 ? source! : name.split('_')[0]!;
}
