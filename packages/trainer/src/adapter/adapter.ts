import { TooltuneError } from '@tooltune/sdk';
import {
  type LoraParameter,
  type LoraScaling,
  type LoraShape,
  loraAName,
  loraBName,
  magnitudeName,
  type Projection,
  projectionShape,
  targetGroups,
} from '../model/lora-parameters.js';
import type { ModelConfig } from '../model/model-config.js';
import type { Parameter } from '../model/parameter.js';

/** The low-rank update of one weight W [outputs, inputs]: W + scale · B · A (Hu et al. 2021). */
export interface LowRankUpdate {
  inputs: number;
  outputs: number;
  /** [rank, inputs] */
  a: Float32Array;
  /** [outputs, rank] */
  b: Float32Array;
  /** [outputs]: length that each updated row of W is given (DoRA, Liu et al. 2024). */
  magnitude?: Float32Array;
}

/** An adapter in memory: what every file form of it is written from. */
export interface Adapter extends LoraScaling {
  /** By projection of a layer, `blk.0.attn_q`, in the order of rows and columns of GGUF files. Never empty. */
  updates: ReadonlyMap<string, LowRankUpdate>;
}

/** Whether an adapter is weight-decomposed, which llama.cpp cannot load: it has to be merged into its base. */
export function isDora({ updates }: Pick<Adapter, 'updates'>): boolean {
  return [...updates.values()].some(({ magnitude }) => magnitude !== undefined);
}

/** Name of a layer's projection, in GGUF's words: `blk.0.attn_q`. */
export function updateName(layer: number, projection: string): string {
  return `blk.${layer}.${projection}`;
}

/** Layer and projection of an update: the inverse of `updateName`. */
export function parseUpdateName(name: string): { layer: number; projection: string } {
  const [, layer, projection] = /^blk\.(\d+)\.(\w+)$/.exec(name) ?? [];
  if (projection === undefined) throw new Error(`${name} is no projection of a layer`);
  return { layer: Number(layer), projection };
}

/** The projections that are updated, in any layer, each once. */
export function targetsOf({ updates }: Pick<Adapter, 'updates'>): string[] {
  return [...new Set([...updates.keys()].map((name) => parseUpdateName(name).projection))];
}

/**
 * The adapter that the trainer's matrices are: A taken apart, B turned.
 * Throws `adapter/incomplete`, naming the matrix that is missing.
 */
export function adapterFromParameters(
  config: ModelConfig,
  parameters: readonly Parameter[],
  lora: LoraScaling & LoraShape,
): Adapter {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const find = (name: string): Parameter => {
    const parameter = byName.get(name);
    if (parameter === undefined) throw new TooltuneError('adapter/incomplete', `parameter ${name} is missing`);
    return parameter;
  };
  const { rank, alpha, rsLora = false } = lora;
  const updates = new Map<string, LowRankUpdate>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const group of targetGroups(lora, layer)) {
      const stacked = find(loraAName(layer, group));
      group.forEach((projection, index) => {
        const [outputs, inputs] = projectionShape(config, projection);
        const a = stacked.data.subarray(index * rank * inputs, (index + 1) * rank * inputs);
        const b = transpose(find(loraBName(layer, projection)).data, rank, outputs);
        const magnitude = lora.dora === true ? { magnitude: find(magnitudeName(layer, projection)).data } : {};
        updates.set(updateName(layer, projection), { inputs, outputs, a, b, ...magnitude });
      });
    }
  }
  return { rank, alpha, rsLora, updates };
}

/** The trainer's matrices of an adapter: the inverse of adapterFromParameters. Throws `adapter/incomplete`. */
export function parametersFromAdapter(config: ModelConfig, adapter: Adapter, lora: LoraShape): LoraParameter[] {
  const update = (layer: number, projection: Projection): LowRankUpdate => {
    const found = adapter.updates.get(updateName(layer, projection));
    if (found !== undefined) return found;
    throw new TooltuneError('adapter/incomplete', `${updateName(layer, projection)} is missing`);
  };
  const { rank } = adapter;
  const parameters: LoraParameter[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const group of targetGroups(lora, layer)) {
      const [, inputs] = projectionShape(config, group[0]!);
      const stacked = new Float32Array(group.length * rank * inputs);
      group.forEach((projection, index) => {
        stacked.set(update(layer, projection).a, index * rank * inputs);
      });
      parameters.push({ name: loraAName(layer, group), shape: [group.length * rank, inputs], data: stacked });
      for (const projection of group) {
        const { outputs, b, magnitude } = update(layer, projection);
        const shape = [rank, outputs] as const;
        parameters.push({ name: loraBName(layer, projection), shape, data: transpose(b, outputs, rank) });
        if (magnitude === undefined) continue;
        parameters.push({ name: magnitudeName(layer, projection), shape: [1, outputs], data: magnitude.slice() });
      }
    }
  }
  return parameters;
}

/** [rows, columns] → [columns, rows]. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column]!;
  }
  return result;
}
