import type { Adapter } from '../adapter/adapter.js';
import type { BaseTensor, BaseWeights } from '../model/base-weights.js';
import { loraScale } from '../model/lora-parameters.js';
import type { Parameter } from '../model/parameter.js';
import { ExportError } from './export-error.js';
import { mergeWeight } from './merge-weight.js';

/** A tensor of a model that was made of a base: by merging an adapter into it, or by training its weights. */
export interface MergedTensor extends BaseTensor {
  /** Whether it is other than the base's. */
  updated: boolean;
  /** Its values, in the order of rows of GGUF files. */
  read(): Promise<Float32Array>;
}

/**
 * All tensors of a base model, in its own order, with the adapter merged into those that it updates. Each is read and
 * merged when it is asked for.
 * Throws `export/other-base`, naming the tensor, for an update that the base has no place for.
 */
export function mergedTensors(base: BaseWeights, adapter: Adapter): MergedTensor[] {
  for (const [name, { outputs, inputs }] of adapter.updates) {
    const shape = base.tensors.get(`${name}.weight`)?.shape;
    if (shape?.length === 2 && shape[0] === outputs && shape[1] === inputs) continue;
    const there = shape === undefined ? 'has no such tensor' : `has [${shape.join(', ')}]`;
    const message = `the adapter updates ${name}.weight as [${outputs}, ${inputs}], this model ${there}`;
    throw new ExportError('export/other-base', message, { location: { file: base.path } });
  }
  const scale = loraScale(adapter);
  return [...base.tensors.values()].map(({ name, format, shape }) => {
    const update = adapter.updates.get(name.replace(/\.weight$/, ''));
    return {
      ...{ name, format, shape },
      updated: update !== undefined,
      async read() {
        const { data } = await base.readTensor(name);
        if (update !== undefined) mergeWeight(data, update, scale);
        return data;
      },
    };
  });
}

/** All tensors of a base model, in its own order, with those that were trained in place of its own. */
export function trainedTensors(base: BaseWeights, parameters: readonly Parameter[]): MergedTensor[] {
  const trained = new Map(parameters.map((parameter) => [parameter.name, parameter.data]));
  return [...base.tensors.values()].map(({ name, format, shape }) => {
    const data = trained.get(name);
    return {
      ...{ name, format, shape },
      updated: data !== undefined,
      read: async () => data ?? (await base.readTensor(name)).data,
    };
  });
}
