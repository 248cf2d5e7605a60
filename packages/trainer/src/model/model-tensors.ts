import { findArchitecture } from './architectures/index.js';
import { projectionShape, projections } from './lora-parameters.js';
import type { ModelConfig } from './model-config.js';

/** Names and shapes of a layer's frozen weights, without `blk.N.`: matrices are [outputs, inputs]. */
export function layerTensors(config: ModelConfig): Map<string, readonly number[]> {
  const shapes = new Map<string, readonly number[]>();
  for (const name of projections) shapes.set(`${name}.weight`, projectionShape(config, name));
  const vectors = findArchitecture(config.architecture)?.layerVectors(config) ?? {};
  for (const [name, length] of Object.entries(vectors)) shapes.set(name, [length]);
  return shapes;
}

/** Names and shapes of all frozen weights of a model, as its GGUF file has them. */
export function modelTensors(config: ModelConfig): Map<string, readonly number[]> {
  const { vocabularySize, width, headSize } = config;
  const shapes = new Map<string, readonly number[]>([['token_embd.weight', [vocabularySize, width]]]);
  for (let layer = 0; layer < config.layers; layer++) {
    for (const [name, shape] of layerTensors(config)) shapes.set(`blk.${layer}.${name}`, shape);
  }
  shapes.set('output_norm.weight', [width]);
  if (config.rotary.ownDivisors) shapes.set('rope_freqs.weight', [headSize / 2]);
  if (!config.tiedHead) shapes.set('output.weight', [vocabularySize, width]);
  return shapes;
}
