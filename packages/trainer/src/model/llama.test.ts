import { fileURLToPath } from 'node:url';
import type { RenderedExample } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { relativeError } from '../../test/relative-error.js';
import { GraphSession } from '../local/graph-session.js';
import { pack } from '../local/pack.js';
import { packFeeds } from '../local/pack-feeds.js';
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
  return { config, lora, examples, tensors, loss: Number(metadata.loss) };
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
    const repeats = config.heads / config.keyHeads;
    const packed = pack(examples, repeats);
    const feeds = packFeeds(packed, loraMatrices(fixture), 1 / packed.labels.length, repeats);
    return await session.run(feeds, (results) =>
      Object.fromEntries(Object.entries(results).map(([name, data]) => [name, Float32Array.from(data)])),
    );
  } finally {
    await session.release();
  }
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
});
