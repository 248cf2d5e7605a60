/**
 * The Berkeley Function Calling Leaderboard's single-turn Python categories, with the data and the possible answers of the
 * package `bfcl-eval`, scored by our copy of its rules. README.md says what is measured.
 */
import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createLlamaEngine, readAdapterBundle } from '@tooltune/runtime';
import { type Toolset, TooltuneError } from '@tooltune/sdk';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { askRow, failed, type Model, type RowResult } from './bfcl/ask-row.js';
import { type CategoryResult, formatResults, summarise } from './bfcl/category-result.js';
import {
  type BfclRow,
  bfclVersion,
  type Category,
  categories,
  findData,
  readCategory,
} from './bfcl/read-categories.js';
import { rowToolset } from './bfcl/row-toolset.js';
import { describeMachine } from './measuring/machine.js';

const { values } = parseArgs({
  options: {
    base: { type: 'string', default: 'smollm2-135m' },
    adapter: { type: 'string' },
    categories: { type: 'string' },
    limit: { type: 'string' },
    threads: { type: 'string' },
    'max-tokens': { type: 'string', default: '256' },
    json: { type: 'string' },
  },
});
/** Paths are the user's: npm starts a workspace's script in its own folder. */
const userPath = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);
// From dist/bfcl/, where it runs.
const workspace = fileURLToPath(new URL('../../..', import.meta.url));

const all = Object.keys(categories) as Category[];
const chosen = values.categories?.split(',').map((name) => name.trim()) ?? all;
for (const name of chosen)
  if (!all.includes(name as Category)) throw new Error(`--categories: ${name} is none of ${all.join(', ')}`);
const limit = values.limit === undefined ? Number.POSITIVE_INFINITY : Number(values.limit);
if (!(limit >= 1)) throw new Error('--limit is a number of rows of each category');

const isPath = /[\\/]|\.gguf$/i.test(values.base);
const base = await resolveBaseModel(isPath ? userPath(values.base) : values.base);
const bundle = values.adapter === undefined ? undefined : await readAdapterBundle(userPath(values.adapter));
if (bundle !== undefined && bundle.task !== 'tools') throw new Error('--adapter is one that calls tools');
if (bundle !== undefined && bundle.manifest.prompt.tools !== 'full') {
  throw new Error(
    '--adapter must have been trained with --prompt full: without tools in its prompt it knows only its own',
  );
}
const model: Model = {
  base: bundle?.modelPath == null ? base.path : undefined,
  adapter: bundle,
  threads: values.threads === undefined ? undefined : Number(values.threads),
  contextSize: 8192,
  maxTokens: Number(values['max-tokens']),
};
const data = await findData(join(workspace, '.bench'));
const machine = describeMachine();
const subject = bundle === undefined ? 'base' : 'adapter';
console.log(
  `${base.id}${bundle === undefined ? '' : ` with ${values.adapter}`}, bfcl-eval ${bfclVersion}, ${machine.processor}`,
);

// Every row has tools of its own, and so a runtime; this keeps the weights in memory between them.
const kept = await createLlamaEngine({
  modelPath: bundle?.modelPath ?? base.path,
  threads: model.threads,
  contextSize: 256,
});
const results: CategoryResult[] = [];
const details: Record<string, RowResult[]> = {};
for (const category of chosen as Category[]) {
  const rows = await readCategory(data, category);
  const asked = takeEvenly(rows, limit);
  for (const constrained of [false, true]) {
    const configuration = constrained ? `${subject} + constraint` : subject;
    const answers: RowResult[] = [];
    for (const row of asked) {
      const toolset = toolsetOf(row);
      answers.push(
        typeof toolset === 'string'
          ? failed(row, toolset)
          : await askRow(row, toolset, { category, constrained, model }),
      );
      if (process.stderr.isTTY)
        process.stderr.write(`\r${category}, ${configuration}: ${answers.length} of ${asked.length} `);
    }
    results.push(summarise({ category, configuration, of: rows.length }, answers));
    details[`${category}, ${configuration}`] = answers;
  }
  // What takes hours is worth seeing, and keeping, as it comes.
  console.log(`\n${formatResults(results.slice(-2))}`);
  await writeReport();
}
await kept.dispose();
console.log(`\n${formatResults(results)}`);

async function writeReport(): Promise<void> {
  if (values.json === undefined) return;
  const file = userPath(values.json);
  await mkdir(dirname(file), { recursive: true });
  const report = {
    bfclVersion,
    base: base.id,
    adapter: values.adapter ?? null,
    machine,
    maxTokens: model.maxTokens,
    results,
    details,
  };
  await writeFile(file, `${JSON.stringify(report, null, 1)}\n`);
}

/** What cannot be a toolset is told by its error. */
function toolsetOf(row: BfclRow): Toolset | string {
  try {
    return rowToolset(row);
  } catch (error) {
    if (!TooltuneError.isInstance(error)) throw error;
    return `${error.code}: ${error.message.split('\n')[0]}`;
  }
}

function takeEvenly<T>(items: readonly T[], count: number): T[] {
  if (count >= items.length) return [...items];
  return Array.from({ length: count }, (_, index) => items[Math.floor((index * items.length) / count)]!);
}
