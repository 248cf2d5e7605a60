// @ts-check
// The whole way on a small scale: fine-tune a base model on six tools of a home assistant, measure it before and after
// on requests it has not seen, and stream three calls. Ends with exit code 1 when the adapter did not help.
//
//   npm run demo                                     at the root of the repository
//   npm run demo -- --rows 32 --epochs 1 --limit 8   a quick look, which proves nothing
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createToolRuntime } from '@tooltune/runtime';
import { readDataset, readToolset } from '@tooltune/sdk/files';
import { trainAdapter } from '@tooltune/trainer';
import { evaluateAdapter, formatEvaluationTable } from 'tooltune';
import { checkResult } from './check-result.js';
import { printEvent } from './print-event.js';
import { pullBaseModel } from './pull-base-model.js';
import { createStepPrinter } from './step-printer.js';

const { values: flags } = parseArgs({
  options: {
    rows: { type: 'string' },
    epochs: { type: 'string', default: '2' },
    limit: { type: 'string' },
    'base-limit': { type: 'string', default: '8' },
  },
});
const example = fileURLToPath(new URL('..', import.meta.url));
const output = fileURLToPath(new URL('../../../out/home-assistant', import.meta.url));
/** Most tokens of an answer: twice what the longest one needs. */
const maxTokens = 160;
const started = performance.now();

console.log('1. The base model');
const base = await pullBaseModel('smollm2-135m');
console.log(`   ${base.id} is ready`);

console.log('2. Tools and requests');
const toolset = await readToolset(join(example, 'tools.json'));
const rows = await readDataset(join(example, 'train.jsonl'), { toolset });
const training = flags.rows === undefined ? rows : rows.slice(0, Number(flags.rows));
console.log(`   ${toolset.tools.length} tools, ${training.length} requests to learn from`);

console.log('3. Training');
// Every run starts anew; training refuses a folder that holds an adapter.
await rm(output, { recursive: true, force: true });
await mkdir(output, { recursive: true });
const adapter = join(output, 'adapter');
await trainAdapter({
  base,
  toolset,
  training,
  output: adapter,
  // Few rows: smaller batches, and smaller steps, than the defaults; and no general rows, to be done sooner.
  hyperparameters: { epochs: Number(flags.epochs), batchSize: 8, learningRate: 1e-3, replay: 0 },
  onEvent: createStepPrinter(),
});

console.log('4. Measuring, before and after, on requests it has not seen');
const report = await evaluateAdapter({
  adapter,
  basePath: base.path,
  data: relative(process.cwd(), join(example, 'held-out.jsonl')),
  limit: flags.limit === undefined ? undefined : Number(flags.limit),
  // The base model reads all six tools each time: a part of the rows is enough to see where it stands.
  baseLimit: Number(flags['base-limit']),
  maxTokens,
  onProgress: ({ configuration, done, total, exact }) => {
    if (done === total) console.log(`   ${configuration}: ${exact} of ${total} exact`);
  },
});
await writeFile(join(output, 'report.json'), `${JSON.stringify(report, null, 2)}\n`);

console.log('5. Streaming three calls');
const requests = [
  'could you dim the bedroom lamp to 20 percent',
  'wake me at quarter to seven on weekdays',
  'put oat milk and two lemons on the shopping list',
];
const runtime = await createToolRuntime({ adapter, base: base.path });
let streamedCalls = 0;
for (const content of requests) {
  process.stdout.write(`   ${JSON.stringify(content)}`);
  for await (const event of runtime.stream({ messages: [{ role: 'user', content }], maxTokens })) {
    printEvent(event);
    if (event.type === 'tool-call') streamedCalls++;
  }
}
await runtime.dispose();

console.log(`\n${formatEvaluationTable(report)}\n`);
const seconds = Math.round((performance.now() - started) / 1000);
console.log(
  `${Math.floor(seconds / 60)} min ${seconds % 60} s; adapter and report are in ${relative(process.env.INIT_CWD ?? process.cwd(), output)}`,
);
const failures = checkResult(report, { streamedCalls, requests: requests.length });
for (const failure of failures) console.error(`not as it should be: ${failure}`);
process.exitCode = failures.length === 0 ? 0 : 1;
