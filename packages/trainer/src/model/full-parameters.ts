import type { ModelConfig } from './model-config.js';
import { modelTensors } from './model-tensors.js';
import type { Parameter } from './parameter.js';

/** Names and shapes of all weights of a model that can be trained, as its GGUF file has them, in a fixed order. */
export function fullParameterShapes(config: ModelConfig): { name: string; shape: readonly number[] }[] {
  const shapes = [...modelTensors(config)].map(([name, shape]) => ({ name, shape }));
  // Divisors of the rotary frequencies are no weights.
  return shapes.filter(({ name }) => name !== 'rope_freqs.weight');
}

/** All weights of a model as parameters. */
export async function fullParameters(
  config: ModelConfig,
  readTensor: (name: string) => Promise<{ data: Float32Array }>,
): Promise<Parameter[]> {
  const parameters: Parameter[] = [];
  for (const { name, shape } of fullParameterShapes(config)) {
    parameters.push({ name, shape, data: (await readTensor(name)).data });
  }
  return parameters;
}
