import { architectureNames, findArchitecture } from './architectures/index.js';
import type { BaseWeights } from './base-weights.js';
import type { ModelConfig } from './model-config.js';
import { ModelHeader } from './model-header.js';
import { modelTensors } from './model-tensors.js';

/**
 * Reads a model's sizes and constants from the header of its GGUF file, and makes sure that its tensors are those that
 * the trainer computes with: none missing, none of another shape, none left over.
 * Throws `model/missing-metadata`, `model/bad-tensor`, or `model/unsupported-architecture`.
 */
export function readModelConfig(file: Pick<BaseWeights, 'path' | 'metadata' | 'tensors'>): ModelConfig {
  const header = new ModelHeader(file);
  const architecture = findArchitecture(header.architecture);
  if (architecture === undefined) {
    throw header.unsupported(`the architecture ${header.architecture}, only ${architectureNames.join(', ')}`);
  }
  const config = architecture.readConfig(header);
  const expected = modelTensors(config);
  const unknown = header.tensorNames().find((name) => !expected.has(name));
  if (unknown !== undefined) throw header.unsupported(`${unknown} of this model`);
  for (const [name, shape] of expected) {
    const actual = header.shape(name);
    if (actual === undefined) throw header.badTensor(`${name} is missing`);
    if (actual.join() !== shape.join()) {
      throw header.badTensor(`${name} is [${actual.join(', ')}], by the metadata it should be [${shape.join(', ')}]`);
    }
  }
  return config;
}
