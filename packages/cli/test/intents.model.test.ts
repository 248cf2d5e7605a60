import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createIntentClassifier } from '@tooltune/runtime';
import type { IntentExample } from '@tooltune/sdk';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { trainIntentAdapter } from '@tooltune/trainer';
import { afterAll, beforeAll, expect, it } from 'vitest';

const texts = {
  card_arrival: ['when does my card arrive', 'my new card is not here yet', 'how long until I get my card'],
  lost_card: ['I lost my card', 'somebody stole my card', 'my card is gone, block it'],
  exchange_rate: ['what is the euro worth', 'your exchange rate is wrong', 'how much is a dollar in pounds'],
};
const unseen = {
  card_arrival: 'is my card on its way yet',
  lost_card: 'I think that my card was stolen',
  exchange_rate: 'how much is a pound in euro',
};

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'tooltune-intents-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

it('learns three intents from nine texts, and names those of others', async () => {
  const base = await resolveBaseModel('smollm2-135m');
  const rows = Object.entries(texts).flatMap(([intent, list]) =>
    list.map((text): IntentExample => ({ kind: 'intent', text, intent, location: { file: 'rows.jsonl' } })),
  );
  const adapter = join(folder, 'adapter');
  await trainIntentAdapter({
    ...{ base, training: rows, validation: rows, output: adapter },
    hyperparameters: { epochs: 8, batchSize: 9, learningRate: 1e-3 },
  });
  const classifier = await createIntentClassifier({ adapter, base: base.path, contextSize: 512 });
  try {
    const answers = await classifier.classifyBatch(Object.values(unseen));
    expect(answers.map(({ intent }) => intent)).toEqual(Object.keys(unseen));
    for (const answer of answers) expect(answer.probability).toBeGreaterThan(0.5);
  } finally {
    await classifier.dispose();
  }
});
