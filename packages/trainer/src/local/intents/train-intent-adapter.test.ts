import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createModelPrompting,
  defaultIntentSystem,
  type IntentAdapterManifest,
  intentPromptFormat,
  predictIntent,
  validateAdapterManifest,
} from '@tooltune/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { withLlamaCpp } from '../../../test/llama-cpp.js';
import { useTemporaryFolder } from '../../../test/temporary-folder.js';
import { tinyIntentRows, tinyOutOfScopeRows, trainTinyIntents } from '../../../test/tiny-intents.js';
import { writeTinyModel } from '../../../test/tiny-model.js';
import { tinyExamples } from '../../../test/tiny-training.js';
import { openGguf } from '../../model/gguf-reader.js';
import type { TrainingEvent } from '../training-events.js';
import type { TrainIntentAdapterOptions } from './train-intent-adapter.js';

const folder = useTemporaryFolder();

beforeAll(async () => {
  await writeTinyModel(join(folder(), 'model.gguf'));
});

let outputs = 0;

async function train(overrides: Partial<TrainIntentAdapterOptions> = {}, output = `output-${++outputs}`) {
  const events: TrainingEvent[] = [];
  const onEvent = (event: TrainingEvent) => {
    events.push(event);
    overrides.onEvent?.(event);
  };
  const { manifest } = await trainTinyIntents(folder(), output, { ...overrides, onEvent });
  return { manifest, events, output };
}

const bytesOf = (output: string) => readFile(join(folder(), output, 'adapter.gguf'), 'base64');

/** What llama.cpp, with the adapter, makes of texts: nothing of the trainer's own graph. */
async function predict(output: string, manifest: IntentAdapterManifest, texts: readonly string[]) {
  const path = join(folder(), 'model.gguf');
  const { metadata } = await openGguf(path);
  const { renderer } = createModelPrompting(metadata, {
    format: intentPromptFormat(manifest.prompt.system),
    toolset: { tools: [] },
  });
  const examples = texts.map((content) => {
    const prompt = renderer.renderPrompt([{ role: 'user', content }]);
    const labelMask = new Uint8Array(prompt.length + 1);
    labelMask[prompt.length] = 1;
    return { tokens: Int32Array.from([...prompt, 0]), labelMask };
  });
  const adapter = join(folder(), output, 'adapter.gguf');
  const logits = await withLlamaCpp({ model: path, adapter, contextSize: 256, cache: 'F32', threads: 1 }, (model) =>
    model.labelLogits(examples),
  );
  const { labels, calibration } = manifest;
  return logits.map((row) =>
    predictIntent(
      labels,
      labels.map(({ token }) => row[token]!),
      { calibration, topK: 4 },
    ),
  );
}

describe('trainIntentAdapter', () => {
  let trained: Awaited<ReturnType<typeof train>>;
  beforeAll(async () => {
    trained = await train();
  });

  it('learns to tell four intents apart', async () => {
    const { manifest, output, events } = trained;
    const predictions = await predict(
      output,
      manifest,
      tinyIntentRows.map(({ text }) => text),
    );
    expect(predictions.map(({ intent }) => intent)).toEqual(tinyIntentRows.map(({ intent }) => intent));
    const exact = events.flatMap((event) => (event.type === 'epoch' ? [event.validation!.exact] : []));
    expect(exact[0]).toBeLessThan(0.9);
    expect(exact.at(-1)).toBe(1);
  });

  it('reports as validation loss the mean over the rows, of the labels alone', async () => {
    const { manifest, output } = trained;
    const calibration = { ...manifest.calibration, temperature: 1 };
    const predictions = await predict(
      output,
      { ...manifest, calibration },
      tinyIntentRows.map(({ text }) => text),
    );
    const nats = predictions.map(({ top }, index) => {
      return -Math.log(top.find(({ intent }) => intent === tinyIntentRows[index]!.intent)!.probability);
    });
    const mean = nats.reduce((a, b) => a + b, 0) / nats.length;
    expect(Math.abs(manifest.training.validationLoss! - mean)).toBeLessThan(1e-4);
  });

  it('leaves a bundle without tools, whose manifest names each label and its token', async () => {
    const { manifest, output } = trained;
    const peft = ['adapter_config.json', 'adapter_model.safetensors'];
    expect((await readdir(join(folder(), output))).sort()).toEqual([
      'adapter.gguf',
      ...peft,
      'manifest.json',
      'run.jsonl',
    ]);
    const written = JSON.parse(await readFile(join(folder(), output, 'manifest.json'), 'utf8'));
    expect(validateAdapterManifest(written)).toEqual(manifest);
    expect(manifest).toMatchObject({
      task: 'intents',
      prompt: { system: defaultIntentSystem },
      calibration: { rows: 16, threshold: null },
      training: { rows: 16, validationRows: 16, loss: 'choices' },
    });
    expect(manifest.labels.map(({ intent }) => intent)).toEqual(['light_off', 'light_on', 'play_music', 'stop']);
  });

  it('gives the same bytes for the same seed, resumed or not', async () => {
    const first = await train({ hyperparameters: { epochs: 2 } });
    const controller = new AbortController();
    const onEvent = (event: TrainingEvent) => {
      if (event.type === 'step' && event.step === 3) controller.abort();
    };
    const stopped = train({ hyperparameters: { epochs: 2 }, signal: controller.signal, onEvent }, 'resumed');
    await expect(stopped).rejects.toThrow();
    const { manifest, events } = await train({ hyperparameters: { epochs: 2 }, resume: true }, 'resumed');
    expect(events[0]).toMatchObject({ type: 'start', resumedSteps: 3 });
    expect(manifest).toEqual(first.manifest);
    expect(await bytesOf('resumed')).toBe(await bytesOf(first.output));
  });

  it('holds rows out by the seed where none are given, and fits the temperature to them', async () => {
    const held = { validationFraction: 0.25, hyperparameters: { epochs: 3 } };
    const { manifest } = await train(held);
    expect(manifest.training).toMatchObject({ rows: 12, validationRows: 4 });
    expect(manifest.calibration.rows).toBe(4);
    expect(manifest.calibration.temperature).not.toBe(1);
    const other = await train({ ...held, seed: 2 });
    expect(other.manifest.calibration).not.toEqual(manifest.calibration);
  });
});

describe('trainIntentAdapter that goes on from an adapter', () => {
  it('keeps its system message, and the tokens of its intents beside new ones', async () => {
    const first = await train({ system: 'Name it.', hyperparameters: { epochs: 1 } });
    const more = tinyIntentRows.slice(0, 2).map((row) => ({ ...row, intent: 'light' }));
    const training = [...tinyIntentRows, ...more];
    const start = join(folder(), first.output);
    const { manifest } = await train({ start, training, validation: training, hyperparameters: { epochs: 1 } });
    expect(manifest.prompt.system).toBe('Name it.');
    expect(manifest.labels).toHaveLength(5);
    expect(manifest.labels).toEqual(expect.arrayContaining(first.manifest.labels));
  });
});

describe('trainIntentAdapter with rows out of scope', () => {
  it('gives them a label, and chooses a threshold', async () => {
    const training = [...tinyIntentRows, ...tinyOutOfScopeRows];
    const { manifest, output } = await train({ training, validation: training });
    expect(manifest.labels.at(-1)!.intent).toBeNull();
    expect(manifest.calibration.threshold).not.toBeNull();
    const predictions = await predict(
      output,
      manifest,
      training.map(({ text }) => text),
    );
    expect(predictions.map(({ intent }) => intent)).toEqual(training.map(({ intent }) => intent));
  });

  it('chooses a threshold on the probability where only validation has such rows', async () => {
    const { manifest } = await train({
      validation: [...tinyIntentRows, ...tinyOutOfScopeRows],
      hyperparameters: { epochs: 1 },
    });
    expect(manifest.labels).toHaveLength(4);
    expect(manifest.calibration).toMatchObject({ rows: 16, threshold: { score: 'probability' } });
    expect(manifest.training.validationRows).toBe(20);
  });
});

describe('rows that it cannot train on', () => {
  const [first] = tinyIntentRows;
  it.each([
    ['conversations', { training: tinyExamples }, 'training/bad-rows', /rows\.jsonl:1: a conversation/],
    [
      'validation rows of another intent',
      { validation: [{ ...first!, intent: 'light_onn' }] },
      'training/bad-rows',
      /intents\.jsonl:1: no row to learn from has the intent "light_onn".*"light_on"/,
    ],
    [
      'rows that are too long',
      { training: [...tinyIntentRows, { ...first!, text: 'a '.repeat(300) }] },
      'training/bad-rows',
      /tokens, at most 256 fit/,
    ],
    ['one intent only', { training: [first!] }, 'intents/too-few-labels', /same intent|two different/],
    ['a share that leaves nothing', { validationFraction: 1 }, 'training/bad-option', /validationFraction/],
  ])('are refused: %s', async (_case, overrides, code, message) => {
    await expect(train(overrides)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
  });
});
