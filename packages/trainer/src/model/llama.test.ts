import { fileURLToPath } from 'node:url';
import { createRandom, type RenderedExample } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../../test/relative-error.js';
import { labelCount, packedRows } from '../local/example-rows.js';
import { GraphSession } from '../local/graph-session.js';
import { pack } from '../local/pack.js';
import { packFeeds } from '../local/pack-feeds.js';
import { buildPrefixTree, treeRows } from '../local/prefix-tree.js';
import { buildLlamaGraph, type LlamaGraphOptions } from './llama.js';
import type { LlamaConfig } from './llama-config.js';
import { type LoraParameter, loraAName, loraBName, loraParameterShapes, projectionGroups } from './lora-parameters.js';
import { readSafetensors, type SafetensorsTensor } from './safetensors.js';

/** A tiny model with what PyTorch and PEFT make of it: bench/reference/tiny-llama.py. */
async function readFixture(name: string) {
  const path = fileURLToPath(new URL(`../../test/fixtures/${name}.safetensors`, import.meta.url));
  const { metadata, tensors } = await readSafetensors(path);
  const config = JSON.parse(metadata.config!) as LlamaConfig;
  const lora = JSON.parse(metadata.lora!) as { rank: number; alpha: number };
  const rows = JSON.parse(metadata.examples!) as { tokens: number[]; labels: number[] }[];
  const examples = rows.map(({ tokens, labels }): RenderedExample => {
    const labelMask = new Uint8Array(tokens.length);
    for (const label of labels) labelMask[label] = 1;
    return { tokens: Int32Array.from(tokens), labelMask };
  });
  const labels = examples.reduce((sum, example) => sum + labelCount(example), 0);
  return { config, lora, examples, labels, tensors, loss: Number(metadata.loss) };
}

type Fixture = Awaited<ReturnType<typeof readFixture>>;

/** PEFT's matrices, or their gradients, stacked and transposed as the graph has them. */
function loraMatrices({ config, lora, tensors }: Fixture, prefix = ''): LoraParameter[] {
  const matrices = new Map<string, Float32Array>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const group of projectionGroups) {
      const stacked = group.flatMap((name) => [...tensors.get(`${prefix}blk.${layer}.${name}.lora_a`)!.data]);
      matrices.set(loraAName(layer, group), Float32Array.from(stacked));
      for (const name of group) {
        const b = tensors.get(`${prefix}blk.${layer}.${name}.lora_b`)!;
        matrices.set(loraBName(layer, name), transpose(b));
      }
    }
  }
  return loraParameterShapes(config, lora.rank).map(({ name, shape }) => ({ name, shape, data: matrices.get(name)! }));
}

function transpose({ shape, data }: SafetensorsTensor): Float32Array {
  const [rows, columns] = shape as [number, number];
  return Float32Array.from(data, (_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!);
}

async function run(
  fixture: Fixture,
  outputs: LlamaGraphOptions['outputs'],
  examples: readonly RenderedExample[] = fixture.examples,
) {
  const { config, lora, tensors } = fixture;
  const weights = async (name: string) => tensors.get(name)!;
  const graph = await buildLlamaGraph(config, weights, { ...lora, maxTokens: 64, outputs });
  const session = await GraphSession.create(graph, { threads: 1 });
  try {
    const tree = buildPrefixTree(examples);
    const packed = pack(tree);
    const feeds = packFeeds(packed, loraMatrices(fixture), 1 / fixture.labels);
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

/** Rows of labels in the order of the examples, which a tree changes. */
function inOrder(data: Float32Array, order: readonly RenderedExample[], examples: readonly RenderedExample[]) {
  const size = data.length / order.reduce((sum, example) => sum + labelCount(example), 0);
  const rows = new Map<RenderedExample, Float32Array>();
  let at = 0;
  for (const example of order) {
    rows.set(example, data.subarray(at, at + labelCount(example) * size));
    at += labelCount(example) * size;
  }
  return Float32Array.from(examples.flatMap((example) => [...rows.get(example)!]));
}

describe.each(['tiny-llama-tied', 'tiny-llama-untied'])('the llama graph against PyTorch and PEFT: %s', (name) => {
  it('gives the same loss and the same gradient of every LoRA matrix, to 1e-4 of its largest element', async () => {
    const fixture = await readFixture(name);
    const results = await run(fixture, 'gradients');
    expect(Math.abs(results.loss![0]! / fixture.loss - 1)).toBeLessThan(1e-6);
    const expected = loraMatrices(fixture, 'gradient:');
    expect(expected).toHaveLength(fixture.config.layers * 11);
    for (const { name, data } of expected) {
      expect(relativeError(results[`gradient:${name}`]!, data), name).toBeLessThan(1e-4);
    }
  });

  it('gives the same logits at the labels', async () => {
    const fixture = await readFixture(name);
    const { logits } = await run(fixture, 'logits');
    expect(relativeError(logits!, fixture.tensors.get('logits')!.data)).toBeLessThan(1e-5);
  });

  it('counts as correct what is the most likely token', async () => {
    const fixture = await readFixture(name);
    const { correct } = await run(fixture, 'gradients');
    const labels = fixture.examples.flatMap(({ tokens, labelMask }) => [...tokens].filter((_, at) => labelMask[at]));
    const logits = fixture.tensors.get('logits')!;
    const size = fixture.config.vocabularySize;
    const expected = labels.map((label, row) => {
      const values = logits.data.subarray(row * size, (row + 1) * size);
      return values[label] === Math.max(...values) ? 1 : 0;
    });
    expect([...correct!]).toEqual(expected);
  });
});

describe('the llama graph', () => {
  it('gives every example the logits it has alone: examples of a pack do not see each other', async () => {
    const fixture = await readFixture('tiny-llama-tied');
    const together = (await run(fixture, 'logits')).logits!;
    const alone: number[] = [];
    for (const example of fixture.examples) alone.push(...(await run(fixture, 'logits', [example])).logits!);
    expect(relativeError(together, Float32Array.from(alone))).toBeLessThan(1e-5);
  });

  it('gives examples that share prefixes, some of them deep, the loss, logits and gradients of the separate ones', async () => {
    const fixture = await readFixture('tiny-llama-tied');
    const random = createRandom(5);
    const draw = (count: number) =>
      Array.from({ length: count }, () => random.integer(0, fixture.config.vocabularySize - 1));
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
    const examples = prompts.map((prompt): RenderedExample => {
      const answer = draw(random.integer(1, 5));
      const tokens = Int32Array.from([...prompt, ...answer]);
      return { tokens, labelMask: tokens.map((_, at) => (at < prompt.length ? 0 : 1)) as unknown as Uint8Array };
    });
    const tree = buildPrefixTree(examples);
    expect(tree.segments.length).toBeGreaterThanOrEqual(3);
    expect(treeRows(tree)).toBeLessThan(0.7 * examples.reduce((sum, example) => sum + packedRows(example), 0));

    const together = await run(fixture, 'gradients', examples);
    const logits = (await run(fixture, 'logits', examples)).logits!;
    const alone: Record<string, Float32Array> = {};
    const aloneLogits: number[] = [];
    for (const example of examples) {
      aloneLogits.push(...(await run(fixture, 'logits', [example])).logits!);
      for (const [name, data] of Object.entries(await run(fixture, 'gradients', [example]))) {
        alone[name] = alone[name]?.map((value, at) => value + data[at]!) ?? data;
      }
    }
    expect(relativeError(logits, Float32Array.from(aloneLogits))).toBeLessThan(1e-5);
    expect(together.loss![0]! / alone.loss![0]!).toBeCloseTo(1, 5);
    for (const { name } of loraParameterShapes(fixture.config, fixture.lora.rank)) {
      expect(relativeError(together[`gradient:${name}`]!, alone[`gradient:${name}`]!), name).toBeLessThan(2e-5);
    }
  });
});
