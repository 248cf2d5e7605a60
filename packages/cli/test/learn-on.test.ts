import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createIntentClassifier, createToolRuntime } from '@tooltune/runtime';
import { createJsonlSink, Recorder, recordClassifier, recordRuntime, requestIdOf } from '@tooltune/runtime/observe';
import { formatDataset, promptAndTarget, type ToolCall } from '@tooltune/sdk';
import { readDataset, readJsonFile } from '@tooltune/sdk/files';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { tinyIntentRows, tinyOutOfScopeRows } from '../../trainer/test/tiny-intents.js';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';
import { tinyExamples, tinyToolset } from '../../trainer/test/tiny-training.js';
import { type BundledCli, bundleCli } from './run-cli.js';

const small = ['--threads', '1', '--rank', '4', '--alpha', '8', '--batch-size', '4', '--learning-rate', '0.01'];

let cli: BundledCli;
let folder: string;
const run = (...argv: string[]) => cli.run(argv, { cwd: folder });
const path = (...names: string[]) => join(folder, ...names);

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-learn-on-'));
  await writeTinyModel(path('model.gguf'));
  await writeFile(path('tools.json'), JSON.stringify(tinyToolset.tools));
  await writeFile(path('train.jsonl'), formatDataset(tinyExamples));
  const made = ['train', '--base', 'model.gguf', ...small];
  const tools = [
    '--tools',
    'tools.json',
    '--data',
    'train.jsonl',
    '--no-forgetting',
    '--epochs',
    '4',
    '--out',
    'adapter',
  ];
  expect(await run(...made, ...tools)).toMatchObject({ exitCode: 0 });
  await writeFile(path('intents.jsonl'), formatDataset([...tinyIntentRows, ...tinyOutOfScopeRows]));
  const intents = ['--intents', '--data', 'intents.jsonl', '--validation', 'intents.jsonl', '--epochs', '12'];
  expect(await run(...made, ...intents, '--out', 'classifier')).toMatchObject({ exitCode: 0 });
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('from requests to the next data set', () => {
  const corrected: ToolCall = promptAndTarget(tinyExamples.find((row) => row.kind === 'conversation')!).target
    .toolCalls![0]!;

  beforeAll(async () => {
    const recorder = new Recorder({ sink: createJsonlSink({ folder: path('records') }) });
    const runtime = recordRuntime(
      await createToolRuntime({ adapter: path('adapter'), base: path('model.gguf'), threads: 1, contextSize: 256 }),
      recorder,
      { version: 'first' },
    );
    const ask = (content: string) => runtime.call([{ role: 'user', content }]);
    const wrong = await ask('could jane.doe@acme.org have it dark in here');
    recorder.feedback(requestIdOf(wrong)!, { correction: { calls: [corrected] } });
    const twice = await ask('could jane.doe@acme.org have it dark in here!');
    recorder.feedback(requestIdOf(twice)!, { correction: { calls: [corrected] } });
    const bad = await ask('dim it a little over by the window');
    recorder.feedback(requestIdOf(bad)!, { rating: 'down', comment: 'not that one' });
    for (const example of tinyExamples) {
      for await (const _event of runtime.stream({ messages: promptAndTarget(example as never).prompt }));
    }
    await recorder.close();
    expect(recorder.statistics).toMatchObject({ dropped: 0, failed: 0, written: tinyExamples.length + 6 });
    await runtime.dispose();
  });

  it('records what can be read again, with confidence', async () => {
    const [name] = await readdir(path('records'));
    const lines = (await readFile(path('records', name!), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(lines[0]).toMatchObject({ type: 'tools', adapter: { version: 'first' } });
    expect(lines[0].adapter.fingerprint).toMatch(/^[0-9a-f]{64}$/);
    expect(lines[0].confidence.min).toBeGreaterThan(0);
    expect(lines[0].confidence.min).toBeLessThanOrEqual(lines[0].confidence.mean);
    expect(JSON.stringify(lines)).not.toContain('jane.doe');
  });

  it('harvests rows that check and train take', async () => {
    const argv = [
      'harvest',
      'records',
      '--tools',
      'tools.json',
      '--data',
      'train.jsonl',
      '--out',
      'harvest',
      '--confidence',
      '0',
    ];
    const harvested = await run(...argv);
    expect(harvested).toMatchObject({ exitCode: 0, stderr: '' });
    expect(harvested.stdout).toContain('thumbs-down');
    expect(harvested.stdout).toMatch(
      /train-additions\.jsonl: 1 row to learn from; left out: 1 nearly the same|left out: 1 the same/,
    );
    const additions = await readDataset(path('harvest/train-additions.jsonl'), { toolset: tinyToolset });
    expect(additions).toHaveLength(1);
    expect(promptAndTarget(additions[0] as never).target.toolCalls).toMatchObject([{ name: corrected.name }]);
    const review = (await readFile(path('harvest/review.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(review.find(({ reason }) => reason === 'thumbs-down')).toMatchObject({
      comment: 'not that one',
      answered: {},
    });
    const check = [
      'check',
      '--tools',
      'tools.json',
      '--data',
      'train.jsonl',
      '--data',
      'harvest/train-additions.jsonl',
      '--json',
    ];
    const checked = await run(...check);
    expect(checked).toMatchObject({ exitCode: 0 });
    const { statistics } = JSON.parse(checked.stdout);
    expect(statistics.personalData).toEqual({});
    expect(statistics.repetitions.between).toEqual([]);
    const again = await run(...argv);
    expect(again).toMatchObject({ exitCode: 1, stdout: '' });
    expect(again.stderr).toContain('--force');
    const counted = await run(...argv, '--force', '--json', '--rejected');
    expect(JSON.parse(counted.stdout)).toMatchObject({
      requests: tinyExamples.length + 3,
      additions: 1,
      unreadable: 0,
    });
  });

  it('compares requests with the baseline of the adapter', async () => {
    const { exitCode, stdout, stderr } = await run('drift', 'adapter', 'records', '--min-rows', '5', '--json');
    expect(stderr).toBe('');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      hasBaseline: true,
      isEnough: true,
      rows: tinyExamples.length + 3,
      otherRequests: 0,
    });
    expect(exitCode).toBe(report.isDue ? 1 : 0);
    const few = await run('drift', 'adapter', 'records');
    expect(few).toMatchObject({ exitCode: 0 });
    expect(few.stdout).toContain('too few to judge');
    const same = await run('drift', 'adapter', 'records', '--reference', 'records', '--min-rows', '5', '--json');
    expect(JSON.parse(same.stdout).labels).toMatchObject({ index: 0, verdict: 'stable' });
  });

  it('knows the records of another adapter, and an adapter without a baseline', async () => {
    const others = await run('drift', 'classifier', 'records');
    expect(others).toMatchObject({ exitCode: 1, stdout: '' });
    expect(others.stderr).toContain('no request of this adapter');
    const manifest = (await readJsonFile(path('adapter/manifest.json'))) as Record<string, unknown>;
    expect(manifest.baseline).toMatchObject({ source: 'training', rows: tinyExamples.length });
    await mkdir(path('older'));
    for (const name of await readdir(path('adapter')))
      await writeFile(path('older', name), await readFile(path('adapter', name)));
    const { baseline: _baseline, ...older } = manifest;
    await writeFile(path('older/manifest.json'), JSON.stringify(older));
    const { stdout } = await run('drift', 'older', 'records', '--min-rows', '5');
    expect(stdout).toContain('no baseline');
    expect(stdout).toContain('not compared');
  });

  it('says what is wrong with its usage and its files', async () => {
    await writeFile(path('broken.jsonl'), '{"type":"tools"}\n');
    const [noFolder, noRecord, badTime, badReason] = await Promise.all([
      run('harvest', 'nowhere', '--out', 'x'),
      run('harvest', 'broken.jsonl', '--out', 'x'),
      run('drift', 'adapter', 'records', '--since', 'yesterday'),
      run('harvest', 'records', '--out', 'x', '--reasons', 'boredom'),
    ]);
    expect(noFolder).toMatchObject({ exitCode: 1, stdout: '' });
    expect(noRecord).toMatchObject({ exitCode: 1, stdout: '' });
    expect(noRecord.stderr).toContain('no request');
    expect(badTime).toMatchObject({ exitCode: 2 });
    expect(badTime.stderr).toContain('7d');
    expect(badReason).toMatchObject({ exitCode: 2 });
    expect(badReason.stderr).toContain('low-confidence');
  });
});

describe('intents', () => {
  it('drift from what the classifier answered to its validation rows', async () => {
    const recorder = new Recorder({ sink: createJsonlSink({ folder: path('texts') }) });
    const classifier = recordClassifier(
      await createIntentClassifier({
        adapter: path('classifier'),
        base: path('model.gguf'),
        threads: 1,
        contextSize: 256,
      }),
      recorder,
    );
    const rows = [...tinyIntentRows, ...tinyOutOfScopeRows];
    await classifier.classifyBatch(rows.map(({ text }) => text));
    await recorder.close();
    const { baseline } = classifier.adapter.manifest;
    expect(baseline).toMatchObject({ source: 'validation', rows: rows.length });
    expect(baseline!.confidence!.reduce((sum, count) => sum + count, 0)).toBe(rows.length);
    await classifier.dispose();
    const same = await run('drift', 'classifier', 'texts', '--min-rows', '5', '--json');
    // The trainer's probabilities and llama.cpp's are the same but for rounding, so hardly a bin differs.
    expect(JSON.parse(same.stdout)).toMatchObject({
      labels: { verdict: 'stable' },
      confidence: { verdict: 'stable' },
      isDue: false,
    });
    expect(same.exitCode).toBe(0);

    const only = new Recorder({ sink: createJsonlSink({ folder: path('one-sided') }) });
    const recorded = recordClassifier(
      await createIntentClassifier({
        adapter: path('classifier'),
        base: path('model.gguf'),
        threads: 1,
        contextSize: 256,
      }),
      only,
    );
    for (let count = 0; count < 40; count++) await recorded.classify(tinyIntentRows[0]!.text);
    await only.close();
    await recorded.dispose();
    const drifted = await run('drift', 'classifier', 'one-sided', '--min-rows', '20');
    expect(drifted).toMatchObject({ exitCode: 1, stderr: '' });
    expect(drifted.stdout).toContain('retraining is due');
  });
});

describe('docs/learn-on.md', () => {
  it('has TypeScript examples that compile against the packages', async () => {
    const repository = fileURLToPath(new URL('../../..', import.meta.url));
    const text = await readFile(join(repository, 'docs/learn-on.md'), 'utf8');
    const examples = [...text.matchAll(/^```ts\n(.*?)^```$/gms)].map((match) => match[1]!);
    expect(examples).toHaveLength(4);
    const place = await mkdtemp(join(repository, 'packages/cli/.cache/docs-'));
    try {
      // The sink for Postgres is no dependency of ours.
      const pool =
        'export class Pool { query(text: string, values: unknown[]): Promise<unknown>; end(): Promise<void> }';
      await writeFile(join(place, 'pg.d.ts'), `declare module 'pg' { ${pool} }\n`);
      const files = examples.map((_, index) => join(place, `example-${index}.ts`));
      for (const [index, file] of files.entries()) await writeFile(file, examples[index]!);
      const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => {} };
      const { options } = ts.getParsedCommandLineOfConfigFile(join(repository, 'tsconfig.json'), undefined, host)!;
      const program = ts.createProgram([join(place, 'pg.d.ts'), ...files], options);
      const problems = files.flatMap((file) => ts.getPreEmitDiagnostics(program, program.getSourceFile(file)));
      expect(problems.map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))).toEqual([]);
    } finally {
      await rm(place, { recursive: true, force: true });
    }
  });
});
