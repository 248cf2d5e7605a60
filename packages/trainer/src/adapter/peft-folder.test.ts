import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createRandom, type RenderedExample } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { weightLogits } from '../../test/graph-logits.js';
import { readPytorchModel } from '../../test/pytorch-model.js';
import { relativeError } from '../../test/relative-error.js';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { mergeWeight } from '../merge/merge-weight.js';
import { initialLoraParameters, loraScale } from '../model/lora-parameters.js';
import { encodeSafetensors, readSafetensors, type SafetensorsTensor } from '../model/safetensors.js';
import { type Adapter, adapterFromParameters } from './adapter.js';
import { readPeftFolder, writePeftFolder } from './peft-folder.js';

const fixture = (name: string) => fileURLToPath(new URL(`../../test/fixtures/${name}`, import.meta.url));

/** Adapters that PEFT wrote for a tiny model of each architecture (bench/reference/tiny-models.py). */
const models = ['llama', 'llama3', 'qwen2', 'qwen3', 'gemma3'];

/** Adapters of other kinds that PEFT wrote for the tiny llama (bench/reference/peft-adapters.py). */
const kinds = ['rslora', 'dora', 'patterns', 'bfloat16'];

/** Logits of the tiny llama with an adapter merged into its weights, at every token but the last. */
async function mergedLogits(adapter: Adapter, tokens: readonly number[]): Promise<Float32Array> {
  const { config, weights } = await readPytorchModel('llama');
  const merged = async (name: string) => {
    const { shape, data } = (await weights(name)) as { shape: readonly number[]; data: Float32Array };
    const update = adapter.updates.get(name.replace(/\.weight$/, ''));
    const values = Float32Array.from(data);
    if (update !== undefined) mergeWeight(values, update, loraScale(adapter));
    return { shape, data: values };
  };
  const example: RenderedExample = {
    tokens: Int32Array.from(tokens),
    labelMask: Uint8Array.from(tokens, (_, at) => (at > 0 ? 1 : 0)),
  };
  // B is zero at the beginning: the graph's own adapter changes nothing.
  const none = { rank: 1, alpha: 1 };
  const rows = await weightLogits(config, merged, initialLoraParameters(config, none, createRandom(1)), none, [
    example,
  ]);
  return Float32Array.from(rows.flatMap((row) => [...row]));
}

async function readReference(name: string): Promise<{ tokens: number[]; logits: Float32Array }> {
  const { metadata, tensors } = await readSafetensors(fixture(`peft-${name}/reference.safetensors`));
  return { tokens: JSON.parse(metadata.tokens!) as number[], logits: tensors.get('logits')!.data };
}

/** What a folder's files say, in no order. */
async function readFiles(folder: string) {
  const { tensors } = await readSafetensors(join(folder, 'adapter_model.safetensors'));
  const config = JSON.parse(await readFile(join(folder, 'adapter_config.json'), 'utf8')) as Record<string, unknown>;
  return { config, tensors: new Map([...tensors].sort()) };
}

describe('readPeftFolder', () => {
  it.each(models)('reads what PEFT saved for %s, in the order of rows of GGUF files', async (name) => {
    const { config, parameters, lora } = await readPytorchModel(name);
    const { adapter } = await readPeftFolder(fixture(`tiny-${name}`), config);
    const expected = adapterFromParameters(config, parameters, lora);
    expect(adapter).toMatchObject({ rank: 3, alpha: 7.5, rsLora: false });
    expect(adapter.updates.size).toBeGreaterThan(7);
    expect(new Map([...adapter.updates].sort())).toEqual(new Map([...expected.updates].sort()));
  });

  it.each(kinds)('means the logits that PEFT gives: %s', async (name) => {
    const { config } = await readPytorchModel('llama');
    const { adapter, baseModel } = await readPeftFolder(fixture(`peft-${name}`), config);
    expect(baseModel).toBe('tooltune/tiny-llama');
    const { tokens, logits } = await readReference(name);
    const merged = await mergedLogits(adapter, tokens);
    expect(merged.length).toBe((tokens.length - 1) * config.vocabularySize);
    expect(relativeError(merged, logits.slice(0, merged.length))).toBeLessThan(1e-5);
    const without = await mergedLogits({ ...adapter, updates: new Map() }, tokens);
    expect(relativeError(without, logits.slice(0, merged.length))).toBeGreaterThan(0.1);
  });

  it('gives updates of other ranks and alphas the same one, layer after layer', async () => {
    const { config } = await readPytorchModel('llama');
    const { adapter } = await readPeftFolder(fixture('peft-patterns'), config);
    expect(adapter).toMatchObject({ rank: 5, alpha: 7.5 });
    expect([...adapter.updates.keys()]).toEqual(['blk.0.attn_q', 'blk.0.attn_k', 'blk.1.attn_k', 'blk.1.ffn_down']);
    const { a, inputs } = adapter.updates.get('blk.1.ffn_down')!;
    expect(a.length).toBe(5 * inputs);
    expect(a.subarray(inputs).every((value) => value === 0)).toBe(true);
  });
});

describe('writePeftFolder', () => {
  const folder = useTemporaryFolder();

  it.each([...models.map((name) => `tiny-${name}`), 'peft-rslora', 'peft-dora', 'peft-bfloat16'])(
    'writes what PEFT wrote: %s',
    async (name) => {
      const { config } = await readPytorchModel(name.startsWith('tiny-') ? name.slice(5) : 'llama');
      const { adapter, baseModel } = await readPeftFolder(fixture(name), config);
      const path = await mkdtemp(join(folder(), 'written-'));
      await writePeftFolder(path, config, adapter, baseModel);
      expect((await readdir(path)).sort()).toEqual(['adapter_config.json', 'adapter_model.safetensors']);
      const [written, saved] = [await readFiles(path), await readFiles(fixture(name))];
      expect(written.tensors).toEqual(saved.tensors);
      const { target_modules, ...options } = written.config;
      expect([...(target_modules as string[])].sort()).toEqual(saved.config.target_modules);
      // PEFT has options of its own besides, and says of an adapter whether it was being trained.
      expect(saved.config).toMatchObject({ ...options, inference_mode: expect.any(Boolean) });
    },
  );

  it('names every module where layers are not alike', async () => {
    const { config } = await readPytorchModel('llama');
    const { adapter } = await readPeftFolder(fixture('peft-patterns'), config);
    const path = await mkdtemp(join(folder(), 'named-'));
    await writePeftFolder(path, config, adapter, null);
    const written = await readFiles(path);
    expect(written.config).toMatchObject({
      target_modules: [
        'model.layers.0.self_attn.q_proj',
        'model.layers.0.self_attn.k_proj',
        'model.layers.1.self_attn.k_proj',
        'model.layers.1.mlp.down_proj',
      ],
      layers_to_transform: null,
      base_model_name_or_path: null,
    });
    expect(written.tensors.size).toBe(8);
  });
});

describe('readPeftFolder refuses', () => {
  const folder = useTemporaryFolder();
  const attention = 'base_model.model.model.layers.0.self_attn';

  /** A copy of the tiny llama's adapter, changed. */
  async function changed(change: {
    options?: Record<string, unknown>;
    tensors?: (tensors: Map<string, SafetensorsTensor>) => void;
  }): Promise<string> {
    const path = await mkdtemp(join(folder(), 'changed-'));
    await cp(fixture('tiny-llama'), path, { recursive: true });
    const { config, tensors } = await readFiles(path);
    const options = JSON.stringify({ ...config, ...change.options });
    await writeFile(join(path, 'adapter_config.json'), options);
    change.tensors?.(tensors);
    const named = [...tensors].map(([name, tensor]) => ({ ...tensor, name }));
    await writeFile(join(path, 'adapter_model.safetensors'), encodeSafetensors(named));
    return path;
  }

  const read = async (path: string) => readPeftFolder(path, (await readPytorchModel('llama')).config);

  it.each<[string, Record<string, unknown>]>([
    ['/peft_type', { peft_type: 'IA3' }],
    ['/task_type', { task_type: 'SEQ_CLS' }],
    ['/bias', { bias: 'all' }],
    ['/modules_to_save', { modules_to_save: ['lm_head'] }],
    ['/lora_alpha', { lora_alpha: -1 }],
    ['/init_lora_weights', { init_lora_weights: 'pissa_niter_4' }],
    ['/fan_in_fan_out', { fan_in_fan_out: true }],
    ['/layer_replication', { layer_replication: [[0, 2]] }],
    ['/alora_invocation_tokens', { alora_invocation_tokens: [5] }],
    ['/option~1of~1tomorrow', { 'option/of/tomorrow': { on: true } }],
    ['/alpha_pattern/(', { alpha_pattern: { '(': 3 } }],
  ])('an option that it does not understand: %s', async (pointer, options) => {
    await expect(read(await changed({ options }))).rejects.toMatchObject({
      code: 'peft/unsupported',
      location: { pointer },
    });
  });

  it.each<[string, string, string, (tensors: Map<string, SafetensorsTensor>) => void]>([
    [
      'a whole module that was trained',
      'peft/unsupported',
      'base_model.model.lm_head.weight',
      (tensors) => tensors.set('base_model.model.lm_head.weight', float32([61, 24])),
    ],
    [
      'an update of the embedding',
      'peft/unsupported',
      'base_model.model.model.embed_tokens.lora_embedding_A',
      (tensors) => tensors.set('base_model.model.model.embed_tokens.lora_embedding_A', float32([3, 61])),
    ],
    [
      'a bias',
      'peft/unsupported',
      `${attention}.q_proj.lora_B.bias`,
      (tensors) => tensors.set(`${attention}.q_proj.lora_B.bias`, float32([48])),
    ],
    [
      'a module that is not known',
      'peft/unsupported',
      `${attention}.qkv_proj.lora_A.weight`,
      (tensors) => {
        tensors.set(`${attention}.qkv_proj.lora_A.weight`, float32([3, 24]));
        tensors.set(`${attention}.qkv_proj.lora_B.weight`, float32([96, 3]));
      },
    ],
    [
      'a layer that the model does not have',
      'peft/does-not-fit',
      'layers.2.self_attn.q_proj.lora_A.weight is of a layer that the base model does not have; it has 2',
      (tensors) => {
        tensors.set('base_model.model.model.layers.2.self_attn.q_proj.lora_A.weight', float32([3, 24]));
        tensors.set('base_model.model.model.layers.2.self_attn.q_proj.lora_B.weight', float32([48, 3]));
      },
    ],
    [
      'a matrix of another width',
      'peft/does-not-fit',
      `${attention}.q_proj.lora_A.weight is [3, 32], the base model needs [3, 24]`,
      (tensors) => tensors.set(`${attention}.q_proj.lora_A.weight`, float32([3, 32])),
    ],
    [
      'matrices of different ranks',
      'peft/does-not-fit',
      `${attention}.q_proj.lora_B.weight is [48, 2], the base model needs [48, 3]`,
      (tensors) => tensors.set(`${attention}.q_proj.lora_B.weight`, float32([48, 2])),
    ],
    [
      'an update without B',
      'peft/incomplete',
      `${attention}.v_proj.lora_B.weight`,
      (tensors) => tensors.delete(`${attention}.v_proj.lora_B.weight`),
    ],
    [
      'an update without A',
      'peft/incomplete',
      `${attention}.v_proj.lora_A.weight`,
      (tensors) => tensors.delete(`${attention}.v_proj.lora_A.weight`),
    ],
    [
      'a magnitude without use_dora',
      'peft/unsupported',
      `${attention}.v_proj.lora_magnitude_vector`,
      (tensors) => tensors.set(`${attention}.v_proj.lora_magnitude_vector`, float32([16])),
    ],
    [
      'values that are not finite',
      'peft/not-finite',
      `${attention}.q_proj.lora_A.weight`,
      (tensors) => {
        tensors.get(`${attention}.q_proj.lora_A.weight`)!.data[5] = Number.NaN;
      },
    ],
    ['a file without tensors', 'peft/not-an-adapter', 'holds no tensors', (tensors) => tensors.clear()],
  ])('%s, naming the tensor', async (_what, code, text, tensors) => {
    await expect(read(await changed({ tensors }))).rejects.toMatchObject({
      code,
      message: expect.stringContaining(text),
      location: { file: expect.stringContaining('adapter_model.safetensors') },
    });
  });

  it('DoRA without magnitudes', async () => {
    await expect(read(await changed({ options: { use_dora: true } }))).rejects.toMatchObject({
      code: 'peft/incomplete',
      message: expect.stringMatching(/lora_magnitude_vector is missing/),
    });
  });

  it('folders and files that hold something else', async () => {
    const path = await changed({});
    await rm(join(path, 'adapter_model.safetensors'));
    await expect(read(path)).rejects.toMatchObject({
      code: 'peft/not-an-adapter',
      message: expect.stringContaining('adapter_model.safetensors'),
    });
    const other = await changed({});
    await writeFile(join(other, 'adapter_config.json'), '{"model_type":"llama"}');
    await expect(read(other)).rejects.toMatchObject({ code: 'peft/not-an-adapter' });
  });
});

function float32(shape: readonly number[]): SafetensorsTensor {
  return { name: '', shape, data: new Float32Array(shape.reduce((a, b) => a * b, 1)).fill(0.5) };
}
