import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { type TinyModelOptions, writeTinyModel } from '../../test/tiny-model.js';
import type { BaseTensor } from './base-weights.js';
import { type GgufFile, openGguf } from './gguf-reader.js';
import type { ModelConfig } from './model-config.js';
import { readModelConfig } from './read-model-config.js';

const folder = useTemporaryFolder();

/** Values of the metadata to set; undefined removes one. */
type Changes = Readonly<Record<string, unknown>>;

function changed(file: GgufFile, changes: Changes, tensors: Readonly<Record<string, number[] | undefined>> = {}) {
  const all = new Map<string, BaseTensor>(file.tensors);
  for (const [name, shape] of Object.entries(tensors)) {
    if (shape === undefined) all.delete(name);
    else all.set(name, { name, shape, format: 'F32' });
  }
  const metadata = Object.entries({ ...file.metadata, ...changes }).filter(([, value]) => value !== undefined);
  return { path: file.path, metadata: Object.fromEntries(metadata), tensors: all };
}

async function tiny(options: TinyModelOptions): Promise<{ file: GgufFile; config: ModelConfig }> {
  const path = join(folder(), `${JSON.stringify(options).replace(/\W/g, '')}.gguf`);
  const config = await writeTinyModel(path, options);
  return { file: await openGguf(path), config };
}

describe.each<TinyModelOptions>([
  { architecture: 'llama' },
  { architecture: 'llama', tiedHead: false, dividedFrequencies: true },
  { architecture: 'qwen2' },
  { architecture: 'qwen3', tiedHead: false },
  { architecture: 'gemma3' },
])('readModelConfig of %o', (options) => {
  it('reads every size', async () => {
    const { file, config } = await tiny(options);
    expect(readModelConfig(file)).toEqual(config);
  });

  it.each(['block_count', 'embedding_length', 'attention.layer_norm_rms_epsilon'])(
    'names %s if missing',
    async (key) => {
      const { file } = await tiny(options);
      const name = `${options.architecture}.${key}`;
      expect(() => readModelConfig(changed(file, { [name]: undefined }))).toThrow(
        expect.objectContaining({
          code: 'model/missing-metadata',
          message: expect.stringContaining(`${name} is missing`),
          location: { file: file.path },
        }),
      );
    },
  );

  it('names a tensor that is missing, or not of the size that the metadata say', async () => {
    const { file } = await tiny(options);
    for (const [shape, message] of [
      [undefined, 'blk.1.attn_norm.weight is missing'],
      [[63], 'blk.1.attn_norm.weight is [63], by the metadata it should be [64]'],
    ] as const) {
      const tensors = { 'blk.1.attn_norm.weight': shape?.slice() };
      expect(() => readModelConfig(changed(file, {}, tensors))).toThrow(
        expect.objectContaining({ code: 'model/bad-tensor', message: expect.stringContaining(message) }),
      );
    }
  });

  it('refuses a tensor that it would not compute with', async () => {
    const { file } = await tiny(options);
    expect(() => readModelConfig(changed(file, {}, { 'blk.0.ffn_gate_exps.weight': [8, 96, 64] }))).toThrow(
      expect.objectContaining({
        code: 'model/unsupported-architecture',
        message: expect.stringContaining('blk.0.ffn_gate_exps.weight'),
      }),
    );
  });
});

describe('readModelConfig', () => {
  let llama: GgufFile;
  let gemma: GgufFile;

  beforeAll(async () => {
    llama = (await tiny({ architecture: 'llama' })).file;
    gemma = (await tiny({ architecture: 'gemma3' })).file;
  });

  it('takes what files leave out from the others', () => {
    const left = ['rope.freq_base', 'attention.head_count_kv', 'attention.key_length', 'attention.value_length'];
    const changes = Object.fromEntries(left.map((key) => [`llama.${key}`, undefined]));
    const keysOfAll = { 'blk.0.attn_k.weight': [64, 64], 'blk.0.attn_v.weight': [64, 64] };
    const keysOfOther = { 'blk.1.attn_k.weight': [64, 64], 'blk.1.attn_v.weight': [64, 64] };
    expect(readModelConfig(changed(llama, changes, { ...keysOfAll, ...keysOfOther }))).toMatchObject({
      keyHeads: 4,
      headSize: 16,
      rotary: { base: 10_000 },
    });
  });

  it.each<[string, Changes, Partial<ModelConfig>]>([
    ['no window', { 'gemma3.attention.sliding_window': undefined }, { localAttention: null }],
    [
      'a pattern and a base of its own',
      { 'gemma3.attention.sliding_window_pattern': 3, 'gemma3.rope.freq_base_swa': 500 },
      { localAttention: { window: 12, ropeBase: 500, period: 3 } },
    ],
    ['a scale of its own', { 'gemma3.attention.scale': 0.1 }, { attentionScale: 0.1 }],
  ])('reads a gemma3 with %s', (_what, changes, expected) => {
    expect(readModelConfig(changed(gemma, changes))).toMatchObject(expected);
  });

  it('knows the scale of the Gemma 3 of 27 billion parameters by its layers', () => {
    const layers: Record<string, number[]> = {};
    for (const [name, { shape }] of gemma.tensors) {
      for (let layer = 7; layer < 62; layer++) layers[name.replace('blk.0.', `blk.${layer}.`)] = [...shape];
    }
    const changes = { 'gemma3.block_count': 62, 'gemma3.attention.head_count': 2, 'gemma3.attention.key_length': 32 };
    const heads = { 'gemma3.attention.value_length': 32, 'gemma3.attention.head_count_kv': 1 };
    const norms = Object.fromEntries(
      Array.from({ length: 62 }, (_, layer) =>
        ['q', 'k'].map((of) => [`blk.${layer}.attn_${of}_norm.weight`, [32]]),
      ).flat(),
    );
    expect(readModelConfig(changed(gemma, { ...changes, ...heads }, { ...layers, ...norms }))).toMatchObject({
      headSize: 32,
      attentionScale: 1 / Math.sqrt(64 / 2),
    });
  });

  it.each<[string, string, Changes, Record<string, number[]>]>([
    ['another architecture', 'phi3', { 'general.architecture': 'phi3' }, {}],
    ['rotary embeddings scaled otherwise', 'yarn', { 'llama.rope.scaling.type': 'yarn' }, {}],
    ['partial rotary embeddings', 'partial', { 'llama.rope.dimension_count': 8 }, {}],
    ['values of another size', 'values', { 'llama.attention.value_length': 8 }, {}],
    ['biases that its architecture has not', 'blk.0.attn_q.bias', {}, { 'blk.0.attn_q.bias': [64] }],
  ])('refuses %s', (_what, named, changes, tensors) => {
    expect(() => readModelConfig(changed(llama, changes, tensors))).toThrow(
      expect.objectContaining({ code: 'model/unsupported-architecture', message: expect.stringContaining(named) }),
    );
  });

  it('refuses soft capping', () => {
    expect(() => readModelConfig(changed(gemma, { 'gemma3.final_logit_softcapping': 30 }))).toThrow(/soft capping/);
  });

  it('asks for a number where the file has a list', () => {
    expect(() => readModelConfig(changed(llama, { 'llama.feed_forward_length': [96, 128] }))).toThrow(
      expect.objectContaining({
        code: 'model/missing-metadata',
        message: expect.stringContaining('[96,128], no number'),
      }),
    );
  });
});
