import { openGguf } from '../src/model/gguf-reader.js';
import { type LoraParameter, loraAName, loraBName, projectionGroups } from '../src/model/lora-parameters.js';
import type { ModelConfig } from '../src/model/model-config.js';

/** The parameters that an adapter's GGUF file was written from: A stacked again, B transposed back. */
export async function readAdapterGguf(path: string, config: ModelConfig): Promise<LoraParameter[]> {
  const file = await openGguf(path);
  const parameters: LoraParameter[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const group of projectionGroups) {
      const parts = await Promise.all(group.map((name) => file.readTensor(`blk.${layer}.${name}.weight.lora_a`)));
      const [rank, inputs] = parts[0]!.shape as [number, number];
      const stacked = new Float32Array(parts.length * rank * inputs);
      for (const [index, { data }] of parts.entries()) stacked.set(data, index * rank * inputs);
      parameters.push({ name: loraAName(layer, group), shape: [parts.length * rank, inputs], data: stacked });
      for (const name of group) {
        const { shape, data } = await file.readTensor(`blk.${layer}.${name}.weight.lora_b`);
        const outputs = shape[0]!;
        const turned = data.map((_, at) => data[(at % outputs) * rank + Math.floor(at / outputs)]!);
        parameters.push({ name: loraBName(layer, name), shape: [rank, outputs], data: turned });
      }
    }
  }
  return parameters;
}
