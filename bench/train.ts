/**
 * Training beside PEFT: the same rows, weights, first adapter, batches and learning rates, a step each in turn.
 * README.md says what is measured.
 */
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { openBase } from '../packages/trainer/src/model/open-base.js';
import { describeMachine } from './measuring/machine.js';
import { writeCase } from './train/case-folder.js';
import { type CaseResult, summarise } from './train/case-result.js';
import { compareGradients } from './train/compare-gradients.js';
import { type Peft, preparePeft } from './train/peft.js';
import { printCases, printTargets } from './train/print-results.js';
import { runCase } from './train/run-case.js';
import { judgeTargets } from './train/targets.js';
import { type CaseName, caseNames, createCase, readSnips } from './train/training-case.js';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: caseNames.join(',') },
    steps: { type: 'string' },
    threads: { type: 'string', default: String(availableParallelism()) },
    'max-tokens': { type: 'string' },
    'peer-rows': { type: 'string' },
    peer: { type: 'string', default: 'peft' },
    json: { type: 'string' },
  },
});
if (values.peer !== 'peft' && values.peer !== 'none') throw new Error('--peer is peft or none');
const chosen = values.cases.split(',');
const unknown = chosen.find((name) => !(caseNames as readonly string[]).includes(name));
if (unknown !== undefined) throw new Error(`--cases are of ${caseNames.join(', ')}, not ${unknown}`);
const threads = count('threads', values.threads)!;
const steps = count('steps', values.steps);
if (steps === 1) throw new Error('--steps is at least 2: the first is not timed');
const changes = {
  steps,
  maxTokensPerPass: count('max-tokens', values['max-tokens']),
  peerRows: count('peer-rows', values['peer-rows']),
};
/** Paths are the user's: npm starts a workspace's script in its own folder. */
const userPath = (path: string) => resolve(process.env.INIT_CWD ?? '.', path);
// From dist/train/, where it runs.
const benchFolder = fileURLToPath(new URL('../..', import.meta.url));
const workspace = resolve(benchFolder, '..');
const cacheFolder = resolve(workspace, '.bench');

const base = await resolveBaseModel('smollm2-135m');
const { sha256 } = base.model!;
const { metadata } = await openBase(base.path);
const snips = await readSnips(workspace);
const versions: Record<string, string> = {
  tooltune: await versionOf('packages/trainer'),
  'onnxruntime-node': await versionOf('node_modules/onnxruntime-node'),
};
const machine = describeMachine();
console.log(`Training ${base.id} on ${threads} of ${machine.cores} cores: ${machine.processor}, load ${machine.load}`);
console.log(`rows of ${snips.file}`);
const needsPeer = values.peer === 'peft' && chosen.some((name) => name !== 'memory');
if (needsPeer) console.error('PEFT: its Python environment and its form of the model');
const peft = needsPeer
  ? await preparePeft({ path: base.path, sha256 }, { benchFolder, cacheFolder, threads })
  : undefined;

const results: CaseResult[] = [];
for (const name of caseNames.filter((name) => chosen.includes(name))) results.push(await measure(name, peft));
const cases = results.map((result) => ({ result, summaries: summarise(result) }));
const targets = judgeTargets(cases);
console.log(
  `\n${Object.entries({ ...versions, node: process.version })
    .map((version) => version.join(' '))
    .join(', ')}\n`,
);
printCases(cases);
printTargets(targets);
if (values.json !== undefined) {
  const file = userPath(values.json);
  await mkdir(dirname(file), { recursive: true });
  const written = cases.map(({ result: { participants, ...result }, summaries }) => ({
    ...result,
    participants: summaries.map((summary, at) => ({ ...summary, ...participants[at] })),
  }));
  const report = { versions, machine, model: base.id, baseSha256: sha256, threads, targets, cases: written };
  await writeFile(file, `${JSON.stringify(report, null, 1)}\n`);
}

async function measure(name: CaseName, peft: Peft | undefined): Promise<CaseResult> {
  const training = createCase(name, snips, metadata, changes);
  const folder = join(cacheFolder, 'train', name);
  const { title, variants, maxTokensPerPass } = training;
  const peer = training.peerRows === 0 ? undefined : peft;
  const peerRows = peer === undefined ? 0 : training.peerRows;
  const opened = await writeCase(
    folder,
    { ...training, peerRows },
    { base: { id: base.id, path: base.path }, threads },
  );
  if (peer !== undefined) console.error(`${title}: gradients`);
  const gradients = peer === undefined ? {} : await compareGradients(folder, variants, peer);
  const run = await runCase(opened, {
    ...{ folder, variants, peft: peer },
    onStep: (step, seconds) => {
      const times = Object.entries(seconds).map(([who, time]) => `${who} ${time.toFixed(1)} s`);
      console.error(`${title}: step ${step} of ${opened.batches.length}: ${times.join(', ')}`);
    },
  });
  Object.assign(versions, run.versions);
  return {
    ...{ name, title, maxTokensPerPass, peerRows, shape: opened.shape, gradients },
    rowsOfSteps: opened.batches.map((batch) => batch.length),
    tokensOfSteps: opened.batches.map((batch) => batch.reduce((sum, { tokens }) => sum + tokens.length, 0)),
    participants: run.participants,
  };
}

function count(option: string, value: string | undefined): number | undefined {
  if (value === undefined) return undefined;
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`--${option} is a whole number of at least 1, not ${value}`);
  return number;
}

async function versionOf(folder: string): Promise<string> {
  return (JSON.parse(await readFile(join(workspace, folder, 'package.json'), 'utf8')) as { version: string }).version;
}
