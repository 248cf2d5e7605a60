import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIntentClassifier, type LlamaIntentClassifier } from '@tooltune/runtime';
import type { LabelsExample, ScoreExample } from '@tooltune/sdk';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { type TrainIntentAdapterOptions, trainIntentAdapter } from '@tooltune/trainer';
import { afterAll, beforeAll, expect, it } from 'vitest';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tooltune-labels-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function learn<T>(
  training: TrainIntentAdapterOptions['training'],
  options: Partial<TrainIntentAdapterOptions>,
  use: (classifier: LlamaIntentClassifier) => Promise<T>,
): Promise<T> {
  const base = await resolveBaseModel('smollm2-135m');
  const adapter = await mkdtemp(join(folder, 'adapter-'));
  await trainIntentAdapter({
    ...{ base, training, validation: training, output: adapter, threads: 1, ...options },
    hyperparameters: { epochs: 8, batchSize: 6, learningRate: 1e-3 },
  });
  const classifier = await createIntentClassifier({ adapter, base: base.path, threads: 1, contextSize: 512 });
  try {
    return await use(classifier);
  } finally {
    await classifier.dispose();
  }
}

it('learns from twelve texts to name two things that a text wants, and none', async () => {
  const texts: [string, string[]][] = [
    ['I want my money back', ['refund']],
    ['please refund the order', ['refund']],
    ['the driver was rude to me', ['complaint']],
    ['your service is terrible', ['complaint']],
    ['the driver was rude and I want my money back', ['refund', 'complaint']],
    ['terrible service, please refund the order', ['refund', 'complaint']],
    ['what are your opening hours', []],
    ['do you deliver to Leeds', []],
    ['give me a refund', ['refund']],
    ['the waiter shouted at us', ['complaint']],
    ['the waiter shouted at us, give me a refund', ['refund', 'complaint']],
    ['is there parking', []],
  ];
  const rows = texts.map(([text, intents]): LabelsExample => {
    return { kind: 'labels', text, intents, location: { file: 'rows.jsonl' } };
  });
  await learn(rows, {}, async (classifier) => {
    const answers = await classifier.classifyBatch([
      'can I have my money back please',
      'the man on the phone was rude and shouted',
      'the man on the phone was rude, I want a refund',
      'are you open on Sunday',
    ]);
    expect(answers.map(({ intents }) => intents!.toSorted())).toEqual([
      ['refund'],
      ['complaint'],
      ['complaint', 'refund'],
      [],
    ]);
  });
});

it('learns from nine texts to tell a cold lead from a hot one', async () => {
  const texts = {
    cold: ['please take me off your list', 'we are not interested', 'stop calling us'],
    warm: ['send me a brochure, maybe next year', 'we may look at it some day', 'tell me more when you can'],
    hot: ['we want to sign this week', 'send the contract today', 'I need fifty seats now, here is my card'],
  };
  const rows = Object.entries(texts).flatMap(([score, list]) =>
    list.map((text): ScoreExample => ({ kind: 'score', text, score, location: { file: 'rows.jsonl' } })),
  );
  await learn(rows, { levels: ['cold', 'warm', 'hot'] }, async (classifier) => {
    const texts = ['we have no interest, stop', 'maybe we look at it next year', 'send me the contract now, we sign'];
    const answers = await classifier.classifyBatch(texts);
    expect(answers.map(({ score }) => score!.level)).toEqual(['cold', 'warm', 'hot']);
    const expected = answers.map(({ score }) => score!.expected);
    expect(expected).toEqual(expected.toSorted((a, b) => a - b));
  });
});
