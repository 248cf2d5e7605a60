/**
 * Many streams over several adapters of one pool, for as long as is asked: errors, answers that are other than when asked
 * alone, and growth of memory. README.md says what is measured.
 */
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createAdapterPool, type PooledToolRuntime } from '@tooltune/runtime';
import { type ConversationExample, createRandom, promptAndTarget } from '@tooltune/sdk';
import { readDataset, readToolset } from '@tooltune/sdk/files';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { describeMachine } from './measuring/machine.js';
import { writeRandomAdapters } from './soak/random-adapters.js';

const { values } = parseArgs({
  options: {
    seconds: { type: 'string', default: '600' },
    streams: { type: 'string', default: '16' },
    adapters: { type: 'string', default: '4' },
    sequences: { type: 'string', default: '4' },
    'max-loaded': { type: 'string', default: '4' },
    'reload-every': { type: 'string', default: '10' },
    requests: { type: 'string', default: '8' },
    threads: { type: 'string' },
    json: { type: 'string' },
  },
});
const count = (name: keyof typeof values) => Number(values[name]);
const workspace = resolve(fileURLToPath(new URL('../../..', import.meta.url)));
const example = join(workspace, 'examples/home-assistant');
const maxTokens = 48;

const toolset = await readToolset(join(example, 'tools.json'));
const rows = (await readDataset(join(example, 'held-out.jsonl'), { toolset })) as ConversationExample[];
const conversations = rows.slice(0, count('requests')).map((row) => promptAndTarget(row).prompt);
const base = await resolveBaseModel('smollm2-135m');
const folder = await mkdtemp(join(tmpdir(), 'tooltune-soak-'));
const adapters = await writeRandomAdapters(folder, base.path, toolset, count('adapters'));
const pool = await createAdapterPool({
  ...{ base: base.path, adapters, contextSize: 512, maxTokens },
  sequences: count('sequences'),
  maxLoaded: count('max-loaded'),
  ...(values.threads === undefined ? {} : { threads: count('threads') }),
});

type Question = { name: string; runtime: PooledToolRuntime; messages: (typeof conversations)[number] };
const questions: Question[] = [];
for (const name of Object.keys(adapters)) {
  const runtime = await pool.tools(name);
  for (const messages of conversations) questions.push({ name, runtime, messages });
}

async function ask({ runtime, messages }: Question): Promise<string> {
  let said = '';
  for await (const event of runtime.stream({ messages })) {
    if (event.type === 'tool-call-start') said += `\n${event.name}`;
    if (event.type === 'arguments-delta' || event.type === 'text-delta') said += event.text;
  }
  return said;
}

console.log(JSON.stringify(describeMachine()));
const alone: string[] = [];
for (const question of questions) alone.push(await ask(question));
console.log(`${questions.length} answers one at a time, ${new Set(alone).size} different ones`);

const started = performance.now();
const end = started + 1000 * count('seconds');
const elapsed = () => (performance.now() - started) / 1000;
const result = { answers: 0, mismatches: 0, errors: 0, reloads: 0 };
/** Resident memory in MB, once a second. */
const memory: number[] = [];
const sampling = setInterval(() => memory.push(process.memoryUsage().rss / 2 ** 20), 1000);
const reporting = setInterval(() => {
  console.log(`${elapsed().toFixed(0)} s: ${JSON.stringify(result)}, ${memory.at(-1)?.toFixed(0)} MB`);
}, 30_000);

async function stream(number: number): Promise<void> {
  const random = createRandom(`stream ${number}`);
  while (performance.now() < end) {
    const place = random.integer(0, questions.length - 1);
    try {
      if ((await ask(questions[place]!)) !== alone[place]) result.mismatches++;
    } catch (error) {
      result.errors++;
      console.error(error);
    }
    result.answers++;
  }
}

async function reload(): Promise<void> {
  const every = 1000 * count('reload-every');
  const names = Object.keys(adapters);
  for (let turn = 0; every > 0; turn++) {
    await new Promise((done) => setTimeout(done, Math.min(every, Math.max(0, end - performance.now()))));
    if (performance.now() >= end) return;
    await pool.reload(names[turn % names.length]!);
    result.reloads++;
  }
}

await Promise.all([...Array.from({ length: count('streams') }, (_, number) => stream(number)), reload()]);
clearInterval(sampling);
clearInterval(reporting);
await pool.dispose();
await rm(folder, { recursive: true });

const median = (samples: readonly number[]) => [...samples].sort((a, b) => a - b)[samples.length >> 1] ?? Number.NaN;
const warmUp = Math.floor(memory.length / 5);
const afterWarmUp = median(memory.slice(warmUp, 2 * warmUp + 1));
const atTheEnd = median(memory.slice(-warmUp - 1));
const growth = atTheEnd / afterWarmUp - 1;
const summary = {
  ...{
    ...result,
    seconds: Number(elapsed().toFixed(1)),
    answersPerSecond: Number((result.answers / elapsed()).toFixed(2)),
  },
  memoryAfterWarmUpMB: Math.round(afterWarmUp),
  memoryAtTheEndMB: Math.round(atTheEnd),
  growthPercent: Number((100 * growth).toFixed(1)),
};
console.log(JSON.stringify(summary));
if (values.json !== undefined) {
  const path = resolve(process.env.INIT_CWD ?? '.', values.json);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `${JSON.stringify({ machine: describeMachine(), options: values, ...summary }, null, 2)}\n`);
}
process.exitCode = result.errors === 0 && result.mismatches === 0 && growth <= 0.05 ? 0 : 1;
