import type { RenderedExample } from '@tooltune/sdk';
import { GraphSession } from '../src/local/graph-session.js';
import { pack } from '../src/local/pack.js';
import { packFeeds } from '../src/local/pack-feeds.js';
import { buildPrefixTree } from '../src/local/prefix-tree.js';
import { packedRows } from '../src/local/training-example.js';
import { openGguf } from '../src/model/gguf-reader.js';
import type { LoraParameter, LoraShape } from '../src/model/lora-parameters.js';
import type { ModelConfig } from '../src/model/model-config.js';
import { buildModelGraph, type WeightSource } from '../src/model/model-graph.js';
import { readModelConfig } from '../src/model/read-model-config.js';

/** All logits at every label of the examples, by the trainer's own graph: one row for each, in order. */
export async function graphLogits(
  model: string,
  parameters: readonly LoraParameter[],
  lora: { rank: number; alpha: number },
  examples: readonly RenderedExample[],
): Promise<Float32Array[]> {
  const file = await openGguf(model);
  return weightLogits(readModelConfig(file), file.readTensor, parameters, lora, examples);
}

/** The same, of weights from anywhere. */
export async function weightLogits(
  config: ModelConfig,
  weights: WeightSource,
  parameters: readonly LoraParameter[],
  lora: LoraShape & { alpha: number },
  examples: readonly RenderedExample[],
): Promise<Float32Array[]> {
  const maxTokens = Math.max(...examples.map(packedRows));
  const graph = await buildModelGraph(config, weights, { ...lora, maxTokens, outputs: 'logits' });
  const session = await GraphSession.create(graph, { threads: 2 });
  const rows: Float32Array[] = [];
  try {
    for (const example of examples) {
      await session.run(
        packFeeds(pack(buildPrefixTree([example]), config.localAttention?.window ?? null), parameters, () => 1),
        ({ logits }) => {
          for (let at = 0; at < logits!.length; at += config.vocabularySize) {
            rows.push(logits!.slice(at, at + config.vocabularySize));
          }
        },
      );
    }
  } finally {
    await session.release();
  }
  return rows;
}

/** Largest and mean absolute difference over all logits. Infinite where there are none to compare. */
export function logitDifference(a: readonly Float32Array[], b: readonly Float32Array[]) {
  if (a.length !== b.length || a.length === 0)
    return { largest: Number.POSITIVE_INFINITY, mean: Number.POSITIVE_INFINITY };
  let largest = 0;
  let sum = 0;
  let count = 0;
  a.forEach((row, index) => {
    row.forEach((value, token) => {
      const difference = Math.abs(value - b[index]![token]!);
      largest = Math.max(largest, difference);
      sum += difference;
      count++;
    });
  });
  return { largest, mean: sum / count };
}
