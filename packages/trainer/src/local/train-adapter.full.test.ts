import { access, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { trainTiny } from '../../test/tiny-training.js';
import { mergeAdapter } from '../merge/merge-adapter.js';
import { openGguf } from '../model/gguf-reader.js';
import type { TrainAdapterOptions } from './train-adapter.js';
import type { TrainingEvent } from './training-events.js';

const folder = useTemporaryFolder();

beforeAll(async () => {
  await writeTinyModel(join(folder(), 'model.gguf'));
});

async function train(output: string, overrides: Partial<TrainAdapterOptions> = {}) {
  const losses: number[] = [];
  const trained = await trainTiny(folder(), output, {
    full: true,
    ...overrides,
    hyperparameters: { epochs: 6, learningRate: 2e-3, ...overrides.hyperparameters },
    onEvent: (event) => {
      if (event.type === 'step') losses.push(event.loss);
      overrides.onEvent?.(event);
    },
  });
  return { ...trained, losses };
}

describe('trainAdapter with all weights trained', () => {
  it('lowers the loss, and writes the whole model and no adapter', async () => {
    const { losses, manifest } = await train('whole', { forgetting: true });
    expect(losses.at(-1)).toBeLessThan(losses[0]! / 2);
    expect(manifest).toMatchObject({ model: { format: 'F16' }, training: { rows: 8 } });
    expect(manifest.lora).toBeUndefined();
    expect(manifest.training.forgetting?.text.before).toBeGreaterThan(0);
    expect((await readdir(join(folder(), 'whole'))).sort()).toEqual([
      ...['manifest.json', 'model.gguf', 'run.jsonl', 'tools.json'],
    ]);
    const base = await openGguf(join(folder(), 'model.gguf'));
    const model = await openGguf(join(folder(), 'whole', 'model.gguf'));
    expect([...model.tensors.keys()]).toEqual([...base.tensors.keys()]);
    for (const name of ['token_embd.weight', 'blk.0.attn_q.weight', 'blk.1.ffn_norm.weight', 'output_norm.weight']) {
      const [before, after] = [await base.readTensor(name), await model.readTensor(name)];
      const change = after.data.reduce((most, value, at) => Math.max(most, Math.abs(value - before.data[at]!)), 0);
      expect(change, name).toBeGreaterThan(1e-3);
    }
  });

  it('has as its model what was trained: going on from it begins where it ended', async () => {
    const { losses } = await train('ended', { validation: [] });
    const again = await train('again', {
      base: { id: 'tiny', path: join(folder(), 'ended', 'model.gguf') },
      validation: [],
      hyperparameters: { epochs: 1 },
    });
    expect(again.losses[0]).toBeLessThan(losses.at(-3)! * 1.5);
    expect(again.losses[0]).toBeLessThan(losses[0]! / 2);
  });

  it('is resumed to the same bytes', async () => {
    const controller = new AbortController();
    const stop = (event: TrainingEvent) => {
      if (event.type === 'step' && event.step === 4) controller.abort();
    };
    await expect(train('stopped', { signal: controller.signal, onEvent: stop })).rejects.toThrow();
    await train('stopped', { resume: true });
    await train('undisturbed');
    const bytes = (name: string) => readFile(join(folder(), name, 'model.gguf'), 'base64');
    expect(await bytes('stopped')).toBe(await bytes('undisturbed'));
  });

  it.each<[string, Partial<TrainAdapterOptions>]>([
    ['quantized', { quantized: true }],
    ['targets', { targets: ['attn_q'] }],
    ['dora', { hyperparameters: { dora: true } }],
    ['dropout', { hyperparameters: { dropout: 0.1 } }],
  ])('refuses %s', async (name, overrides) => {
    await expect(train(`refused-${name}`, overrides)).rejects.toMatchObject({
      code: 'training/bad-option',
      message: expect.stringContaining(name),
    });
    await expect(access(join(folder(), `refused-${name}`, 'manifest.json'))).rejects.toThrow();
  });

  it('is no adapter to go on from, or to merge', async () => {
    const { folder: start } = await train('model-only', { hyperparameters: { epochs: 1 } });
    await expect(trainTiny(folder(), 'from-model', { start })).rejects.toMatchObject({ code: 'adapter/whole-model' });
    const base = { id: 'tiny', path: join(folder(), 'model.gguf') };
    await expect(mergeAdapter({ adapter: start, base, output: join(folder(), 'x.gguf') })).rejects.toMatchObject({
      code: 'adapter/whole-model',
    });
  });
});
