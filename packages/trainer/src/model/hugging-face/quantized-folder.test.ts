import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createRandom, type RenderedExample } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { writeHuggingFaceFolder } from '../../../test/hugging-face-folder.js';
import { relativeError } from '../../../test/relative-error.js';
import { useTemporaryFolder } from '../../../test/temporary-folder.js';
import { type TinyModelOptions, writeTinyModel } from '../../../test/tiny-model.js';
import { trainTiny } from '../../../test/tiny-training.js';
import { arrayBytes } from '../../array-bytes.js';
import { blocksFirst } from '../../local/blocks-first.js';
import { GraphSession } from '../../local/graph-session.js';
import { pack } from '../../local/pack.js';
import { packFeeds } from '../../local/pack-feeds.js';
import { buildPrefixTree } from '../../local/prefix-tree.js';
import type { BaseWeights } from '../base-weights.js';
import { openGguf } from '../gguf-reader.js';
import { writeGguf } from '../gguf-writer.js';
import { initialLoraParameters, type LoraParameter, type LoraShape, setMagnitudes } from '../lora-parameters.js';
import type { ModelConfig } from '../model-config.js';
import { buildModelGraph, type ModelGraphOptions, type WeightSource } from '../model-graph.js';
import { quantizeNf4 } from '../nf4.js';
import { readModelConfig } from '../read-model-config.js';
import { type Weight, weightValues } from '../weight-values.js';
import { openHuggingFaceFolder } from './index.js';

const folder = useTemporaryFolder();

/** A tiny model, 64 wide and 96 between: matrices of 96 inputs are no whole blocks. */
async function tinyFolder(name: string, options: TinyModelOptions): Promise<BaseWeights> {
  const file = join(folder(), `${name}.gguf`);
  const config = await writeTinyModel(file, options);
  await writeHuggingFaceFolder(join(folder(), name), await openGguf(file), config);
  return openHuggingFaceFolder(join(folder(), name));
}

describe('the blocks of a folder of floats', () => {
  it('are NF4 of the matrices as GGUF files have them, where rows are whole blocks', async () => {
    const base = await tinyFolder('blocks', { architecture: 'llama', tiedHead: false });
    const quantized: string[] = [];
    for (const [name, { shape, quantizedAs }] of base.tensors) {
      const blocks = await base.readBlocks(name);
      expect(quantizedAs, name).toBe(blocks === null ? undefined : 'NF4');
      if (blocks === null) continue;
      expect(blocks, name).toEqual(quantizeNf4((await base.readTensor(name)).data, shape));
      quantized.push(name.replace(/^blk\.\d+\./, ''));
    }
    const projections = ['attn_q', 'attn_k', 'attn_v', 'attn_output', 'ffn_gate', 'ffn_up'];
    const expected = ['token_embd', 'output', ...projections].map((name) => `${name}.weight`);
    expect([...new Set(quantized)].sort()).toEqual(expected.sort());
    const ffnDown = await blocksFirst(base)('blk.0.ffn_down.weight');
    expect(ffnDown).toEqual(await base.readTensor('blk.0.ffn_down.weight'));
  });

  it('are refused where a weight is no number, naming the tensor', async () => {
    await tinyFolder('whole', { architecture: 'llama' });
    const path = join(folder(), 'broken');
    await cp(join(folder(), 'whole'), path, { recursive: true });
    const file = join(path, 'model.safetensors');
    const bytes = await readFile(file);
    bytes.fill(0xff, bytes.length - 64 * 96 * 4 * 3);
    await writeFile(file, bytes);
    const base = await openHuggingFaceFolder(path);
    const read = Promise.all([...base.tensors.keys()].map((name) => base.readBlocks(name)));
    await expect(read).rejects.toMatchObject({
      code: 'model/not-finite',
      message: expect.stringMatching(/tensor blk\.1\.\w+\.weight: .*get the model again/),
      location: { file: path },
    });
  });
});

/** What a quantised weight stands for, as float32. */
function expanded(weights: WeightSource): WeightSource {
  return async (name) => {
    const weight: Weight = await weights(name);
    return { shape: weight.shape, data: weightValues(weight) };
  };
}

function randomExamples(vocabularySize: number): RenderedExample[] {
  const random = createRandom(5);
  return [9, 14, 6].map((length) => ({
    tokens: Int32Array.from({ length }, () => random.integer(0, vocabularySize - 1)),
    labelMask: Uint8Array.from({ length }, (_, at) => (at > length / 2 ? 1 : 0)),
  }));
}

async function results(
  config: ModelConfig,
  weights: WeightSource,
  parameters: readonly LoraParameter[],
  options: Omit<ModelGraphOptions, 'maxTokens'>,
): Promise<Record<string, Float32Array>> {
  const graph = await buildModelGraph(config, weights, { ...options, maxTokens: 64 });
  const session = await GraphSession.create(graph, { threads: 1 });
  try {
    const packed = pack(buildPrefixTree(randomExamples(config.vocabularySize)), config.localAttention?.window ?? null);
    return await session.run(
      packFeeds(packed, parameters, () => 0.1),
      (outputs) => Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, data.slice()])),
    );
  } finally {
    await session.release();
  }
}

describe.each<[string, TinyModelOptions, LoraShape & { labelSmoothing?: number; checkpointing?: boolean }]>([
  ['llama with its own head', { architecture: 'llama', tiedHead: false }, { rank: 4 }],
  [
    'qwen2, smoothed and computed again',
    { architecture: 'qwen2' },
    { rank: 4, labelSmoothing: 0.1, checkpointing: true },
  ],
  ['qwen3 with DoRA', { architecture: 'qwen3' }, { rank: 4, dora: true }],
  ['gemma3', { architecture: 'gemma3' }, { rank: 4 }],
])('training on a folder kept as NF4: %s', (name, model, settings) => {
  it('has the loss, gradients and logits of float32 training on the same values', async () => {
    const base = await tinyFolder(name.replaceAll(' ', '-'), model);
    const config = readModelConfig(base);
    const quantized = blocksFirst(base);
    const random = createRandom(2);
    const magnitudes = async (weights: WeightSource) => {
      const parameters = initialLoraParameters(config, settings, createRandom(1));
      await setMagnitudes(parameters, weights);
      return parameters;
    };
    const parameters = await magnitudes(quantized);
    expect(parameters).toEqual(await magnitudes(expanded(quantized)));
    for (const { name: parameter, data } of parameters) {
      if (parameter.endsWith('.lora_b')) for (let at = 0; at < data.length; at++) data[at] = 0.1 * random.normal();
    }

    for (const outputs of ['gradients', 'logits'] as const) {
      const options = { ...settings, alpha: 8, outputs };
      const actual = await results(config, quantized, parameters, options);
      const expected = await results(config, expanded(quantized), parameters, options);
      expect(Object.keys(actual)).toEqual(Object.keys(expected));
      for (const [output, values] of Object.entries(expected)) {
        if (/^(loss|nats|logits|gradient:)/.test(output))
          expect(relativeError(actual[output]!, values), output).toBeLessThan(1e-5);
      }
      const unquantized = await results(config, base.readTensor, parameters, options);
      const compared = outputs === 'logits' ? 'logits' : 'loss';
      expect(relativeError(actual[compared]!, unquantized[compared]!)).toBeGreaterThan(1e-4);
    }
  });
});

it('learns on a quantised folder what float32 learns on a file of the same values', async () => {
  const base = await tinyFolder('trained', { architecture: 'llama' });
  const weights = expanded(blocksFirst(base));
  const file = await openGguf(join(folder(), 'trained.gguf'));
  const tensors = await Promise.all(
    [...file.tensors.values()].map(async ({ name, shape }) => {
      return { name, format: 'F32' as const, shape, data: arrayBytes(weightValues(await weights(name))) };
    }),
  );
  const metadata = [...file.encodedMetadata].map(([key, value]) => [key, { type: 'encoded', value }] as const);
  await writeGguf(join(folder(), 'expanded.gguf'), Object.fromEntries(metadata), tensors);

  const train = async (output: string, path: string, quantized: boolean) =>
    (await trainTiny(folder(), output, { base: { id: 'tiny', path: join(folder(), path) }, quantized })).manifest;
  const { training: quantized } = await train('on-blocks', 'trained', true);
  const { training: float } = await train('on-floats', 'expanded.gguf', false);
  expect(quantized.trainLoss / float.trainLoss).toBeCloseTo(1, 4);
});
