import { createRandom } from '@tooltune/sdk';
import { initialLoraParameters, type LoraParameter } from '../src/model/lora-parameters.js';
import type { ModelConfig } from '../src/model/model-config.js';

/** An adapter whose B is not zero, as after training: normal with the given standard deviation. */
export function randomAdapter(config: ModelConfig, rank: number, deviation: number, seed = 1): LoraParameter[] {
  const random = createRandom(seed);
  const parameters = initialLoraParameters(config, { rank }, random);
  for (const { name, data } of parameters) {
    if (name.endsWith('.lora_b')) for (let at = 0; at < data.length; at++) data[at] = deviation * random.normal();
  }
  return parameters;
}
