import { float32Bytes, type GgufTensorToWrite, writeGguf } from '../model/gguf-writer.js';
import type { LlamaConfig } from '../model/llama-config.js';
import {
  type LoraParameter,
  loraAName,
  loraBName,
  projectionGroups,
  projectionShape,
} from '../model/lora-parameters.js';

/**
 * Writes an adapter as the GGUF file that llama.cpp loads: for each projection `….lora_a` [rank, inputs] and `….lora_b`
 * [outputs, rank], float32.
 */
export async function writeAdapterGguf(
  path: string,
  config: LlamaConfig,
  parameters: readonly LoraParameter[],
  lora: { rank: number; alpha: number },
): Promise<void> {
  const byName = new Map(parameters.map((parameter) => [parameter.name, parameter]));
  const find = (name: string): LoraParameter => {
    const parameter = byName.get(name);
    if (parameter === undefined) throw new Error(`parameter ${name} is missing`);
    return parameter;
  };
  const tensors: GgufTensorToWrite[] = [];
  for (let layer = 0; layer < config.layers; layer++) {
    for (const group of projectionGroups) {
      const stacked = find(loraAName(layer, group));
      group.forEach((projection, index) => {
        const [outputs, inputs] = projectionShape(config, projection);
        const size = lora.rank * inputs;
        const name = `blk.${layer}.${projection}.weight`;
        tensors.push({
          name: `${name}.lora_a`,
          format: 'F32',
          shape: [lora.rank, inputs],
          data: float32Bytes(stacked.data.subarray(index * size, (index + 1) * size)),
        });
        tensors.push({
          name: `${name}.lora_b`,
          format: 'F32',
          shape: [outputs, lora.rank],
          data: float32Bytes(transpose(find(loraBName(layer, projection)).data, lora.rank, outputs)),
        });
      });
    }
  }
  await writeGguf(
    path,
    {
      'general.architecture': { type: 'string', value: 'llama' },
      'general.type': { type: 'string', value: 'adapter' },
      'adapter.type': { type: 'string', value: 'lora' },
      'adapter.lora.alpha': { type: 'float32', value: lora.alpha },
    },
    tensors,
  );
}

/** [rows, columns] → [columns, rows]. */
function transpose(data: Float32Array, rows: number, columns: number): Float32Array {
  const result = new Float32Array(data.length);
  for (let row = 0; row < rows; row++) {
    for (let column = 0; column < columns; column++) result[column * rows + row] = data[row * columns + column]!;
  }
  return result;
}
