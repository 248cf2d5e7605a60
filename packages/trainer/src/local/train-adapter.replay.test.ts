import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Example } from '@tooltune/sdk';
import { createRandom } from '@tooltune/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { graphLogits } from '../../test/graph-logits.js';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { trainTiny } from '../../test/tiny-training.js';
import { readForgettingSet } from '../general-data.js';
import { openGguf } from '../model/gguf-reader.js';
import { initialLoraParameters, resolveLoraShape } from '../model/lora-parameters.js';
import type { ModelConfig } from '../model/model-config.js';
import { createGeneralRenderer } from './general-examples.js';
import type { TrainAdapterOptions } from './train-adapter.js';
import type { TrainingEvent } from './training-events.js';
import type { TrainingExample } from './training-example.js';

const folder = useTemporaryFolder();
let config: ModelConfig;

beforeAll(async () => {
  config = await writeTinyModel(join(folder(), 'model.gguf'));
});

const replayRows: readonly Example[] = ['hi', 'how are you', 'name a tree', 'what is rain', 'say x'].map(
  (content, index) => ({
    kind: 'conversation',
    messages: [
      { role: 'user', content },
      { role: 'assistant', content: `well, ${content}` },
    ],
    location: { file: 'general.jsonl', line: index + 1 },
  }),
);

let outputs = 0;

async function train(overrides: Partial<TrainAdapterOptions> = {}, output = `output-${++outputs}`) {
  const events: TrainingEvent[] = [];
  const onEvent = (event: TrainingEvent) => {
    events.push(event);
    overrides.onEvent?.(event);
  };
  const { manifest } = await trainTiny(folder(), output, { replayRows, ...overrides, onEvent });
  return { manifest, events, adapter: await readFile(join(folder(), output, 'adapter.gguf'), 'base64') };
}

/** As trainTiny trains eight rows, three a step, so many general rows make a share of half. */
const half = { replay: 0.5 };

describe('trainAdapter with replay', () => {
  it('mixes general rows into every epoch, and counts them', async () => {
    const { events, manifest } = await train({ hyperparameters: { ...half, epochs: 2 } });
    expect(events[0]).toMatchObject({ type: 'start', examples: 8, replay: { examples: 8, skipped: 0 }, steps: 12 });
    expect(events.filter(({ type }) => type === 'step')).toHaveLength(12);
    expect(manifest.training).toMatchObject({ rows: 8, replay: 0.5, steps: 12 });
  });

  it('learns from them', async () => {
    const hyperparameters = { epochs: 12, replay: 0.5 };
    const forgetting = async (replay: number) => {
      const { events } = await train({ hyperparameters: { ...hyperparameters, replay }, forgetting: true });
      return events.find((event) => event.type === 'forgetting')!;
    };
    const [without, with_] = [await forgetting(0), await forgetting(0.5)];
    expect(with_.questions.after).toBeLessThan(without.questions.after);
  });

  it('leaves them out of the loss that it tells', async () => {
    // A learning rate that changes nothing.
    const hyperparameters = { learningRate: 1e-12, epochs: 1 };
    const without = await train({ hyperparameters });
    const mixed = await train({ hyperparameters: { ...hyperparameters, ...half } });
    expect(mixed.manifest.training.trainLoss).toBeCloseTo(without.manifest.training.trainLoss, 4);
  });

  it('gives the same bytes for the same rows and seed, resumed or not, and others for other rows', async () => {
    const hyperparameters = { ...half, epochs: 3 };
    const { adapter } = await train({ hyperparameters });
    const controller = new AbortController();
    const onEvent = (event: TrainingEvent) => {
      if (event.type === 'step' && event.step === 8) controller.abort();
    };
    const stopped = train({ hyperparameters, signal: controller.signal, onEvent }, 'stopped');
    await expect(stopped).rejects.toThrow();
    const resumed = await train({ hyperparameters, resume: true }, 'stopped');
    expect(resumed.events[0]).toMatchObject({ resumedSteps: 8 });
    expect(resumed.adapter).toBe(adapter);
    const other = await train({ hyperparameters, replayRows: replayRows.slice(1) });
    expect(other.adapter).not.toBe(adapter);
  });

  it.each<[string, Partial<TrainAdapterOptions>]>([
    ['replay', { hyperparameters: { replay: 0.4 } }],
    ['replayRows', { hyperparameters: half, replayRows: replayRows.slice(1) }],
  ])('refuses to resume with another %s, naming it', async (name, overrides) => {
    const controller = new AbortController();
    controller.abort();
    const output = `other-${name}`;
    await expect(train({ hyperparameters: half, signal: controller.signal }, output)).rejects.toThrow();
    await expect(train({ ...overrides, resume: true }, output)).rejects.toMatchObject({
      code: 'training/checkpoint-differs',
      message: expect.stringMatching(new RegExp(`another run: (.*; )?${name} was .*, is `)),
    });
  });

  it('says how many rows are too long, and learns from the others', async () => {
    const long: Example = {
      kind: 'conversation',
      messages: [
        { role: 'user', content: 'word '.repeat(300) },
        { role: 'assistant', content: 'yes' },
      ],
      location: { file: 'general.jsonl', line: 9 },
    };
    const hyperparameters = { ...half, epochs: 1 };
    const { events, adapter } = await train({ hyperparameters, replayRows: [...replayRows, long] });
    expect(events[0]).toMatchObject({ replay: { examples: 8, skipped: 1 } });
    expect(adapter).toBe((await train({ hyperparameters })).adapter);
    await expect(train({ hyperparameters, replayRows: [long] }, 'all-long')).rejects.toMatchObject({
      code: 'training/bad-rows',
    });
  });

  it('draws from the rows of this package where none are given', async () => {
    const starts: TrainingEvent[] = [];
    const onEvent = (event: TrainingEvent) => event.type === 'start' && starts.push(event);
    await trainTiny(folder(), 'shipped', { hyperparameters: { epochs: 1, replay: 0.9 }, onEvent });
    expect(starts).toEqual([
      expect.objectContaining({ examples: 8, replay: { examples: 72, skipped: expect.any(Number) } }),
    ]);
  });
});

describe('what trainAdapter tells of forgetting', () => {
  it('is the mean loss on general prose and answers, of the base and of the adapter', async () => {
    const { events, manifest } = await train({ forgetting: true, hyperparameters: { epochs: 6 } });
    const told = events.find((event) => event.type === 'forgetting')!;
    expect(manifest.training.forgetting).toEqual({ text: told.text, questions: told.questions });
    expect(events.at(-1)!.type).toBe('finish');

    const { metadata } = await openGguf(join(folder(), 'model.gguf'));
    const renderer = createGeneralRenderer(metadata);
    const set = await readForgettingSet();
    const texts = set.texts.map((text) => renderer.text(text)).map(firstTokens(config.contextLength));
    const { examples: questions } = renderer.conversations(set.questions, config.contextLength);
    expect(told.text.before).toBeCloseTo(await baseLoss(texts), 4);
    expect(told.questions.before).toBeCloseTo(await baseLoss(questions), 4);
    expect(Math.abs(told.text.after - told.text.before)).toBeGreaterThan(0.01);
    expect(Math.abs(told.questions.after - told.questions.before)).toBeGreaterThan(0.01);
  });

  it('is the same for a run that was resumed', async () => {
    const { manifest } = await train({ forgetting: true });
    const controller = new AbortController();
    const onEvent = (event: TrainingEvent) => {
      if (event.type === 'step' && event.step === 5) controller.abort();
    };
    const output = 'forgetful';
    await expect(train({ forgetting: true, signal: controller.signal, onEvent }, output)).rejects.toThrow();
    const resumed = await train({ forgetting: true, resume: true }, output);
    expect(resumed.manifest.training.forgetting).toEqual(manifest.training.forgetting);
  });

  it('is nothing where it was not asked for, and the adapter is the same', async () => {
    const hyperparameters = { epochs: 1 };
    const asked = await train({ forgetting: true, hyperparameters });
    const { adapter, manifest, events } = await train({ forgetting: false, hyperparameters });
    expect(events.map(({ type }) => type)).not.toContain('forgetting');
    expect(manifest.training).not.toHaveProperty('forgetting');
    expect(adapter).toBe(asked.adapter);
  });
});

/** By logits, in float64: mean of -log softmax at the labels, with an adapter that does nothing. */
async function baseLoss(examples: readonly TrainingExample[]): Promise<number> {
  const lora = { ...resolveLoraShape(config, { rank: 4 }), alpha: 8 };
  const parameters = initialLoraParameters(config, lora, createRandom(1).fork('lora'));
  const rows = await graphLogits(join(folder(), 'model.gguf'), parameters, lora, examples);
  const labels = examples.flatMap(({ tokens, labelMask }) => [...tokens].filter((_, at) => labelMask[at] === 1));
  const losses = rows.map((logits, index) => {
    const total = logits.reduce((sum, value) => sum + Math.exp(value), 0);
    return Math.log(total) - logits[labels[index]!]!;
  });
  return losses.reduce((sum, loss) => sum + loss, 0) / losses.length;
}

function firstTokens(count: number): (example: TrainingExample) => TrainingExample {
  return ({ tokens, labelMask }) => ({ tokens: tokens.slice(0, count), labelMask: labelMask.slice(0, count) });
}
