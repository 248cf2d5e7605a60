import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIntentClassifier, type LlamaIntentClassifier } from '@tooltune/runtime';
import {
  createModelPrompting,
  defaultIntentSystem,
  formatDataset,
  intentPromptFormat,
  validateIntentEvaluationReport,
} from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openGguf } from '../../trainer/src/model/gguf-reader.js';
import type { ModelConfig } from '../../trainer/src/model/model-config.js';
import { graphLogits } from '../../trainer/test/graph-logits.js';
import { readAdapterGguf } from '../../trainer/test/read-adapter.js';
import { tinyIntentRows, tinyOutOfScopeRows } from '../../trainer/test/tiny-intents.js';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';
import { type BundledCli, bundleCli } from './run-cli.js';

const rows = [...tinyIntentRows, ...tinyOutOfScopeRows];
const training = ['train', '--intents', '--data', 'rows.jsonl', '--base', 'model.gguf', '--threads', '1'];
const settings = ['--rank', '4', '--alpha', '8', '--batch-size', '4', '--learning-rate', '0.01'];

let cli: BundledCli;
let folder: string;
let config: ModelConfig;
const run = (...argv: string[]) => cli.run(argv, { cwd: folder });

beforeAll(async () => {
  cli = await bundleCli();
  folder = await mkdtemp(join(tmpdir(), 'tooltune-intents-'));
  config = await writeTinyModel(join(folder, 'model.gguf'));
  await writeFile(join(folder, 'rows.jsonl'), formatDataset(rows));
  const trained = await run(
    ...training,
    ...settings,
    '--epochs',
    '12',
    '--out',
    'adapter',
    '--validation',
    'rows.jsonl',
  );
  expect(trained.exitCode).toBe(0);
  expect(trained.stdout).toMatch(/\nintents +4 intents, out of scope, temperature [\d.]+, abstains below 0\.\d+/);
  expect(trained.stdout).toMatch(/\nvalidation +loss [\d.]+, right [\d.]+%/);
});

afterAll(async () => {
  await cli?.remove();
  if (folder !== undefined) await rm(folder, { recursive: true, force: true });
});

describe('a classifier', () => {
  let classifier: LlamaIntentClassifier;
  beforeAll(async () => {
    const [adapter, base] = [join(folder, 'adapter'), join(folder, 'model.gguf')];
    classifier = await createIntentClassifier({ adapter, base, threads: 1, contextSize: 256 });
  });
  afterAll(() => classifier?.dispose());

  it('names the intents that were learnt, and abstains from what is out of scope', async () => {
    const answers = await classifier.classifyBatch(rows.map(({ text }) => text));
    expect(answers.map(({ intent }) => intent)).toEqual(rows.map(({ intent }) => intent));
  });

  it("gives the trainer's own probabilities", async () => {
    const path = join(folder, 'model.gguf');
    const { labels, calibration, prompt, lora } = classifier.adapter.manifest;
    const { renderer } = createModelPrompting((await openGguf(path)).metadata, {
      format: intentPromptFormat(prompt.system),
      toolset: { tools: [] },
    });
    const examples = rows.map(({ text }) => {
      const tokens = Int32Array.from([...renderer.renderPrompt([{ role: 'user', content: text }]), 0]);
      return { tokens, labelMask: new Uint8Array(tokens.length).fill(1, tokens.length - 1) };
    });
    const parameters = await readAdapterGguf(join(folder, 'adapter/adapter.gguf'), config);
    const logits = await graphLogits(path, parameters, lora!, examples);
    for (const [index, { text }] of rows.entries()) {
      const exponentials = labels.map(({ token }) => Math.exp(logits[index]![token]! / calibration.temperature));
      const total = exponentials.reduce((a, b) => a + b, 0);
      const answer = await classifier.classify(text, { topK: 4 });
      const given = labels.map(({ intent }) =>
        intent === null ? answer.outOfScope! : answer.top.find((likely) => likely.intent === intent)!.probability,
      );
      given.forEach((probability, label) => {
        expect(Math.abs(probability - exponentials[label]! / total)).toBeLessThan(1e-3);
      });
    }
  });
});

it("tells the library's own system message in the help of train", async () => {
  const { stdout } = await run('train', '--help');
  expect(stdout.replaceAll(/\s+/g, ' ')).toContain(`with --intents, of all (default: "${defaultIntentSystem}")`);
});

describe('tooltune check without tools', () => {
  it('counts intents', async () => {
    const { exitCode, stdout } = await run('check', '--data', 'rows.jsonl');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/\n20 rows\n {2}20 of intents\n {2}4 of these out of scope\n/);
    expect(stdout).toMatch(/\nlight_on +4\n/);
  });

  it('does not let conversations pass unchecked', async () => {
    await writeFile(join(folder, 'calls.jsonl'), '{"messages":[{"role":"user","content":"x"}],"calls":[]}\n');
    const { exitCode, stdout } = await run('check', '--data', 'calls.jsonl');
    expect(exitCode).toBe(1);
    expect(stdout).toContain('[check/no-tools] calls.jsonl:1: a conversation');
  });
});

describe('tooltune with an adapter that names intents', () => {
  it('prints the intent and its probability', async () => {
    const { exitCode, stdout, stderr } = await run('run', 'adapter', 'lamp', 'on', '--threads', '1');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^light_on \d+\.\d%\n$/);
    expect(stderr).toMatch(/ ms, \d+ prompt tokens\n$/);
  });

  it('says that it abstains', async () => {
    const { exitCode, stdout } = await run('run', 'adapter', 'who are you', '--threads', '1');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/^out of scope \(most likely \w+, \d+\.\d%\)\n$/);
  });

  it('prints the whole answer as JSON', async () => {
    const { stdout } = await cli.run(['run', 'adapter', '--json', '--threads', '1'], {
      cwd: folder,
      input: 'stop it\n',
    });
    const answer = JSON.parse(stdout);
    expect(answer).toMatchObject({ intent: 'stop', probability: answer.top[0].probability });
    expect(answer.top).toHaveLength(4);
    expect(answer.outOfScope).toBeLessThan(0.5);
  });

  it('measures it, and writes a report', async () => {
    const argv = ['eval', 'adapter', '--data', 'rows.jsonl', '--threads', '1'];
    const { exitCode, stdout, stderr } = await run(
      ...[...argv, '--json', 'report.json', '--html', 'report.html'],
      ...['--few-shot-data', 'rows.jsonl', '--few-shot', '2', '--base-limit', '10'],
    );
    expect(exitCode, stderr).toBe(0);
    const page = await readFile(join(folder, 'report.html'), 'utf8');
    for (const text of [
      'The adapter beats prompting its base model: 100.0% of 10 texts',
      'Calibration',
      'Learning curve',
    ]) {
      expect(page).toContain(text);
    }
    expect(stdout).toMatch(/\nadapter beside base \+ few-shot: \+\d+\.\d points /);
    expect(stdout).toMatch(/\nin scope +100\.0% \(81–100\)/);
    expect(stdout).toMatch(/\nout of scope, recall +100\.0%/);
    const report = validateIntentEvaluationReport(JSON.parse(await readFile(join(folder, 'report.json'), 'utf8')));
    expect(report).toMatchObject({
      dataset: { file: 'rows.jsonl', rows: 20 },
      base: 'model.gguf',
      labels: 4,
      metrics: { accuracy: { count: 20, total: 20 }, macroF1: { value: 1 } },
      failureCount: 0,
      baselines: [
        { name: 'base', metrics: { rows: 10 } },
        { name: 'base + few-shot', metrics: { rows: 10 } },
      ],
    });
    // The base reads all intents, and two solved texts more.
    const [base, shown] = report.baselines!.map(({ metrics }) => metrics.meanPromptTokens);
    expect(base).toBeGreaterThan(report.metrics.meanPromptTokens);
    expect(shown).toBeGreaterThan(base!);
    for (const { accuracy } of report.comparisons!) expect(accuracy).toMatchObject({ rows: 10, baselineOnly: 0 });
  });

  it('measures the adapter alone where it is asked to', async () => {
    const { exitCode, stdout } = await run(
      ...'eval adapter --data rows.jsonl --threads 1 --only adapter --json'.split(' '),
    );
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).baselines).toBeUndefined();
  });

  it('shows what is wrong', async () => {
    await writeFile(join(folder, 'odd.jsonl'), '{"text":"stop it","intent":"play_music"}\n');
    const { exitCode, stdout } = await run('eval', 'adapter', '--data', 'odd.jsonl', '--threads', '1');
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(/1 of 1 wrong rows\n {2}odd\.jsonl:1 "stop it"\n {4}wanted play_music\n {4}got {4}stop \(/);
    expect(stdout).toMatch(/\nplay_music +stop +1/);
  });

  it.each([
    [['eval', 'adapter', '--data', 'rows.jsonl', '--only', 'base'], "'--only <names>' cannot be used here"],
    [['run', 'adapter', 'stop', '--no-constraint'], "'--no-constraint' cannot be used here"],
    [[...training, '--out', 'x', '--tools', 'tools.json'], 'cannot be used with option'],
    [[...training, '--out', 'x', '--loss', 'all'], "'--loss <on>' cannot be used here: with --intents"],
    [['train', ...training.slice(2), '--out', 'x'], "required option '--tools <file>' not specified (or --intents"],
  ])('exits with 2 for options that mean nothing to it: %j', async (argv, message) => {
    const { exitCode, stderr } = await run(...argv);
    expect(exitCode).toBe(2);
    expect(stderr).toContain(message);
  });

  it('refuses rows that are not for it', async () => {
    await writeFile(join(folder, 'calls.jsonl'), '{"messages":[{"role":"user","content":"x"}],"calls":[]}\n');
    const evaluated = await run('eval', 'adapter', '--data', 'calls.jsonl', '--threads', '1');
    expect(evaluated.exitCode).toBe(1);
    expect(evaluated.stderr).toMatch(/^.*error\[evaluate\/not-an-intent\] calls\.jsonl:1/s);
    const argv = training.map((argument) => (argument === 'rows.jsonl' ? 'calls.jsonl' : argument));
    const trained = await run(...argv, '--out', 'x');
    expect(trained.exitCode).toBe(1);
    expect(trained.stderr).toContain('error[training/bad-rows]');
  });

  it('merges it into its base', async () => {
    const { exitCode } = await run('export', 'adapter', '--merge', '--out', 'merged.gguf', '--format', 'f32');
    expect(exitCode).toBe(0);
  });
});
