/**
 * The runtime beside what node-llama-cpp and llama-server offer for the same: the same model file, tools and requests,
 * one request after another, each answered by all in turn. README.md says what is measured.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readAdapterBundle } from '@tooltune/runtime';
import { type ConversationExample, createCallValidator, createModelPrompting, promptAndTarget } from '@tooltune/sdk';
import { readDataset } from '@tooltune/sdk/files';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { getLlama, LlamaLogLevel } from 'node-llama-cpp';
import { openBase } from '../packages/trainer/src/model/open-base.js';
import { describeMachine } from './measuring/machine.js';
import { llamaServerParticipant } from './runtime/llama-server-participant.js';
import { completionParticipant, functionCallingParticipant } from './runtime/node-llama-participants.js';
import type { Answered, Participant } from './runtime/participant.js';
import { printRuntimeTable, summariseAnswers } from './runtime/runtime-table.js';
import { snipsAdapter } from './runtime/snips-adapter.js';
import { tooltuneParticipant } from './runtime/tooltune-participant.js';
import { readSnips } from './train/training-case.js';

const { values } = parseArgs({
  options: {
    adapter: { type: 'string' },
    requests: { type: 'string', default: '100' },
    threads: { type: 'string' },
    'llama-server': { type: 'string', default: process.env.TOOLTUNE_LLAMA_SERVER },
    json: { type: 'string' },
  },
});
/** Paths are the user's: npm starts a workspace's script in its own folder. */
const userPath = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);
const benchFolder = fileURLToPath(new URL('../..', import.meta.url));
const workspace = resolve(benchFolder, '..');
const maxTokens = 100;
const contextSize = 4096;

const base = await resolveBaseModel('smollm2-135m');
const { metadata } = await openBase(base.path);
const snips = await readSnips(workspace);
const adapter =
  values.adapter === undefined
    ? await snipsAdapter(join(workspace, '.bench/runtime'), base, snips)
    : userPath(values.adapter);
const bundle = await readAdapterBundle(adapter);
if (bundle.task !== 'tools') throw new Error('--adapter is one that calls tools');
const { toolset } = bundle;
const { tokenizer, renderer } = createModelPrompting(metadata, { format: bundle.manifest.prompt, toolset });
const held = (await readDataset(join(benchFolder, 'snips/held-out.jsonl'), { toolset })) as ConversationExample[];
const requests = held.slice(0, Number(values.requests)).map((row) => ({
  said: row.messages[0]!.content!,
  call: promptAndTarget(row).target.toolCalls![0]!,
}));

const llama = await getLlama({ gpu: false, build: 'never', logLevel: LlamaLogLevel.error });
const threads = values.threads === undefined ? llama.cpuMathCores : Number(values.threads);
const machine = describeMachine();
console.log(
  `${requests.length} requests for ${toolset.tools.length} tools, ${base.id}, ${threads} threads: ` +
    `${machine.processor}, load ${machine.load}`,
);
const model = await llama.loadModel({ modelPath: base.path });
const peer = { llama, model, threads, contextSize, maxTokens, toolset };
const completion = { ...peer, adapterPath: bundle.adapterPath!, renderer, tokenizer };
const ours = {
  ...{ base: base.path, originalWeights: true, threads, contextSize, maxTokens },
  ...{ toolChoice: 'required' as const, parallelCalls: false },
};
const participants: Participant[] = [
  await functionCallingParticipant(peer),
  await completionParticipant({
    ...completion,
    name: 'node-llama-cpp, adapter + JSON Schema grammar',
    constrained: true,
  }),
  await completionParticipant({ ...completion, name: 'node-llama-cpp, adapter, no grammar', constrained: false }),
  ...(values['llama-server'] === undefined
    ? []
    : [
        await llamaServerParticipant({
          ...completion,
          program: userPath(values['llama-server']),
          modelPath: base.path,
        }),
      ]),
  await tooltuneParticipant('tooltune, base + constraint', { ...ours, tools: toolset }),
  await tooltuneParticipant('tooltune, adapter + constraint', { ...ours, adapter }),
];

const answers = new Map<string, Answered[]>(participants.map(({ name }) => [name, []]));
// One request more, which is not counted, reads the prompts that all begin with.
for (const [place, { said }] of [requests[0]!, ...requests].entries()) {
  for (const participant of participants) {
    const answered = await participant.answer(said);
    if (place > 0) answers.get(participant.name)!.push(answered);
  }
  if (process.stderr.isTTY) process.stderr.write(`\r${place} of ${requests.length}`);
}
for (const participant of participants) await participant.dispose();
await llama.dispose();

const validate = createCallValidator(toolset);
const rows = participants.map(({ name }) =>
  summariseAnswers(
    name,
    answers.get(name)!.map((answered, place) => ({
      ...answered,
      valid: answered.call !== null && validate(answered.call).length === 0,
      right: JSON.stringify(sorted(answered.call)) === JSON.stringify(sorted(requests[place]!.call)),
    })),
  ),
);
const versions = {
  tooltune: await versionOf('packages/runtime'),
  'node-llama-cpp': await versionOf('node_modules/node-llama-cpp'),
  node: process.version,
};
console.log(
  `\n${Object.entries(versions)
    .map((version) => version.join(' '))
    .join(', ')}\n`,
);
printRuntimeTable(rows);
if (values.json !== undefined) {
  const file = userPath(values.json);
  await mkdir(dirname(file), { recursive: true });
  const report = {
    versions,
    machine,
    model: base.id,

    threads,
    maxTokens,
    contextSize,
    rows,
  };
  await writeFile(file, `${JSON.stringify(report, null, 1)}\n`);
}

/** Names in order, so that the order of arguments makes no difference. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value) || typeof value !== 'object' || value === null) return value;
  const call = value as Record<string, unknown>;
  return Object.keys(call)
    .filter((key) => key !== 'id')
    .sort()
    .map((key) => [key, sorted(call[key])]);
}

async function versionOf(folder: string): Promise<string> {
  return (JSON.parse(await readFile(join(workspace, folder, 'package.json'), 'utf8')) as { version: string }).version;
}
