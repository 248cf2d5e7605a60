import { createRandom, type RenderedExample } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { type PytorchModel, readPytorchModel } from '../../test/pytorch-model.js';
import { relativeError } from '../../test/relative-error.js';
import { GraphSession } from '../local/graph-session.js';
import { pack } from '../local/pack.js';
import { packFeeds } from '../local/pack-feeds.js';
import { buildPrefixTree, treeRows } from '../local/prefix-tree.js';
import { labelCount, packedRows } from '../local/training-example.js';
import { fullParameters } from './full-parameters.js';
import { initialLoraParameters, type LoraShape, loraParameterShapes, projections } from './lora-parameters.js';
import { buildModelGraph, type ModelGraphOptions } from './model-graph.js';
import type { Parameter } from './parameter.js';

type Examples = readonly RenderedExample[];

/** Of each architecture one; `llama3` has scaled rotary embeddings, `qwen2` an adapter on some projections and layers. */
const models = ['llama', 'llama3', 'qwen2', 'qwen3', 'gemma3'];

async function run(model: PytorchModel, outputs: ModelGraphOptions['outputs'], examples: Examples = model.examples) {
  const { config, weights, lora, parameters } = model;
  const graph = await buildModelGraph(config, weights, { ...lora, maxTokens: 128, outputs });
  const session = await GraphSession.create(graph, { threads: 1 });
  try {
    const tree = buildPrefixTree(examples);
    const packed = pack(tree, config.localAttention?.window ?? null);
    const feeds = packFeeds(packed, parameters, () => 1 / countLabels(model.examples));
    const order = tree.leaves.map(({ example }) => example);
    return await session.run(feeds, (results) =>
      Object.fromEntries(
        Object.entries(results).map(([name, data]) => [
          name,
          name === 'logits' || name === 'correct' ? inOrder(data, order, examples) : Float32Array.from(data),
        ]),
      ),
    );
  } finally {
    await session.release();
  }
}

function countLabels(examples: Examples): number {
  return examples.reduce((sum, example) => sum + labelCount(example), 0);
}

/** Rows of labels in the order of the examples, which a tree changes. */
function inOrder(data: Float32Array, order: Examples, examples: Examples): Float32Array {
  const size = data.length / countLabels(order);
  const rows = new Map<RenderedExample, Float32Array>();
  let at = 0;
  for (const example of order) {
    rows.set(example, data.subarray(at, at + labelCount(example) * size));
    at += labelCount(example) * size;
  }
  return Float32Array.from(examples.flatMap((example) => [...rows.get(example)!]));
}

describe.each(models)('the graph of %s against PyTorch and PEFT', (name) => {
  it('gives the same loss and the same gradient of every LoRA matrix, to 1e-4 of its largest element', async () => {
    const model = await readPytorchModel(name);
    const results = await run(model, 'gradients');
    expect(Math.abs(results.loss![0]! / model.loss - 1)).toBeLessThan(1e-6);
    expect(model.gradients.length).toBeGreaterThan(10);
    for (const { name: parameter, data } of model.gradients) {
      expect(relativeError(results[`gradient:${parameter}`]!, data), parameter).toBeLessThan(1e-4);
    }
  });

  it('gives the same logits at the labels', async () => {
    const model = await readPytorchModel(name);
    const { logits } = await run(model, 'logits');
    expect(relativeError(logits!, model.logits)).toBeLessThan(1e-5);
  });

  it('counts as correct what is the most likely token', async () => {
    const model = await readPytorchModel(name);
    const { correct } = await run(model, 'gradients');
    const labels = model.examples.flatMap(({ tokens, labelMask }) => [...tokens].filter((_, at) => labelMask[at]));
    const size = model.config.vocabularySize;
    const expected = labels.map((label, row) => {
      const values = model.logits.subarray(row * size, (row + 1) * size);
      return values[label] === Math.max(...values) ? 1 : 0;
    });
    expect([...correct!]).toEqual(expected);
  });

  it('gives examples that share prefixes, some of them deep, what the separate ones give', async () => {
    const model = await readPytorchModel(name);
    const examples = branching(model.config.vocabularySize);
    const tree = buildPrefixTree(examples);
    expect(tree.segments.length).toBeGreaterThanOrEqual(3);
    expect(treeRows(tree)).toBeLessThan(0.7 * examples.reduce((sum, example) => sum + packedRows(example), 0));

    const together = await run(model, 'gradients', examples);
    const logits = (await run(model, 'logits', examples)).logits!;
    const alone: Record<string, Float32Array> = {};
    const aloneLogits: number[] = [];
    for (const example of examples) {
      aloneLogits.push(...(await run(model, 'logits', [example])).logits!);
      for (const [output, data] of Object.entries(await run(model, 'gradients', [example]))) {
        alone[output] = alone[output]?.map((value, at) => value + data[at]!) ?? data;
      }
    }
    expect(relativeError(logits, Float32Array.from(aloneLogits))).toBeLessThan(1e-5);
    expect(together.loss![0]! / alone.loss![0]!).toBeCloseTo(1, 5);
    for (const { name: parameter } of model.parameters) {
      const output = `gradient:${parameter}`;
      expect(relativeError(together[output]!, alone[output]!), parameter).toBeLessThan(2e-5);
    }
  });
});

/** Prompts with common beginnings, and answers. */
function branching(vocabularySize: number): RenderedExample[] {
  const random = createRandom(5);
  const draw = (count: number) => Array.from({ length: count }, () => random.integer(0, vocabularySize - 1));
  const tools = draw(17);
  const system = draw(9);
  const turn = draw(6);
  const prompts = [
    tools,
    [...tools, ...system],
    [...tools, ...system, ...turn],
    [...tools, ...system, ...turn],
    [...tools, ...system, ...turn],
    [...draw(3), ...turn],
  ].map((prompt) => [...prompt, ...draw(random.integer(0, 4))]);
  return prompts.map((prompt) => {
    const tokens = Int32Array.from([...prompt, ...draw(random.integer(1, 5))]);
    return { tokens, labelMask: Uint8Array.from(tokens, (_, at) => (at < prompt.length ? 0 : 1)) };
  });
}

describe('a graph with chosen targets and layers', () => {
  it.each<[string, Pick<ModelGraphOptions, 'targets' | 'layers'>]>([
    ['one projection of a group', { targets: ['attn_v'] }],
    ['the last projection alone', { targets: ['ffn_down'] }],
    ['the first layer', { layers: [0] }],
    ['all targets by name', { targets: projections }],
  ])('has the gradients that an adapter on everything has there: %s', async (_what, chosen) => {
    const model = await readPytorchModel('llama');
    const gradients = async (shape: LoraShape) => {
      // With a zero B both adapters change nothing, so that what reaches B must be the same.
      const parameters = initialLoraParameters(model.config, shape, createRandom(3)).map((parameter) => ({
        ...parameter,
        data: parameter.data.map((value, at) => (value === 0 ? 0 : Math.sin(at % parameter.shape[1]))),
      }));
      return run({ ...model, lora: { ...shape, alpha: model.lora.alpha }, parameters }, 'gradients');
    };
    const shape = { rank: 1, ...chosen };
    const everywhere = await gradients({ rank: 1 });
    const there = await gradients(shape);
    const names = loraParameterShapes(model.config, shape).map(({ name }) => `gradient:${name}`);
    expect(Object.keys(there).filter((name) => name.startsWith('gradient:'))).toEqual(names);
    for (const name of names.filter((each) => each.endsWith('lora_b'))) {
      expect(relativeError(there[name]!, everywhere[name]!), name).toBeLessThan(1e-5);
    }
  });
});

describe.each(models)('the graph of %s, all weights trained', (name) => {
  it('has the loss of the frozen weights, and the gradients that finite differences have', async () => {
    const { config, weights, examples } = await readPytorchModel(name);
    const parameters = await fullParameters(config, async (tensor) => {
      const value = await weights(tensor);
      if (!('data' in value)) throw new Error(`${tensor} is quantised`);
      return value;
    });
    const graph = await buildModelGraph(config, weights, {
      ...{ full: true, rank: 1, alpha: 1, maxTokens: 128, outputs: 'gradients' },
    });
    const session = await GraphSession.create(graph, { threads: 1 });
    try {
      const packed = pack(buildPrefixTree(examples), config.localAttention?.window ?? null);
      const results = (of: readonly Parameter[]) =>
        session.run(
          packFeeds(packed, of, () => 1 / countLabels(examples)),
          (outputs) => Object.fromEntries(Object.entries(outputs).map(([key, data]) => [key, Float32Array.from(data)])),
        );
      const { loss, ...outputs } = await results(parameters);
      const frozen = await frozenLoss(name);
      expect(Math.abs(loss![0]! / frozen - 1)).toBeLessThan(1e-6);
      for (const [index, parameter] of parameters.entries()) {
        const gradient = outputs[`gradient:${parameter.name}`]!;
        const norm = Math.hypot(...gradient);
        expect(norm, parameter.name).toBeGreaterThan(0);
        // Along the gradient the loss changes most: by its length.
        const moved = async (step: number) => {
          const data = parameter.data.map((value, at) => value + (step * gradient[at]!) / norm);
          return (await results(parameters.with(index, { ...parameter, data }))).loss![0]!;
        };
        const difference = async (step: number) => ((await moved(step)) - (await moved(-step))) / (2 * step);
        // Extrapolated to a step of nothing (Richardson 1911).
        const slope = (4 * (await difference(0.01)) - (await difference(0.02))) / 3;
        expect(Math.abs(slope / norm - 1), parameter.name).toBeLessThan(0.01);
      }
    } finally {
      await session.release();
    }
  });
});

/** Of the base alone, whose adapter changes nothing before it is trained. */
async function frozenLoss(name: string): Promise<number> {
  const model = await readPytorchModel(name);
  const parameters = initialLoraParameters(model.config, model.lora, createRandom(1));
  return (await run({ ...model, parameters }, 'gradients')).loss![0]!;
}
