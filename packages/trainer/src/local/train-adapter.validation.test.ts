import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ConversationExample } from '@tooltune/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { tinyExamples, trainTiny } from '../../test/tiny-training.js';
import type { Hyperparameters } from './hyperparameters.js';
import type { TrainAdapterOptions } from './train-adapter.js';
import type { TrainingEvent } from './training-events.js';

const folder = useTemporaryFolder();

beforeAll(async () => {
  await writeTinyModel(join(folder(), 'model.gguf'));
});

let outputs = 0;

async function train(hyperparameters: Partial<Hyperparameters>, overrides: Partial<TrainAdapterOptions> = {}) {
  const events: TrainingEvent[] = [];
  const output = `validation-${++outputs}`;
  const onEvent = (event: TrainingEvent) => {
    events.push(event);
    overrides.onEvent?.(event);
  };
  const { manifest } = await trainTiny(folder(), output, {
    validation: contrary,
    ...overrides,
    onEvent,
    hyperparameters,
  });
  return { output, manifest, events, adapter: await readFile(join(folder(), output, 'adapter.gguf'), 'base64') };
}

const validationsOf = (events: readonly TrainingEvent[]) => events.filter((event) => event.type === 'validation');

/** Three steps an epoch: 48 in all. */
const long = { epochs: 16, learningRate: 0.03, warmupFraction: 0 };
const lastStep = 48;

/** Requests of the training rows with other answers: the better the rows are learnt, the worse these go. */
const contrary: ConversationExample[] = tinyExamples.slice(0, 3).map((example) => ({
  ...example,
  messages: [example.messages[0]!, tinyExamples[7]!.messages[1]!],
}));

describe('validation during training', () => {
  it('comes every so many steps, and after each epoch', async () => {
    // Eight rows, three a step: three steps an epoch.
    const { events } = await train({ epochs: 2, validateEvery: 2 });
    expect(validationsOf(events).map(({ step }) => step)).toEqual([2, 3, 4, 6]);
  });

  it.each(['exact', 'loss'] as const)('keeps the state of the best %s', async (keep) => {
    const { manifest, events } = await train({ ...long, validateEvery: 2, keep });
    const validations = validationsOf(events);
    const best = validations.filter(({ isBest }) => isBest).at(-1)!;
    const losses = validations.map(({ validation }) => validation.loss);
    expect(best.step).toBeLessThan(lastStep);
    if (keep === 'loss') expect(best.validation.loss).toBe(Math.min(...losses));
    else expect(best.validation.exact).toBe(Math.max(...validations.map(({ validation }) => validation.exact)));
    expect(manifest.training.validationLoss).toBe(best.validation.loss);

    const last = await train({ ...long, validateEvery: 2, keep: 'last' });
    expect(last.manifest.training.validationLoss).toBe(losses.at(-1));
  });

  it('stops when nothing better comes, with the best', async () => {
    const { manifest, events, adapter } = await train({ ...long, validateEvery: 2, keep: 'loss', patience: 2 });
    const validations = validationsOf(events);
    const best = validations.findLast(({ isBest }) => isBest)!;
    expect(validations.at(-1)!.step).toBeLessThan(lastStep);
    expect(validations.slice(-2).map(({ isBest }) => isBest)).toEqual([false, false]);
    expect(manifest.training).toMatchObject({ steps: validations.at(-1)!.step, validationLoss: best.validation.loss });
    const patient = await train({ ...long, validateEvery: 2, keep: 'loss' });
    const soFar = validationsOf(patient.events).slice(0, validations.length);
    expect(soFar).toEqual(validations);
    // The patient run found nothing better later, or it would be another adapter.
    if (validationsOf(patient.events).findLast(({ isBest }) => isBest)!.step === best.step) {
      expect(adapter).toBe(patient.adapter);
    }
  });

  it('goes on from a checkpoint as if it had never stopped', async () => {
    const settings = { ...long, validateEvery: 2, keep: 'loss' as const };
    const whole = await train(settings);
    const controller = new AbortController();
    const output = 'resumed-validation';
    const onEvent = (event: TrainingEvent) => {
      if (event.type === 'step' && event.step === 7) controller.abort();
    };
    await expect(
      trainTiny(folder(), output, {
        validation: contrary,
        hyperparameters: settings,
        signal: controller.signal,
        onEvent,
      }),
    ).rejects.toThrow();
    await trainTiny(folder(), output, { validation: contrary, hyperparameters: settings, resume: true });
    expect(await readFile(join(folder(), output, 'adapter.gguf'), 'base64')).toBe(whole.adapter);
    const steps = (await readFile(join(folder(), output, 'run.jsonl'), 'utf8'))
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line) as { type: string; step?: number })
      .filter(({ type }) => type === 'step');
    expect(steps.map(({ step }) => step)).toEqual(Array.from({ length: lastStep }, (_, at) => at + 1));
  });
});
