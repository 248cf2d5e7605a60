import { cp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTokenizer, tokenizerFingerprint } from '@tooltune/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { writeHuggingFaceFolder } from '../../../test/hugging-face-folder.js';
import { readPytorchModel } from '../../../test/pytorch-model.js';
import { relativeError } from '../../../test/relative-error.js';
import { useTemporaryFolder } from '../../../test/temporary-folder.js';
import { type TinyModelOptions, writeTinyModel } from '../../../test/tiny-model.js';
import type { BaseWeights } from '../base-weights.js';
import { type GgufFile, openGguf } from '../gguf-reader.js';
import type { ModelConfig } from '../model-config.js';
import { readModelConfig } from '../read-model-config.js';
import { openHuggingFaceFolder } from './index.js';

const folder = useTemporaryFolder();

/** Checkpoints of PyTorch and transformers: bench/reference/tiny-models.py. They have no tokenizer, so one is added. */
async function fixtureFolder(name: string): Promise<string> {
  const path = join(folder(), `fixture-${name}`);
  await cp(fileURLToPath(new URL(`../../../test/fixtures/tiny-${name}`, import.meta.url)), path, { recursive: true });
  await writeFile(join(path, 'tokenizer.json'), JSON.stringify(tinyTokenizer));
  return path;
}

const tinyTokenizer = {
  pre_tokenizer: { type: 'ByteLevel', add_prefix_space: false },
  added_tokens: [],
  model: { type: 'BPE', vocab: { a: 0, b: 1, ab: 2 }, merges: ['a b'] },
};

describe.each(['llama', 'llama3', 'qwen2', 'qwen3', 'gemma3'])('the checkpoint of transformers, %s', (name) => {
  it('is read as the model that PyTorch computes', async () => {
    const reference = await readPytorchModel(name);
    const base = await openHuggingFaceFolder(await fixtureFolder(name));
    // Numbers that GGUF files hold as float32 are rounded so.
    expect(rounded(readModelConfig(base))).toEqual(rounded(reference.config));
    expect(base.tensors.size).toBeGreaterThan(20);
    for (const [tensor, { shape }] of base.tensors) {
      const read = await base.readTensor(tensor);
      expect(read.shape, tensor).toEqual(shape);
      // The divisors of frequencies are computed here in double precision, by PyTorch in single.
      const tolerance = tensor === 'rope_freqs.weight' ? 1e-6 : 0;
      const { data } = (await reference.weights(tensor)) as { data: Float32Array };
      expect(relativeError(read.data, data), tensor).toBeLessThanOrEqual(tolerance);
      expect(await base.readBlocks(tensor)).toBeNull();
    }
  });
});

function rounded(value: unknown): unknown {
  return JSON.parse(
    JSON.stringify(value, (_key, item: unknown) => (typeof item === 'number' ? Math.fround(item) : item)),
  );
}

describe.each<[string, TinyModelOptions]>([
  ['llama', { architecture: 'llama', tiedHead: false }],
  ['qwen2', { architecture: 'qwen2' }],
  ['qwen3', { architecture: 'qwen3' }],
  ['gemma3', { architecture: 'gemma3' }],
])('a folder of the architecture %s', (name, options) => {
  let file: GgufFile;
  let config: ModelConfig;
  let base: BaseWeights;
  beforeAll(async () => {
    const path = join(folder(), `${name}.gguf`);
    config = await writeTinyModel(path, options);
    file = await openGguf(path);
    await writeHuggingFaceFolder(join(folder(), name), file, config, { shards: 3 });
    base = await openHuggingFaceFolder(join(folder(), name));
  });

  it('looks like the GGUF file of the same model', async () => {
    expect(readModelConfig(base)).toEqual(config);
    expect([...base.tensors.keys()].sort()).toEqual([...file.tensors.keys()].sort());
    for (const tensor of file.tensors.keys()) {
      // Gemma's norms have lost 1 and got it back.
      const tolerance = name === 'gemma3' && tensor.endsWith('norm.weight') ? 1e-7 : 0;
      const [ours, theirs] = [await base.readTensor(tensor), await file.readTensor(tensor)];
      expect(relativeError(ours.data, theirs.data), tensor).toBeLessThanOrEqual(tolerance);
    }
  });

  it('has the same tokenizer and chat template', () => {
    const key = 'tokenizer.chat_template';
    expect(base.metadata[key]).toBe(file.metadata[key]);
    const prints = [base, file].map(({ metadata }) => tokenizerFingerprint(createTokenizer(metadata)));
    expect(prints[0]).toBe(prints[1]);
  });
});

describe('a folder that cannot be used', () => {
  let copies = 0;
  /** A copy of the llama folder above, changed. */
  async function copy(change: (path: string) => Promise<unknown>): Promise<string> {
    const path = join(folder(), `copy-${++copies}`);
    await cp(join(folder(), 'llama'), path, { recursive: true });
    await change(path);
    return path;
  }
  const changeJson = (name: string, change: (value: Record<string, unknown>) => unknown) => async (path: string) => {
    const value = JSON.parse(await readFile(join(path, name), 'utf8')) as Record<string, unknown>;
    change(value);
    await writeFile(join(path, name), JSON.stringify(value));
  };
  const config = (changes: Record<string, unknown>) =>
    changeJson('config.json', (value) => Object.assign(value, changes));
  const shard = 'model-00002-of-00003.safetensors';
  const index = 'model.safetensors.index.json';

  it.each<[string, string, string, RegExp, (path: string) => Promise<unknown>]>([
    ['no config.json', 'file/not-found', 'config.json', /no such file/, (path) => rm(join(path, 'config.json'))],
    [
      'no tokenizer.json',
      'file/not-found',
      'tokenizer.json',
      /no such file/,
      (path) => rm(join(path, 'tokenizer.json')),
    ],
    ['no weights', 'hugging-face/no-weights', '', /neither model.safetensors/, (path) => rm(join(path, index))],
    ['a missing part', 'safetensors/not-found', shard, /no such file/, (path) => rm(join(path, shard))],
    [
      'a part that is cut off',
      'safetensors/truncated',
      shard,
      /before tensor/,
      (path) => truncate(join(path, shard), 50_000),
    ],
    [
      'a part cut inside its header',
      'safetensors/truncated',
      shard,
      /its header/,
      (path) => truncate(join(path, shard), 90),
    ],
    [
      'a part that is none',
      'safetensors/unreadable',
      shard,
      /not a safetensors file/,
      (path) => writeFile(join(path, shard), '<!doctype html><title>404</title>'.repeat(9)),
    ],
    [
      'weights that are no floats',
      'safetensors/unsupported-type',
      shard,
      /is I64/,
      async (path) => {
        const bytes = await readFile(join(path, shard), 'latin1');
        await writeFile(join(path, shard), bytes.replace('"dtype":"F32"', '"dtype":"I64"'), 'latin1');
      },
    ],
    [
      'an index that leads elsewhere',
      'hugging-face/bad-index',
      index,
      /weight_map/,
      changeJson(index, (value) => {
        (value.weight_map as Record<string, string>).x = '../other.safetensors';
      }),
    ],
    [
      'an index that promises more',
      'safetensors/missing-tensor',
      shard,
      /tensor x is missing/,
      changeJson(index, (value) => {
        (value.weight_map as Record<string, string>).x = shard;
      }),
    ],
    [
      'another architecture',
      'model/unsupported-architecture',
      'config.json',
      /MambaForCausalLM/,
      config({ architectures: ['MambaForCausalLM'] }),
    ],
    [
      'quantised weights',
      'model/unsupported-architecture',
      'config.json',
      /quantised already/,
      config({ quantization_config: { bits: 4 } }),
    ],
    ['another activation', 'model/unsupported-architecture', 'config.json', /gelu/, config({ hidden_act: 'gelu' })],
    [
      'unknown rotary scaling',
      'model/unsupported-architecture',
      'config.json',
      /"yarn"/,
      config({ rope_scaling: { type: 'yarn', factor: 4 } }),
    ],
    [
      'partial rotary embeddings',
      'model/unsupported-architecture',
      'config.json',
      /partial/,
      config({ partial_rotary_factor: 0.5 }),
    ],
    [
      'a size that is missing',
      'model/missing-metadata',
      'config.json',
      /hidden_size is missing/,
      config({ hidden_size: null }),
    ],
    [
      'a size that is none',
      'model/missing-metadata',
      'config.json',
      /is "64", no number/,
      config({ hidden_size: '64' }),
    ],
    [
      'a head that is missing',
      'model/bad-tensor',
      '',
      /lm_head.weight is missing/,
      async (path) => {
        await rm(join(path, index));
        await writeFile(join(path, 'model.safetensors'), emptySafetensors);
      },
    ],
    [
      'an unknown tokenizer',
      'tokenizer/unsupported',
      'tokenizer.json',
      /"WordPiece"/,
      changeJson('tokenizer.json', (value) => {
        (value.model as { type: string }).type = 'WordPiece';
      }),
    ],
  ])('is refused for %s, naming the file', async (_what, code, name, message, change) => {
    const path = await copy(change);
    await expect(openHuggingFaceFolder(path)).rejects.toMatchObject({
      code,
      message: expect.stringMatching(message),
      location: { file: join(path, name) },
    });
  });

  it('keeps the names of tensors that its architecture does not have, so that they are refused by name', async () => {
    const path = join(folder(), 'norms');
    await cp(join(folder(), 'qwen3'), path, { recursive: true });
    await config({ architectures: ['LlamaForCausalLM'] })(path);
    const base = await openHuggingFaceFolder(path);
    expect(() => readModelConfig(base)).toThrow(
      expect.objectContaining({
        code: 'model/unsupported-architecture',
        message: expect.stringContaining('model.layers.0.self_attn.'),
      }),
    );
    await expect(base.readTensor('nothing.weight')).rejects.toMatchObject({
      code: 'safetensors/missing-tensor',
      location: { file: path },
    });
  });
});

const emptySafetensors = Buffer.concat([Buffer.from([2, 0, 0, 0, 0, 0, 0, 0]), Buffer.from('{}')]);

describe('config.json of Gemma 3', () => {
  const open = async (changes: Record<string, unknown>) => {
    const path = join(folder(), 'gemma-changed');
    await cp(join(folder(), 'gemma3'), path, { recursive: true });
    const value = JSON.parse(await readFile(join(path, 'config.json'), 'utf8')) as Record<string, unknown>;
    await writeFile(join(path, 'config.json'), JSON.stringify({ ...value, ...changes }));
    return (await openHuggingFaceFolder(path)).metadata;
  };
  const layers = (period: number) =>
    Array.from({ length: 7 }, (_, layer) => ((layer + 1) % period === 0 ? 'full_attention' : 'sliding_attention'));

  it('tells local layers by their list, or by how often a global one comes', async () => {
    const pattern = 'gemma3.attention.sliding_window_pattern';
    expect((await open({ sliding_window_pattern: 3 }))[pattern]).toBe(3);
    expect((await open({ sliding_window_pattern: undefined, layer_types: layers(3) }))[pattern]).toBe(3);
    expect(await open({ layer_types: layers(6) })).not.toHaveProperty(pattern);
    expect(await open({ sliding_window_pattern: 1 })).not.toHaveProperty('gemma3.attention.sliding_window');
    await expect(open({ layer_types: layers(3).reverse() })).rejects.toMatchObject({
      code: 'model/unsupported-architecture',
      location: { pointer: '/layer_types' },
    });
  });

  it('refuses capped logits, and attention to what follows', async () => {
    const code = 'model/unsupported-architecture';
    await expect(open({ final_logit_softcapping: 30 })).rejects.toMatchObject({ code });
    await expect(open({ use_bidirectional_attention: true })).rejects.toMatchObject({ code });
  });
});
