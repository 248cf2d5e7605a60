import type { Random } from '@tooltune/sdk';
import type { LlamaConfig } from './llama-config.js';

/** The linear projections of a layer, in groups that share their input. */
export const projectionGroups = [
  ['attn_q', 'attn_k', 'attn_v'],
  ['attn_output'],
  ['ffn_gate', 'ffn_up'],
  ['ffn_down'],
] as const;

export type Projection = (typeof projectionGroups)[number][number];

/** All seven projections. */
export const projections: readonly Projection[] = projectionGroups.flat();

/** A trainable matrix. */
export interface LoraParameter {
  /** `blk.0.attn_q+attn_k+attn_v.lora_a` or `blk.0.attn_q.lora_b`. */
  name: string;
  /** A: [projections × rank, inputs]. B: [rank, outputs]. */
  shape: readonly [number, number];
  data: Float32Array;
}

/** [outputs, inputs] of a projection. */
export function projectionShape(config: LlamaConfig, projection: Projection): readonly [number, number] {
  const { width, feedForwardWidth, heads, keyHeads, headSize } = config;
  switch (projection) {
    case 'attn_q':
      return [heads * headSize, width];
    case 'attn_k':
    case 'attn_v':
      return [keyHeads * headSize, width];
    case 'attn_output':
      return [width, heads * headSize];
    case 'ffn_gate':
    case 'ffn_up':
      return [feedForwardWidth, width];
    case 'ffn_down':
      return [width, feedForwardWidth];
  }
}

export function loraAName(layer: number, group: readonly Projection[]): string {
  return `blk.${layer}.${group.join('+')}.lora_a`;
}

export function loraBName(layer: number, projection: Projection): string {
  return `blk.${layer}.${projection}.lora_b`;
}

/** Names and shapes of all trainable matrices, in a fixed order. */
export function loraParameterShapes(
  config: LlamaConfig,
  rank: number,
): { name: string; shape: readonly [number, number] }[] {
  const result: { name: string; shape: readonly [number, number] }[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const group of projectionGroups) {
      const inputs = projectionShape(config, group[0])[1];
      result.push({ name: loraAName(layer, group), shape: [rank * group.length, inputs] });
      for (const projection of group) {
        result.push({ name: loraBName(layer, projection), shape: [rank, projectionShape(config, projection)[0]] });
      }
    }
  }
  return result;
}

/**
 * Initial adapter: A uniform in ±1/√inputs (PEFT's Kaiming uniform with a = √5), B zero, so that the model is unchanged
 * before the first step.
 */
export function initialLoraParameters(config: LlamaConfig, rank: number, random: Random): LoraParameter[] {
  return loraParameterShapes(config, rank).map(({ name, shape }) => {
    const data = new Float32Array(shape[0] * shape[1]);
    if (name.endsWith('.lora_a')) {
      const bound = 1 / Math.sqrt(shape[1]);
      for (let i = 0; i < data.length; i++) data[i] = (random.next() * 2 - 1) * bound;
    }
    return { name, shape, data };
  });
}
