import type { BaseWeights } from '../model/base-weights.js';
import type { WeightSource } from '../model/model-graph.js';

/** Matrices quantised as the base has them (`BaseWeights.readBlocks`), everything else expanded (QLoRA, Dettmers et al. 2023). */
export function blocksFirst(base: BaseWeights): WeightSource {
  return async (name) =>
    (base.tensors.get(name)?.shape.length === 2 ? await base.readBlocks(name) : null) ?? base.readTensor(name);
}
