import { type Random, TooltuneError } from '@tooltune/sdk';
import type { ModelConfig } from './model-config.js';
import type { Parameter } from './parameter.js';
import { type Weight, weightValues } from './weight-values.js';

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

/** Which projections an adapter changes, and by updates of what rank. */
export interface LoraShape {
  rank: number;
  /** Default all seven. */
  targets?: readonly Projection[] | undefined;
  /** Layers, counted from 0. Default all. */
  layers?: readonly number[] | undefined;
  /** Whether the lengths of the adapted weights' rows are trained too (DoRA, Liu et al. 2024). Default false. */
  dora?: boolean | undefined;
}

/** How updates are scaled. */
export interface LoraScaling {
  /** Of every update. */
  rank: number;
  alpha: number;
  /** Scaled by alpha / √rank (rank-stabilised LoRA, Kalajdzievski 2023) instead of alpha / rank. Default false. */
  rsLora?: boolean;
}

/** What B · A is multiplied by. */
export function loraScale({ rank, alpha, rsLora = false }: LoraScaling): number {
  return alpha / (rsLora ? Math.sqrt(rank) : rank);
}

/** A trainable matrix of an adapter. */
export interface LoraParameter extends Parameter {
  /** `blk.0.attn_q+attn_k+attn_v.lora_a`, `blk.0.attn_q.lora_b` or `blk.0.attn_q.magnitude`. */
  name: string;
  /** A: [projections × rank, inputs]. B: [rank, outputs]. Magnitude: [1, outputs]. */
  shape: readonly [number, number];
  data: Float32Array;
}

/** [outputs, inputs] of a projection. */
export function projectionShape(config: ModelConfig, projection: Projection): readonly [number, number] {
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

/**
 * Which projections of which layers are chosen, in their fixed order.
 * Throws `training/bad-option` for some that the model does not have, for none, and for one that is given twice.
 */
export function resolveLoraShape(
  config: ModelConfig,
  { rank, targets, layers }: LoraShape,
): { rank: number; targets: readonly Projection[]; layers: readonly number[] } {
  const refuse = (message: string): never => {
    throw new TooltuneError('training/bad-option', message);
  };
  const choose = <T>(name: string, chosen: readonly T[] | undefined, known: readonly T[], range: string) => {
    if (chosen === undefined) return known;
    if (chosen.length === 0) refuse(`${name} is empty: an adapter must change something; choose among ${range}`);
    const unknown = chosen.find((item) => !known.includes(item));
    if (unknown !== undefined) refuse(`${name} holds ${String(unknown)}; choose among ${range}`);
    if (new Set(chosen).size < chosen.length) refuse(`${name} holds something twice: ${chosen.join(', ')}`);
    return known.filter((item) => chosen.includes(item));
  };
  const all = Array.from({ length: config.layers }, (_, layer) => layer);
  return {
    rank,
    targets: choose('targets', targets, projections, projections.join(', ')),
    layers: choose('layers', layers, all, `0 to ${config.layers - 1}`),
  };
}

/** Projections that have an adapter in a layer, in their fixed order whatever the order they were chosen in. */
export function layerTargets({ targets = projections, layers }: LoraShape, layer: number): Projection[] {
  if (layers !== undefined && !layers.includes(layer)) return [];
  return projections.filter((projection) => targets.includes(projection));
}

/** Those targets of a layer that share an input, group by group. */
export function targetGroups(lora: LoraShape, layer: number): Projection[][] {
  const targets = layerTargets(lora, layer);
  return projectionGroups
    .map((group) => group.filter((projection) => targets.includes(projection)))
    .filter((group) => group.length > 0);
}

/** Name of the A matrices of projections that share an input, stacked. */
export function loraAName(layer: number, group: readonly Projection[]): string {
  return `blk.${layer}.${group.join('+')}.lora_a`;
}

export function loraBName(layer: number, projection: Projection): string {
  return `blk.${layer}.${projection}.lora_b`;
}

/** Name of the lengths that the rows of an adapted weight get. */
export function magnitudeName(layer: number, projection: Projection): string {
  return `blk.${layer}.${projection}.magnitude`;
}

/** Names and shapes of all trainable matrices, in a fixed order. */
export function loraParameterShapes(
  config: ModelConfig,
  lora: LoraShape,
): { name: string; shape: readonly [number, number] }[] {
  const result: { name: string; shape: readonly [number, number] }[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const group of targetGroups(lora, layer)) {
      const inputs = projectionShape(config, group[0]!)[1];
      result.push({ name: loraAName(layer, group), shape: [lora.rank * group.length, inputs] });
      for (const projection of group) {
        const outputs = projectionShape(config, projection)[0];
        result.push({ name: loraBName(layer, projection), shape: [lora.rank, outputs] });
        if (lora.dora === true) result.push({ name: magnitudeName(layer, projection), shape: [1, outputs] });
      }
    }
  }
  return result;
}

/**
 * Initial adapter: A uniform in ±1/√inputs (PEFT's Kaiming uniform with a = √5), B zero, so that the model is unchanged
 * before the first step. Magnitudes are left to `setMagnitudes`.
 */
export function initialLoraParameters(config: ModelConfig, lora: LoraShape, random: Random): LoraParameter[] {
  return loraParameterShapes(config, lora).map(({ name, shape }) => {
    const data = new Float32Array(shape[0] * shape[1]);
    if (name.endsWith('.lora_a')) {
      const bound = 1 / Math.sqrt(shape[1]);
      for (let i = 0; i < data.length; i++) data[i] = (random.next() * 2 - 1) * bound;
    }
    return { name, shape, data };
  });
}

/**
 * Sets magnitudes to the lengths of the base's own rows.
 * @param readMatrix reads a frozen weight, [outputs, inputs], as it is trained on: expanded or quantised
 */
export async function setMagnitudes(
  parameters: readonly LoraParameter[],
  readMatrix: (name: string) => Promise<Weight>,
): Promise<void> {
  for (const { name, shape, data } of parameters) {
    if (!name.endsWith('.magnitude')) continue;
    data.set(rowLengths(weightValues(await readMatrix(name.replace(/magnitude$/, 'weight'))), shape[1]));
  }
}

function rowLengths(matrix: Float32Array, rows: number): Float32Array {
  const columns = matrix.length / rows;
  return Float32Array.from({ length: rows }, (_, row) => {
    let sum = 0;
    for (let i = row * columns; i < (row + 1) * columns; i++) sum += matrix[i]! ** 2;
    return Math.sqrt(sum);
  });
}
