import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { trainTiny } from '../../test/tiny-training.js';
import { openGguf } from '../model/gguf-reader.js';

describe('trainAdapter with chosen targets and layers', () => {
  const folder = useTemporaryFolder();

  beforeAll(async () => {
    await writeTinyModel(join(folder(), 'model.gguf'), { architecture: 'qwen3', layers: 3 });
  });

  it('trains those alone', async () => {
    const losses: number[] = [];
    const { manifest } = await trainTiny(folder(), 'chosen', {
      targets: ['attn_v', 'attn_q'],
      layers: [2, 0],
      onEvent: (event) => event.type === 'step' && losses.push(event.loss),
    });
    expect(manifest.lora?.targets).toEqual(['attn_q', 'attn_v']);
    const { tensors } = await openGguf(join(folder(), 'chosen', 'adapter.gguf'));
    const expected = [0, 2].flatMap((layer) =>
      ['attn_q', 'attn_v'].flatMap((name) => ['a', 'b'].map((matrix) => `blk.${layer}.${name}.weight.lora_${matrix}`)),
    );
    expect([...tensors.keys()].sort()).toEqual(expected.sort());
    expect(losses.at(-1)).toBeLessThan(losses[0]!);
  });

  it('refuses to go on with a run that had chosen others', async () => {
    const controller = new AbortController();
    const onEvent = (event: { type: string }) => event.type === 'step' && controller.abort();
    const begun = trainTiny(folder(), 'begun', { targets: ['attn_q'], signal: controller.signal, onEvent });
    await expect(begun).rejects.toThrow();
    await expect(trainTiny(folder(), 'begun', { targets: ['attn_k'], resume: true })).rejects.toMatchObject({
      code: 'training/checkpoint-differs',
      message: expect.stringContaining('targets was ["attn_q"], is ["attn_k"]'),
    });
  });

  it('refuses a layer that the model does not have before it begins', async () => {
    await expect(trainTiny(folder(), 'refused', { layers: [3] })).rejects.toMatchObject({
      code: 'training/bad-option',
    });
    expect(await readdir(join(folder(), 'refused'))).toEqual([]);
  });
});
