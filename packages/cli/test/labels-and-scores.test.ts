import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAdapterPool, createIntentClassifier, type LlamaIntentClassifier } from '@tooltune/runtime';
import {
  evaluateIntentClassifier,
  formatDataset,
  type IntentAdapterManifest,
  validateIntentEvaluationReport,
} from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { TrainIntentAdapterOptions } from '../../trainer/src/local/intents/train-intent-adapter.js';
import { useTemporaryFolder } from '../../trainer/test/temporary-folder.js';
import { tinyIntentRows, tinyLabelsRows, tinyScoreRows, trainTinyIntents } from '../../trainer/test/tiny-intents.js';
import { writeTinyModel } from '../../trainer/test/tiny-model.js';
import { type BundledCli, bundleCli } from './run-cli.js';

const folder = useTemporaryFolder();

beforeAll(async () => {
  await writeTinyModel(join(folder(), 'model.gguf'));
});

/** Trains, and asks the adapter in llama.cpp: nothing of the trainer's own graph. */
async function withAdapter<T>(
  output: string,
  rows: NonNullable<TrainIntentAdapterOptions['validation']>,
  use: (classifier: LlamaIntentClassifier, manifest: IntentAdapterManifest) => Promise<T>,
  overrides: Partial<TrainIntentAdapterOptions> = {},
): Promise<T> {
  const { manifest } = await trainTinyIntents(folder(), output, {
    ...{ training: rows, validation: rows, ...overrides },
    hyperparameters: { epochs: 25, ...overrides.hyperparameters },
  });
  const classifier = await createIntentClassifier({
    ...{ adapter: join(folder(), output), base: join(folder(), 'model.gguf'), threads: 1, contextSize: 256 },
  });
  try {
    return await use(classifier, manifest);
  } finally {
    await classifier.dispose();
  }
}

describe('trainIntentAdapter on rows of several intents', () => {
  it('learns which apply, none among them, and each by itself', async () => {
    await withAdapter('labels', tinyLabelsRows, async (classifier, manifest) => {
      expect(manifest.kind).toBe('multi');
      expect(manifest.labels.map(({ intent }) => intent)).toEqual(['light', 'music', null]);
      expect(classifier).toMatchObject({ kind: 'multi', intents: ['light', 'music'] });
      const answers = await classifier.classifyBatch(tinyLabelsRows.map(({ text }) => text));
      expect(answers.map(({ intents }) => intents!.toSorted())).toEqual(tinyLabelsRows.map(({ intents }) => intents));
      const both = answers[2]!;
      expect(both.intent).toBe(both.intents![0]);
      // They are no shares of one whole.
      for (const { probability } of both.probabilities!) expect(probability).toBeGreaterThan(0.5);
      expect(answers[6]).toMatchObject({ intent: null, intents: [] });
      const { metrics } = await evaluateIntentClassifier({ classifier, examples: tinyLabelsRows });
      expect(metrics).toMatchObject({ accuracy: { rate: 1 }, microF1: { value: 1 }, outOfScopeRecall: { rate: 1 } });
    });
  });

  it('needs no row without intent', async () => {
    const rows = tinyLabelsRows.slice(0, 6);
    const overrides = { hyperparameters: { epochs: 1 } };
    await withAdapter(
      'labels-only',
      rows,
      async (_classifier, { labels }) => {
        expect(labels.at(-1)!.intent).toBeNull();
      },
      overrides,
    );
  });

  it('refuses rows of other shapes beside them, and tells which', async () => {
    const training = [...tinyLabelsRows, tinyIntentRows[0]!, tinyScoreRows[0]!];
    await expect(trainTinyIntents(folder(), 'mixed', { training, validation: [] })).rejects.toMatchObject({
      code: 'training/bad-rows',
      message: expect.stringMatching(
        /intents\.jsonl:1: has the shape \{"text", "intent"\}, and rows before it \{"text", "intents"\}/,
      ),
    });
  });
});

describe('trainIntentAdapter on scores', () => {
  it('learns levels, and expects what lies between them', async () => {
    await withAdapter('scores', tinyScoreRows, async (classifier, manifest) => {
      expect(manifest.kind).toBe('ordinal');
      expect(manifest.labels.map(({ intent, value }) => [intent, value])).toEqual([1, 2, 3, 4].map((n) => [`${n}`, n]));
      const { metrics, rows } = await evaluateIntentClassifier({ classifier, examples: tinyScoreRows });
      expect(metrics.accuracy.rate).toBe(1);
      expect(metrics.ordinal).toMatchObject({ meanAbsoluteError: { value: 0 }, weightedKappa: { value: 1 } });
      for (const { answer, example } of rows) {
        const { score, probabilities } = answer;
        expect(Math.abs(score!.expected - Number(example.kind === 'score' && example.score))).toBeLessThan(0.5);
        expect(probabilities!.reduce((sum, { probability }) => sum + probability, 0)).toBeCloseTo(1, 9);
      }
      await expect(classifier.classify('it was good', { threshold: 0.3 })).rejects.toMatchObject({
        code: 'runtime/bad-options',
      });
    });
  });

  it('takes names in the order that is given, and refuses them without', async () => {
    const names = ['cold', 'cool', 'warm', 'hot'];
    const rows = tinyScoreRows.map((row) => ({ ...row, score: names[Number(row.score) - 1]! }));
    const overrides = { levels: names, hyperparameters: { epochs: 1 } };
    await withAdapter(
      'names',
      rows,
      async (classifier) => {
        expect(classifier.levels).toEqual(names.map((level, index) => ({ level, value: index + 1 })));
      },
      overrides,
    );
    const without = trainTinyIntents(folder(), 'without', { training: rows, validation: rows });
    await expect(without).rejects.toMatchObject({ code: 'training/bad-option' });
    const wrong = trainTinyIntents(folder(), 'wrong', { training: rows, validation: rows, levels: ['cold', 'hot'] });
    await expect(wrong).rejects.toThrow('the score "cool" is none of the levels cold, hot');
    const single = { training: tinyIntentRows, validation: [], levels: names };
    await expect(trainTinyIntents(folder(), 'single', single)).rejects.toMatchObject({ code: 'training/bad-option' });
  });
});

describe('a pool', () => {
  it('answers as the classifier of each kind does', async () => {
    const adapters = { any: join(folder(), 'labels'), scores: join(folder(), 'scores') };
    const options = { threads: 1, contextSize: 256 };
    const pool = await createAdapterPool({ base: join(folder(), 'model.gguf'), adapters, ...options });
    try {
      const [any, scores] = [await pool.intents('any'), await pool.intents('scores')];
      expect([any.kind, any.intents, any.levels]).toEqual(['multi', ['light', 'music'], undefined]);
      expect((await any.classify('lamp on and a song')).intents!.toSorted()).toEqual(['light', 'music']);
      expect(scores.levels!.map(({ value }) => value)).toEqual([1, 2, 3, 4]);
      const answers = await scores.classifyBatch(['it was bad', 'it was superb']);
      expect(answers.map(({ score }) => score!.value)).toEqual([1, 4]);
    } finally {
      await pool.dispose();
    }
  });
});

describe('tooltune with rows of several intents, and with scores', () => {
  let cli: BundledCli;
  const run = (...argv: string[]) => cli.run([...argv, '--threads', '1'], { cwd: folder() });
  const settings = ['--rank', '4', '--alpha', '8', '--batch-size', '4', '--learning-rate', '0.01', '--epochs', '25'];
  const train = (data: string, out: string, ...options: string[]) => {
    const files = ['--data', data, '--validation', data, '--base', 'model.gguf', '--out', out];
    return run('train', '--intents', ...files, ...settings, ...options);
  };
  beforeAll(async () => {
    cli = await bundleCli();
    await writeFile(join(folder(), 'labels.jsonl'), formatDataset(tinyLabelsRows));
    const names = ['cold', 'cool', 'warm', 'hot'];
    const scores = tinyScoreRows.map((row) => ({ ...row, score: names[Number(row.score) - 1]! }));
    await writeFile(join(folder(), 'scores.jsonl'), formatDataset(scores));
    await writeFile(join(folder(), 'mixed.jsonl'), formatDataset([...tinyLabelsRows, ...scores]));
  });
  afterAll(() => cli?.remove());

  it('trains, measures and names any number of intents', async () => {
    const trained = await train('labels.jsonl', 'any');
    expect(trained.exitCode, trained.stderr).toBe(0);
    expect(trained.stdout).toMatch(/\nintents +any of 2 intents, temperature [\d.]+, named from 0\.5/);
    const both = await run('run', 'any', 'lamp on and a song');
    expect(both.stdout.split('\n').toSorted().join(' ')).toMatch(/^ light \d+\.\d% music \d+\.\d%$/);
    const none = await run('run', 'any', 'who are you');
    expect(none.stdout).toMatch(/^no intent \(most likely \w+, \d+\.\d%\)\n$/);
    const measured = await run('eval', 'any', '--data', 'labels.jsonl', '--json', 'any.json', '--html', 'any.html');
    expect(measured.exitCode, measured.stderr).toBe(0);
    expect(measured.stdout).toMatch(/\nexact sets +100\.0%[\s\S]*\nmicro F1 +1\.000[\s\S]*\nmusic +4 +4 +4 +100\.0%/);
    const report = validateIntentEvaluationReport(JSON.parse(await readFile(join(folder(), 'any.json'), 'utf8')));
    expect(report).toMatchObject({ kind: 'multi', labels: 2, metrics: { microF1: { value: 1 } } });
    const page = await readFile(join(folder(), 'any.html'), 'utf8');
    for (const text of ['All intents and no other', 'exact sets', 'micro F1']) expect(page).toContain(text);
  });

  it('trains, measures and tells scores by name', async () => {
    const trained = await train('scores.jsonl', 'scorer', '--levels', 'cold,cool,warm,hot');
    expect(trained.exitCode, trained.stderr).toBe(0);
    expect(trained.stdout).toMatch(/\nintents +4 levels of a score, temperature [\d.]+/);
    const { stdout } = await run('run', 'scorer', 'it was superb');
    expect(stdout).toMatch(/^hot \d+\.\d%, expected (3\.[5-9]|4\.0)\d\ncold \d+\.\d%, cool .*, hot \d+\.\d%\n$/);
    const answer = JSON.parse((await run('run', 'scorer', 'it was bad', '--json')).stdout);
    expect(answer.score).toMatchObject({ level: 'cold', value: 1 });
    const measured = await run('eval', 'scorer', '--data', 'scores.jsonl', '--html', 'scorer.html');
    expect(measured.stdout).toMatch(
      /\nwithin one level +100\.0%[\s\S]*\nmean absolute error +0\.000[\s\S]*\nweighted kappa +1\.000/,
    );
    expect(await readFile(join(folder(), 'scorer.html'), 'utf8')).toContain('quadratic weighted kappa');
  });

  it('refuses a mixture of rows, and options that mean nothing', async () => {
    const mixed = await train('mixed.jsonl', 'mixed');
    expect(mixed.exitCode).toBe(1);
    expect(mixed.stderr).toContain('has the shape {"text", "score"}, and rows before it {"text", "intents"}');
    const alone = await run('eval', 'any', '--data', 'labels.jsonl', '--few-shot-data', 'labels.jsonl');
    expect(alone.exitCode).toBe(2);
    expect(alone.stderr).toContain('is measured alone');
    const other = await run('eval', 'any', '--data', 'scores.jsonl');
    expect(other.stderr).toContain('give rows of {"text", "intents"}');
    const levels = await run(
      'train',
      '--tools',
      'tools.json',
      '--data',
      'x',
      '--base',
      'x',
      '--out',
      'x',
      '--levels',
      'a,b',
    );
    expect(levels.stderr).toContain("'--levels <names>' cannot be used here");
  });
});
