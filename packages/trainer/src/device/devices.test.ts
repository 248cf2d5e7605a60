import { join } from 'node:path';
import { createRandom, type RenderedExample } from '@tooltune/sdk';
import { beforeAll, describe, expect, it } from 'vitest';
import { render } from '../../test/branching-examples.js';
import { readPytorchModel } from '../../test/pytorch-model.js';
import { relativeError } from '../../test/relative-error.js';
import { itFindsCard, itOn } from '../../test/required-devices.js';
import { useTemporaryFolder } from '../../test/temporary-folder.js';
import { writeTinyModel } from '../../test/tiny-model.js';
import { AdamW, adamWDefaults } from '../local/adamw.js';
import { dropoutFeeds } from '../local/dropout-feeds.js';
import { GraphSession } from '../local/graph-session.js';
import { pack } from '../local/pack.js';
import { packFeeds, pairFeeds } from '../local/pack-feeds.js';
import { ParameterStore } from '../local/parameter-store.js';
import { buildPrefixTree } from '../local/prefix-tree.js';
import { packedRows, type TrainingExample } from '../local/training-example.js';
import { unpackBlockTensor } from '../model/formats/index.js';
import { openGguf } from '../model/gguf-reader.js';
import { initialLoraParameters, setMagnitudes } from '../model/lora-parameters.js';
import type { ModelConfig } from '../model/model-config.js';
import { buildModelGraph, dropoutShape, type ModelGraphOptions, type WeightSource } from '../model/model-graph.js';
import { fitsNf4, quantizeNf4 } from '../model/nf4.js';
import type { Parameter } from '../model/parameter.js';
import { quantize } from '../model/quantize.js';
import { readModelConfig } from '../model/read-model-config.js';
import { type DeviceName, deviceNames } from './device.js';
import { runPass } from './stand-in-labels.js';

const folder = useTemporaryFolder();

beforeAll(async () => {
  for (const architecture of ['llama', 'gemma3']) {
    await writeTinyModel(join(folder(), architecture), { architecture });
  }
});

/** A model with an adapter, and what it learns from. */
interface Case {
  config: ModelConfig;
  weights: WeightSource;
  options: Omit<ModelGraphOptions, 'outputs' | 'maxTokens'>;
  parameters: Parameter[];
  examples: readonly TrainingExample[];
}

async function pytorchCase(name: string): Promise<Case> {
  const { lora, ...model } = await readPytorchModel(name);
  return { ...model, options: lora };
}

/** A tiny random model, its adapter's matrices all random, so that each of them has a gradient. */
async function tinyCase(architecture: string, options: Partial<Case['options']> = {}): Promise<Case> {
  const file = await openGguf(join(folder(), architecture));
  const config = readModelConfig(file);
  const lora = { rank: 4, alpha: 8, ...options };
  const random = createRandom(2);
  const parameters = initialLoraParameters(config, lora, random).map(({ data, ...parameter }) => ({
    ...parameter,
    data: data.map((value) => (value === 0 ? 0.1 * random.normal() : value)),
  }));
  if (lora.dora === true) await setMagnitudes(parameters, file.readTensor);
  return { config, weights: file.readTensor, options: lora, parameters, examples: examplesOf(config.vocabularySize) };
}

/** Prompts with common beginnings, some of them deep, and answers. */
function examplesOf(vocabularySize: number): RenderedExample[] {
  const random = createRandom(5);
  const draw = (count: number) => Array.from({ length: count }, () => random.integer(0, vocabularySize - 1));
  const tools = draw(25);
  const turn = [...tools, ...draw(10)];
  return [tools, tools, turn, turn, turn, draw(9)].map((prompt) => render([...prompt, ...draw(3)], draw(6)));
}

/** Matrices as the blocks of a format, those that fit. */
function quantized({ weights, ...model }: Case, format: 'Q8_0' | 'Q4_0' | 'Q4_1' | 'NF4'): Case {
  return {
    ...model,
    weights: async (name) => {
      const { shape, data } = (await weights(name)) as { shape: readonly number[]; data: Float32Array };
      if (format === 'NF4') return fitsNf4(shape) ? quantizeNf4(data, shape) : { shape, data };
      return shape.length === 2 ? unpackBlockTensor(format, quantize(format, data), shape) : { shape, data };
    },
  };
}

/** At every label, or at every other one, only three tokens may come. */
function withChoices({ examples, ...model }: Case, every = 1): Case {
  return {
    ...model,
    examples: examples.map((example) => {
      const labels = [...example.labelMask.keys()].filter((at) => example.labelMask[at] === 1);
      const optionsAt = (at: number) => Int32Array.of(example.tokens[at]!, example.tokens[0]!, example.tokens[1]!);
      return {
        ...example,
        choices: new Map(labels.filter((_, index) => index % every === 0).map((at) => [at, optionsAt(at)])),
      };
    }),
  };
}

/** With nothing to share. */
function firstOnly(model: Case): Case {
  return { ...model, examples: model.examples.slice(0, 1) };
}

/** A vocabulary so large that the head is computed in parts. */
function withLargeHead({ config, weights, ...model }: Case): Case {
  const vocabularySize = 70_000;
  const random = createRandom(7);
  const data = Float32Array.from({ length: vocabularySize * config.width }, () => 0.3 * random.normal());
  const table = { shape: [vocabularySize, config.width], data };
  return {
    ...model,
    config: { ...config, vocabularySize },
    weights: async (name) => (name === 'token_embd.weight' ? table : weights(name)),
    examples: examplesOf(vocabularySize),
  };
}

async function openSession({ config, weights, options, examples }: Case, device: DeviceName): Promise<GraphSession> {
  const maxTokens = examples.reduce((sum, example) => sum + packedRows(example), 0);
  const graph = await buildModelGraph(config, weights, { ...options, maxTokens, outputs: 'gradients' });
  return GraphSession.create(graph, { threads: 1, device });
}

/** Loss and gradients over all examples at once. */
async function step(session: Pick<GraphSession, 'device' | 'run'>, { config, options, parameters, examples }: Case) {
  const packed = pack(buildPrefixTree(examples), config.localAttention?.window ?? null);
  const feeds = packFeeds(packed, parameters, () => 1 / packed.labelRows.length);
  if (options.dropout === true) {
    Object.assign(feeds, dropoutFeeds(packed.tokens.length, dropoutShape(config, options), 0.2, createRandom(3)));
  }
  if (options.preferenceBeta !== undefined) {
    const pair = { preferred: 0, other: 1, referenceMargin: 0.1, weight: 0.5 };
    Object.assign(feeds, pairFeeds(packed, [pair, { ...pair, preferred: 3, other: 2 }]));
  }
  return runPass(session, feeds, (outputs) =>
    Object.fromEntries(Object.entries(outputs).map(([name, data]) => [name, Float32Array.from(data)])),
  );
}

async function runOnce(model: Case, device: DeviceName) {
  const session = await openSession(model, device);
  try {
    expect(session.device).toBe(device);
    return await step(session, model);
  } finally {
    await session.release();
  }
}

const cases: readonly [string, () => Promise<Case>][] = [
  ['Llama with scaled rotary embeddings', () => pytorchCase('llama3')],
  ['Qwen 2 with biases', () => pytorchCase('qwen2')],
  ['Qwen 3 with norms of queries and keys', () => pytorchCase('qwen3')],
  ['Gemma 3 with local attention', () => pytorchCase('gemma3')],
  ['a prefix tree', () => tinyCase('llama')],
  ['a prefix tree with local attention', () => tinyCase('gemma3')],
  ['checkpointing', () => tinyCase('llama', { checkpointing: true })],
  ['blocks of 8 bits', async () => quantized(await tinyCase('llama'), 'Q8_0')],
  ['blocks of 4 bits', async () => quantized(await tinyCase('llama'), 'Q4_0')],
  ['blocks of 4 bits with minimums', async () => quantized(await tinyCase('llama'), 'Q4_1')],
  ['blocks of 4 bits, checkpointing', async () => quantized(await tinyCase('gemma3', { checkpointing: true }), 'Q4_0')],
  ['blocks of NF4', async () => quantized(await tinyCase('llama'), 'NF4')],
  ['preferences', () => tinyCase('llama', { preferenceBeta: 0.5 })],
  ['one example', async () => firstOnly(await tinyCase('gemma3'))],
  ['labels of both kinds', async () => withChoices(await tinyCase('llama'), 2)],
  ['choices alone', async () => withChoices(await tinyCase('llama'))],
  ['choices alone, blocks of 4 bits', async () => quantized(withChoices(await tinyCase('llama')), 'Q4_1')],
  ['a head in parts', async () => withLargeHead(await tinyCase('llama'))],
  ['a head in parts of blocks', async () => quantized(withLargeHead(await tinyCase('llama')), 'Q8_0')],
  ['DoRA, dropout, smoothed labels', () => tinyCase('llama', { dora: true, dropout: true, labelSmoothing: 0.1 })],
];

describe('this machine', itFindsCard);

describe('a label without weight that stands in for none of its kind', () => {
  it.each<[string, () => Promise<Case>]>([
    ['choices', () => tinyCase('llama')],
    ['open labels', async () => withChoices(await tinyCase('llama'))],
    ['choices, with preferences', () => tinyCase('llama', { preferenceBeta: 0.5 })],
  ])('changes nothing: no %s', async (_, open) => {
    const model = await open();
    const session = await openSession(model, 'cpu');
    try {
      const expected = await step(session, model);
      const actual = await step({ device: 'cuda', run: (feeds, use) => session.run(feeds, use) }, model);
      expect(Object.keys(actual).sort()).toEqual(Object.keys(expected).sort());
      for (const [name, values] of Object.entries(expected)) {
        expect(actual[name], name).toHaveLength(values.length);
        if (values.some((value) => value !== 0)) expect(relativeError(actual[name]!, values), name).toBeLessThan(1e-6);
        else expect(actual[name], name).toEqual(values);
      }
    } finally {
      await session.release();
    }
  });
});

describe.each(deviceNames)('on %s', (device) => {
  for (const [name, open] of cases) {
    itOn(device, `gives the processor's loss and gradients, to 1e-3 of the largest: ${name}`, async () => {
      const model = await open();
      const expected = await runOnce(model, 'cpu');
      const actual = await runOnce(model, device);
      expect(Object.keys(actual)).toEqual(Object.keys(expected));
      for (const output of ['loss', 'nats', ...model.parameters.map((parameter) => `gradient:${parameter.name}`)]) {
        expect(relativeError(actual[output]!, expected[output]!), output).toBeLessThan(1e-3);
      }
    });
  }

  itOn(device, 'lowers the loss in a short training', async () => {
    const model = await tinyCase('llama');
    const store = new ParameterStore(model.parameters);
    const optimizer = new AdamW(store.values.length, adamWDefaults);
    const session = await openSession(model, device);
    const losses: number[] = [];
    try {
      for (let count = 1; count <= 15; count++) {
        const parameters = model.parameters.map((parameter, at) => ({
          ...parameter,
          data: store.parameters[at]!.data,
        }));
        const outputs = await step(session, { ...model, parameters });
        losses.push(outputs.loss![0]!);
        store.clearGradients();
        store.parameters.forEach(({ name }, index) => {
          store.addGradient(index, outputs[`gradient:${name}`]!);
        });
        optimizer.step(store.values, store.gradients, count, 1e-2, 1);
      }
    } finally {
      await session.release();
    }
    expect(losses.at(-1)!).toBeLessThan(losses[0]! / 2);
  });
});
