import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom, type RenderedExample } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { graphLogits, logitDifference } from '../../test/graph-logits.js';
import { withLlamaCpp } from '../../test/llama-cpp.js';
import { randomAdapter } from '../../test/random-adapter.js';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { openGguf } from '../model/gguf-reader.js';
import { writeGguf } from '../model/gguf-writer.js';
import { loraScale, projectionGroups, projections } from '../model/lora-parameters.js';
import { adapterFromParameters } from './adapter.js';
import { readAdapterGguf, writeAdapterGguf } from './adapter-gguf.js';

const lora = { rank: 3, alpha: 9 };

function randomExamples(vocabularySize: number): RenderedExample[] {
  const random = createRandom(5);
  return [40, 7, 150].map((length) => ({
    tokens: Int32Array.from({ length }, () => random.integer(0, vocabularySize - 1)),
    labelMask: Uint8Array.from({ length }, (_, at) => (at > 0 && at % 3 === 0 ? 1 : 0)),
  }));
}

describe('writeAdapterGguf', () => {
  const folder = useTemporaryFolder();

  it.each([true, false])('gives llama.cpp the logits of the graph (tied head: %s)', async (tiedHead) => {
    const model = join(folder(), `model-${tiedHead}.gguf`);
    const config = await writeTinyModel(model, { tiedHead });
    const parameters = randomAdapter(config, lora.rank, 0.2);
    const adapter = join(folder(), `adapter-${tiedHead}.gguf`);
    await writeAdapterGguf(adapter, 'llama', adapterFromParameters(config, parameters, lora));
    const examples = randomExamples(config.vocabularySize);
    const ours = await graphLogits(model, parameters, lora, examples);
    const contextSize = config.contextLength;
    const theirs = await withLlamaCpp({ model, adapter, contextSize, cache: 'F32', threads: 1 }, (loaded) =>
      loaded.labelLogits(examples),
    );
    const difference = logitDifference(ours, theirs);
    expect(difference.largest).toBeLessThan(1e-3);
    expect(difference.mean).toBeLessThan(1e-4);

    const without = await withLlamaCpp({ model, contextSize, threads: 1 }, (loaded) => loaded.labelLogits(examples));
    expect(logitDifference(ours, without).mean).toBeGreaterThan(0.1);
  });

  it('holds A and B of every projection in the shapes of the paper', async () => {
    const config = await writeTinyModel(join(folder(), 'model.gguf'));
    const parameters = randomAdapter(config, lora.rank, 1);
    const path = join(folder(), 'adapter.gguf');
    await writeAdapterGguf(path, 'llama', adapterFromParameters(config, parameters, lora));
    const file = await openGguf(path);
    expect(file.metadata).toMatchObject({
      'general.type': 'adapter',
      'general.architecture': 'llama',
      'adapter.type': 'lora',
      'adapter.lora.alpha': 9,
    });
    expect(file.tensors.size).toBe(config.layers * projections.length * 2);
    const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
    const up = await file.readTensor('blk.1.ffn_up.weight.lora_a');
    expect(up.shape).toEqual([3, 64]);
    // The second of the group that shares an input: its rows stand below those of the first.
    expect(up.data).toEqual(byName.get(`blk.1.${projectionGroups[2].join('+')}.lora_a`)!.data.slice(3 * 64));
    const b = await file.readTensor('blk.1.ffn_up.weight.lora_b');
    const stored = byName.get('blk.1.ffn_up.lora_b')!;
    expect(b.shape).toEqual([96, 3]);
    expect(b.data[5 * 3 + 2]).toBe(stored.data[2 * 96 + 5]);
  });

  it('writes the same bytes for the same parameters', async () => {
    const config = await writeTinyModel(join(folder(), 'model.gguf'));
    const adapter = adapterFromParameters(config, randomAdapter(config, lora.rank, 1), lora);
    const [first, second] = [join(folder(), 'first.gguf'), join(folder(), 'second.gguf')];
    await writeAdapterGguf(first, 'llama', adapter);
    await writeAdapterGguf(second, 'llama', adapter);
    expect(await readFile(first)).toEqual(await readFile(second));
  });

  it('gives llama.cpp, which divides alpha by the rank, the alpha of a rank-stabilised adapter', async () => {
    const config = await writeTinyModel(join(folder(), 'model.gguf'));
    const adapter = adapterFromParameters(config, randomAdapter(config, 4, 1), { rank: 4, alpha: 9, rsLora: true });
    const path = join(folder(), 'stabilised.gguf');
    await writeAdapterGguf(path, 'llama', adapter);
    // 9 / √4 = 18 / 4.
    expect((await openGguf(path)).metadata['adapter.lora.alpha']).toBe(18);
  });

  it('refuses DoRA, which llama.cpp does not have, naming the projection', async () => {
    const config = await writeTinyModel(join(folder(), 'model.gguf'));
    const adapter = adapterFromParameters(config, randomAdapter(config, lora.rank, 1), lora);
    const updates = new Map(adapter.updates);
    updates.set('blk.1.attn_v', { ...updates.get('blk.1.attn_v')!, magnitude: new Float32Array(32).fill(1) });
    await expect(writeAdapterGguf(join(folder(), 'dora.gguf'), 'llama', { ...adapter, updates })).rejects.toMatchObject(
      {
        code: 'adapter/no-gguf-form',
        message: expect.stringContaining('blk.1.attn_v'),
      },
    );
  });
});

describe('readAdapterGguf', () => {
  const folder = useTemporaryFolder();

  it('gives back what was written', async () => {
    const config = await writeTinyModel(join(folder(), 'model.gguf'));
    const whole = adapterFromParameters(config, randomAdapter(config, lora.rank, 1), lora);
    // An adapter need not update every projection of every layer.
    const written = { ...whole, updates: new Map([...whole.updates].slice(3, 5)) };
    const path = join(folder(), 'adapter.gguf');
    await writeAdapterGguf(path, 'llama', written);
    const read = await readAdapterGguf(path);
    expect(loraScale(read)).toBe(3);
    expect([...read.updates]).toEqual([...written.updates]);
  });

  it('refuses a model, and an adapter without one of its matrices, naming it', async () => {
    const model = join(folder(), 'model.gguf');
    await writeTinyModel(model);
    await expect(readAdapterGguf(model)).rejects.toMatchObject({ code: 'adapter/unreadable' });
    const path = join(folder(), 'half.gguf');
    const metadata = {
      'adapter.type': { type: 'string', value: 'lora' },
      'adapter.lora.alpha': { type: 'float32', value: 1 },
    } as const;
    const half = { name: 'blk.0.attn_q.weight.lora_a', format: 'F32', shape: [1, 1], data: new Uint8Array(4) } as const;
    await writeGguf(path, metadata, [half]);
    await expect(readAdapterGguf(path)).rejects.toMatchObject({
      code: 'gguf/missing-tensor',
      message: expect.stringContaining('blk.0.attn_q.weight.lora_b'),
    });
  });
});

describe('adapterFromParameters', () => {
  const folder = useTemporaryFolder();

  it('refuses parameters that are incomplete', async () => {
    const config = await writeTinyModel(join(folder(), 'model.gguf'));
    const parameters = randomAdapter(config, lora.rank, 1).slice(1);
    expect(() => adapterFromParameters(config, parameters, lora)).toThrow(/attn_q.*lora_a is missing/);
  });
});
