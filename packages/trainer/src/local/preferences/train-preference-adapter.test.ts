import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../../test/temporary-folder.js';
import { writeTinyModel } from '../../../test/tiny-model.js';
import { tinyExamples, tinyPairs, tinyToolset, trainTiny } from '../../../test/tiny-training.js';
import type { TrainingEvent } from '../training-events.js';
import { type TrainPreferenceAdapterOptions, trainPreferenceAdapter } from './train-preference-adapter.js';

const folder = useTemporaryFolder();

beforeAll(async () => {
  await writeTinyModel(join(folder(), 'model.gguf'));
});

async function train(output: string, overrides: Partial<TrainPreferenceAdapterOptions> = {}) {
  const events: TrainingEvent[] = [];
  const trained = await trainPreferenceAdapter({
    base: { id: 'tiny', path: join(folder(), 'model.gguf') },
    toolset: tinyToolset,
    training: tinyPairs.slice(0, 8),
    validation: tinyPairs.slice(8),
    output: join(folder(), output),
    threads: 1,
    forgetting: false,
    ...overrides,
    hyperparameters: { rank: 4, alpha: 8, epochs: 6, batchSize: 3, learningRate: 5e-3, ...overrides.hyperparameters },
    onEvent: (event) => {
      events.push(event);
      overrides.onEvent?.(event);
    },
  });
  const losses = events.flatMap((event) => (event.type === 'step' ? [event.loss] : []));
  return { ...trained, events, losses };
}

describe('trainPreferenceAdapter', () => {
  it('begins at the reference, and comes to prefer what is preferred', async () => {
    const { losses, manifest, events } = await train('plain', { validation: tinyPairs.slice(0, 8) });
    // Before the first step no pair is told apart: −log σ(0).
    expect(losses[0]).toBeCloseTo(Math.LN2, 5);
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    expect(manifest.training).toMatchObject({ rows: 8, preferences: { beta: 0.1, rpoAlpha: 0.2 } });
    const validations = events.flatMap((event) => (event.type === 'epoch' ? [event.validation!] : []));
    expect(validations.at(-1)!.loss).toBeLessThan(Math.LN2 / 2);
    expect(validations.at(-1)!.exact).toBe(1);
  });

  it('gives the same whatever the passes, to rounding', async () => {
    const few = await train('few', { hyperparameters: { epochs: 1 } });
    // A pair is longer than this: each is a pass of its own.
    const many = await train('many', { hyperparameters: { epochs: 1 }, maxTokensPerPass: 8 });
    many.losses.forEach((loss, step) => {
      expect(loss).toBeCloseTo(few.losses[step]!, 4);
    });
  });

  it('keeps the preferred answers likely by their own loss', async () => {
    const likelihood = async (rpoAlpha: number) => {
      const name = `alpha-${rpoAlpha}`;
      await train(name, { rpoAlpha });
      // What imitating the preferred answers would begin with.
      const events: TrainingEvent[] = [];
      const onEvent = (event: TrainingEvent) => void events.push(event);
      const start = join(folder(), name);
      await trainTiny(folder(), `${name}-after`, {
        ...{ start, onEvent, training: tinyExamples.slice(0, 8), hyperparameters: { epochs: 1, batchSize: 8 } },
      });
      return events.find((event) => event.type === 'step')!.loss;
    };
    expect(await likelihood(1)).toBeLessThan((await likelihood(0)) * 0.9);
  });

  it('goes on from an adapter, which is then the reference', async () => {
    await trainTiny(folder(), 'first', { hyperparameters: { epochs: 6 } });
    const start = join(folder(), 'first');
    const { losses, manifest } = await train('second', { start, hyperparameters: { rank: 2, alpha: 1 } });
    expect(losses[0]).toBeCloseTo(Math.LN2, 5);
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
    expect(manifest.lora).toMatchObject({ rank: 4, alpha: 8 });
    expect(manifest.training.start).toMatch(/^[0-9a-f]{64}$/);
    await expect(train('third', { start, layers: [0] })).rejects.toMatchObject({ code: 'training/bad-start' });
  });

  it('is resumed to the same bytes', async () => {
    const files = async (name: string) => {
      const names = (await readdir(join(folder(), name))).filter((file) => file !== 'run.jsonl');
      return Promise.all(names.map(async (file) => [file, await readFile(join(folder(), name, file), 'base64')]));
    };
    const controller = new AbortController();
    const stop = (event: TrainingEvent) => {
      if (event.type === 'step' && event.step === 4) controller.abort();
    };
    await expect(train('stopped', { signal: controller.signal, onEvent: stop })).rejects.toThrow();
    await train('stopped', { resume: true });
    await train('whole');
    expect(await files('stopped')).toEqual(await files('whole'));
  });

  it('compares with the worse answer whatever weight the row gives it', async () => {
    const weighted = tinyPairs
      .slice(0, 8)
      .map((row) => ({ ...row, rejected: { ...row.rejected!, weight: 0 as const } }));
    const { losses } = await train('weighted', { training: weighted, hyperparameters: { epochs: 1 } });
    expect(losses).toEqual((await train('unweighted', { hyperparameters: { epochs: 1 } })).losses);
  });

  it('refuses rows without a worse answer, and settings that make no sense', async () => {
    await expect(train('bad', { training: tinyExamples })).rejects.toMatchObject({
      code: 'training/bad-rows',
      message: expect.stringContaining('no "rejected" answer'),
    });
    await expect(train('bad', { beta: 0 })).rejects.toMatchObject({ code: 'training/bad-option' });
    await expect(train('bad', { hyperparameters: { labelSmoothing: 0.1 } })).rejects.toMatchObject({
      code: 'training/bad-option',
    });
  });
});
