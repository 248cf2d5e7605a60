import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { writeFileAtomic } from '@tooltune/sdk/files';
import { interleavedHeads, projectionOfModule, rowsToHalves, rowsToPairs } from '../model/hugging-face-layout.js';
import { loraScale, type Projection, projectionShape, projections } from '../model/lora-parameters.js';
import type { ModelConfig } from '../model/model-config.js';
import { encodeSafetensors, readSafetensors, type SafetensorsTensor } from '../model/safetensors.js';
import { type Adapter, type LowRankUpdate, parseUpdateName, updateName } from './adapter.js';
import { type PeftConfig, peftConfigOf, peftModule, readPeftConfig } from './peft-config.js';
import { PeftError } from './peft-error.js';

/** The files of an adapter in the form of PEFT (https://huggingface.co/docs/peft/developer_guides/checkpoint). */
export const peftFiles = { weights: 'adapter_model.safetensors', config: 'adapter_config.json' } as const;

/**
 * Writes an adapter as PEFT loads it: both files into a folder that exists. Throws FileError.
 * @param baseModel what the base model is called on the Hugging Face hub, where that is known
 */
export async function writePeftFolder(
  folder: string,
  config: ModelConfig,
  adapter: Adapter,
  baseModel: string | null,
): Promise<void> {
  const { rank, updates } = adapter;
  const tensors: SafetensorsTensor[] = [];
  for (const [name, { inputs, outputs, a, b, magnitude }] of updates) {
    const { layer, projection } = parseUpdateName(name);
    const rows = (data: Float32Array, columns: number) => toHalves(config, projection, data, columns);
    const module = `${modulePrefix}model.layers.${layer}.${peftModule(projection)}`;
    tensors.push({ name: `${module}.lora_A.weight`, shape: [rank, inputs], data: a });
    tensors.push({ name: `${module}.lora_B.weight`, shape: [outputs, rank], data: rows(b, rank) });
    if (magnitude === undefined) continue;
    tensors.push({ name: `${module}.lora_magnitude_vector`, shape: [outputs], data: rows(magnitude, 1) });
  }
  const options = peftConfigOf(adapter, { layers: config.layers, baseModel });
  await writeFileAtomic(join(folder, peftFiles.weights), encodeSafetensors(tensors, { format: 'pt' }));
  await writeFileAtomic(join(folder, peftFiles.config), `${JSON.stringify(options, null, 2)}\n`);
}

/**
 * Reads a folder that PEFT saved a LoRA adapter into, and checks that it is one of this model: LoRA, rank-stabilised
 * LoRA and DoRA, with ranks and alphas of their own for some modules (smaller ranks are filled up with zeros, other
 * scales are taken into B). Throws PeftError, naming the tensor or the option; FileError; `safetensors/unreadable`.
 */
export async function readPeftFolder(
  folder: string,
  model: ModelConfig,
): Promise<{ adapter: Adapter; baseModel: string | null }> {
  for (const name of Object.values(peftFiles)) {
    const exists = await stat(join(folder, name)).then(
      (entry) => entry.isFile(),
      () => false,
    );
    if (exists) continue;
    const message = `this folder holds no adapter of PEFT: there is no ${name}`;
    throw new PeftError('peft/not-an-adapter', message, { location: { file: folder } });
  }
  const config = await readPeftConfig(join(folder, peftFiles.config));
  const file = join(folder, peftFiles.weights);
  const { tensors } = await readSafetensors(file);
  const modules = groupByModule(tensors, file);
  const updates = new Map<string, LowRankUpdate & { rank: number; scale: number }>();
  for (const [module, parts] of modules) {
    const { name, update, rank } = readUpdate(module, parts, model, config, file);
    const alpha = config.alphaPatterns.find(({ pattern }) => pattern.test(module))?.alpha ?? config.alpha;
    updates.set(name, { ...update, rank, scale: loraScale({ rank, alpha, rsLora: config.rsLora }) });
  }
  if (updates.size === 0) {
    throw new PeftError('peft/not-an-adapter', 'this file holds no tensors', { location: { file } });
  }
  const rank = Math.max(...[...updates.values()].map((update) => update.rank));
  const { alpha, rsLora, baseModel } = config;
  const scale = loraScale({ rank, alpha, rsLora });
  const sorted = [...updates].sort(([a], [b]) => placeOf(a) - placeOf(b));
  return {
    baseModel,
    adapter: {
      ...{ rank, alpha, rsLora },
      updates: new Map(sorted.map(([name, update]) => [name, withRankAndScale(update, rank, scale)])),
    },
  };
}

/** Where an update stands in a file: layer after layer, projections in their fixed order. */
function placeOf(name: string): number {
  const { layer, projection } = parseUpdateName(name);
  return layer * projections.length + projections.indexOf(projection as Projection);
}

const modulePrefix = 'base_model.model.';
const layerPath = /^(?:model|model\.language_model|language_model\.model)\.layers\.(\d+)\.(\w+\.\w+)$/;

type ModuleParts = Partial<Record<'a' | 'b' | 'magnitude', SafetensorsTensor>>;

const partNames: Readonly<Record<string, keyof ModuleParts>> = {
  'lora_A.weight': 'a',
  'lora_B.weight': 'b',
  lora_magnitude_vector: 'magnitude',
};

/** The tensors of each module, by its path in the model. Throws where a tensor is anything else. */
function groupByModule(tensors: ReadonlyMap<string, SafetensorsTensor>, file: string): Map<string, ModuleParts> {
  const modules = new Map<string, ModuleParts>();
  for (const [name, tensor] of tensors) {
    const [, module, part] = /^base_model\.model\.(.+)\.(lora_[AB]\.weight|lora_magnitude_vector)$/.exec(name) ?? [];
    if (module === undefined || !layerPath.test(module)) {
      const message = `tensor ${name} is not supported: an adapter may only update the linear layers of attention and feed-forward`;
      throw new PeftError('peft/unsupported', message, { location: { file } });
    }
    if (tensor.data.some((value) => !Number.isFinite(value))) {
      throw new PeftError('peft/not-finite', `tensor ${name} holds values that are not finite`, { location: { file } });
    }
    const parts = modules.get(module);
    if (parts === undefined) modules.set(module, { [partNames[part!]!]: tensor });
    else parts[partNames[part!]!] = tensor;
  }
  return modules;
}

/** One module's update, in the order of GGUF files, with its own rank. */
function readUpdate(
  module: string,
  { a, b, magnitude }: ModuleParts,
  model: ModelConfig,
  { dora }: PeftConfig,
  file: string,
): { name: string; update: LowRankUpdate; rank: number } {
  const tensorName = (part: string) => `tensor ${modulePrefix}${module}.${part}`;
  const refuse = (code: 'peft/does-not-fit' | 'peft/incomplete' | 'peft/unsupported', message: string) =>
    new PeftError(code, message, { location: { file } });
  const [, layer, path] = layerPath.exec(module) as unknown as [string, string, string];
  const projection = projectionOfModule(path);
  if (projection === undefined) {
    throw refuse('peft/unsupported', `${tensorName('lora_A.weight')} is of a module that tooltune does not know`);
  }
  if (Number(layer) >= model.layers) {
    const message = `${tensorName('lora_A.weight')} is of a layer that the base model does not have; it has ${model.layers}`;
    throw refuse('peft/does-not-fit', message);
  }
  if (a === undefined) throw refuse('peft/incomplete', `${tensorName('lora_A.weight')} is missing`);
  if (b === undefined) throw refuse('peft/incomplete', `${tensorName('lora_B.weight')} is missing`);
  if (dora && magnitude === undefined) {
    throw refuse('peft/incomplete', `${tensorName('lora_magnitude_vector')} is missing, though use_dora is true`);
  }
  if (!dora && magnitude !== undefined) {
    throw refuse('peft/unsupported', `tensor ${magnitude.name} is there, though use_dora is false`);
  }
  const [outputs, inputs] = projectionShape(model, projection as Projection);
  const rank = a.shape[0] ?? 0;
  const check = (tensor: SafetensorsTensor, shape: readonly number[]) => {
    if (tensor.shape.length === shape.length && tensor.shape.every((size, at) => size === shape[at])) return;
    const message = `tensor ${tensor.name} is [${tensor.shape.join(', ')}], the base model needs [${shape.join(', ')}]`;
    throw refuse('peft/does-not-fit', message);
  };
  check(a, [rank, inputs]);
  check(b, [outputs, rank]);
  if (magnitude !== undefined) check(magnitude, [outputs]);
  const rows = (data: Float32Array, columns: number) => toPairs(model, projection, data, columns);
  return {
    name: updateName(Number(layer), projection),
    rank,
    update: {
      ...{ inputs, outputs },
      a: a.data,
      b: rows(b.data, rank),
      ...(magnitude === undefined ? {} : { magnitude: rows(magnitude.data, 1) }),
    },
  };
}

/** The same update with `rank` and `scale` for its own: A and B filled up with zeros, B scaled. */
function withRankAndScale(
  update: LowRankUpdate & { rank: number; scale: number },
  rank: number,
  scale: number,
): LowRankUpdate {
  const { inputs, outputs, magnitude } = update;
  const doraPart = magnitude === undefined ? {} : { magnitude };
  const factor = update.scale / scale;
  if (update.rank === rank && factor === 1) return { inputs, outputs, a: update.a, b: update.b, ...doraPart };
  const a = new Float32Array(rank * inputs);
  a.set(update.a);
  const b = new Float32Array(outputs * rank);
  for (let row = 0; row < outputs; row++) {
    for (let at = 0; at < update.rank; at++) b[row * rank + at] = factor * update.b[row * update.rank + at]!;
  }
  return { inputs, outputs, a, b, ...doraPart };
}

function toHalves(model: ModelConfig, projection: string, data: Float32Array, columns: number): Float32Array {
  const heads = interleavedHeads(model, projection);
  return heads === undefined ? data : rowsToHalves(data, columns, heads);
}

function toPairs(model: ModelConfig, projection: string, data: Float32Array, columns: number): Float32Array {
  const heads = interleavedHeads(model, projection);
  return heads === undefined ? data : rowsToPairs(data, columns, heads);
}
