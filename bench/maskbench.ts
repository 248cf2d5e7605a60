/**
 * MaskBench: real-world schemas, each with valid and invalid instances, walked token by token with a whole mask filled
 * before every token. README.md says what is measured.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createVocabulary } from '@tooltune/runtime/constraint';
import type { EngineResult } from './maskbench/engine-result.js';
import { createGreedyTokenizer } from './maskbench/greedy-tokens.js';
import { printSummaries } from './maskbench/print-summary.js';
import { readRows } from './maskbench/rows.js';
import { runLlguidance } from './maskbench/run-llguidance.js';
import { runTooltune } from './maskbench/run-tooltune.js';
import { sharedTimes, summarise } from './maskbench/summary.js';
import { loadTokenizer } from './measuring/load-tokenizer.js';
import { describeMachine } from './measuring/machine.js';

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    model: { type: 'string', default: 'smollm2-135m' },
    json: { type: 'string' },
    limit: { type: 'string' },
    filter: { type: 'string' },
    peer: { type: 'string' },
    'peer-only': { type: 'boolean', default: false },
    'warm-up': { type: 'string', default: '50' },
  },
});
if (values.data === undefined) throw new Error('--data names a file of MaskBench rows, one JSON object a line');
if (values.peer !== undefined && values.peer !== 'llguidance') throw new Error('--peer is llguidance');
if (values['peer-only'] && values.peer === undefined) throw new Error('--peer-only goes with --peer');
/** Paths are the user's: npm starts a workspace's script in its own folder. */
const userPath = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);
// From dist/, where it runs.
const benchFolder = fileURLToPath(new URL('..', import.meta.url));
const cacheFolder = resolve(benchFolder, '../.bench');

const isPath = /[\\/]|\.gguf$/i.test(values.model);
const vocabulary = createVocabulary(await loadTokenizer(isPath ? userPath(values.model) : values.model));
const rows = await readRows(userPath(values.data), createGreedyTokenizer(vocabulary), {
  prefix: values.filter,
  limit: values.limit === undefined ? undefined : Number(values.limit),
});
/** Spread over the file, as rows of one source come one after the other. */
const warmUpRows = Math.min(Number(values['warm-up']), rows.length);
const warmUp = Array.from({ length: warmUpRows }, (_, index) => rows[Math.floor((index * rows.length) / warmUpRows)]!);
const { version } = JSON.parse(await readFile(resolve(benchFolder, '../packages/runtime/package.json'), 'utf8')) as {
  version: string;
};
const machine = describeMachine();
console.log(
  `MaskBench: ${rows.length} schemas, ${rows.reduce((sum, { tests }) => sum + tests.length, 0)} instances, ` +
    `${values.model} (${vocabulary.size} tokens), ${machine.cores} cores, one used: ${machine.processor}, load ${machine.load}; ` +
    `before each engine's timing ${warmUpRows} of the schemas are run untimed`,
);

const results: EngineResult[] = [];
if (!values['peer-only']) {
  const onSchema = (done: number) => {
    if (done % 500 === 0 || done === rows.length) console.error(`tooltune: ${done} of ${rows.length} schemas`);
  };
  results.push(runTooltune(rows, vocabulary, { warmUp, version, onSchema }));
}
if (values.peer !== undefined)
  results.push(await runLlguidance(rows, vocabulary, { warmUp, benchFolder, cacheFolder }));

const summaries = results.map((result) => ({ result, summary: summarise(result) }));
printSummaries(summaries);
if (values.json !== undefined) {
  const file = userPath(values.json);
  await mkdir(dirname(file), { recursive: true });
  const shared = results.length > 1 ? sharedTimes(results) : null;
  const run = { data: values.data, model: values.model, vocabulary: vocabulary.size, filter: values.filter ?? null };
  const engines = summaries.map(({ result: { engine, versions, notes, schemas }, summary }) => ({
    engine,
    versions,
    notes,
    summary,
    schemas,
  }));
  const report = { ...run, rows: rows.length, warmUp: warmUpRows, machine, shared, engines };
  await writeFile(file, formatReport(report));
}

/** Indented to where each schema has a line; times to a tenth of a microsecond. */
function formatReport(report: { engines: { schemas: object[] }[] }): string {
  const lines: string[] = [];
  const rounded = (_: string, value: unknown) => (typeof value === 'number' ? Math.round(value * 10) / 10 : value);
  const engines = report.engines.map((engine) => ({
    ...engine,
    schemas: engine.schemas.map((schema) => `line ${lines.push(JSON.stringify(schema, rounded)) - 1}`),
  }));
  const text = JSON.stringify({ ...report, engines }, rounded, 1);
  return `${text.replace(/"line (\d+)"/g, (_, line: string) => lines[Number(line)]!)}\n`;
}
