import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { RenderedExample } from '@tooltune/sdk';
import { huggingFaceName, interleavedHeads, normOffset, rowsToPairs } from '../src/model/hugging-face-layout.js';
import {
  type LoraParameter,
  type LoraShape,
  loraAName,
  loraBName,
  loraParameterShapes,
  type Projection,
  projections,
  targetGroups,
} from '../src/model/lora-parameters.js';
import type { ModelConfig } from '../src/model/model-config.js';
import type { WeightSource } from '../src/model/model-graph.js';
import { readModelConfig } from '../src/model/read-model-config.js';
import { readSafetensors } from '../src/model/safetensors.js';

/** A tiny random model with an adapter, and what PyTorch, transformers and PEFT make of it. */
export interface PytorchModel {
  config: ModelConfig;
  weights: WeightSource;
  lora: LoraShape & { alpha: number };
  parameters: LoraParameter[];
  examples: RenderedExample[];
  /** At the labels: [labels, vocabulary]. */
  logits: Float32Array;
  /** Mean over the labels, nats. */
  loss: number;
  /** Of the loss, named and laid out as the parameters. */
  gradients: LoraParameter[];
}

interface Tensor {
  shape: readonly number[];
  data: Float32Array;
}

const layerNames = [
  ...projections,
  ...['attn_norm', 'attn_q_norm', 'attn_k_norm', 'post_attention_norm', 'ffn_norm', 'post_ffw_norm'],
];

/** Reads what bench/reference/tiny-models.py wrote. */
export async function readPytorchModel(name: string): Promise<PytorchModel> {
  const path = fileURLToPath(new URL(`fixtures/tiny-${name}/`, import.meta.url));
  const readTensors = (file: string) => readSafetensors(`${path}${file}.safetensors`);
  const reference = await readTensors('reference');
  const metadata = JSON.parse(reference.metadata.gguf!) as Record<string, string | number>;
  const architecture = metadata['general.architecture'] as string;
  const checkpoint = (await readTensors('model')).tensors;
  const weights = new Map<string, Tensor>();
  for (const tensor of ggufNames(metadata[`${architecture}.block_count`] as number)) {
    const found = checkpoint.get(huggingFaceName(architecture, tensor) ?? '');
    if (found !== undefined) weights.set(tensor, found);
  }
  if (weights.size !== checkpoint.size) throw new Error(`${checkpoint.size} tensors, ${weights.size} of them known`);
  const divisors = reference.tensors.get('rope_freqs.weight');
  if (divisors !== undefined) weights.set('rope_freqs.weight', divisors);
  const config = readModelConfig({
    path,
    metadata,
    tensors: new Map([...weights].map(([name, { shape }]) => [name, { name, shape, format: 'F32' }])),
  });
  /** In the order of rows that GGUF files have. */
  const arrange = (projection: string, { shape, data }: Tensor): Tensor => {
    const heads = interleavedHeads(config, projection);
    return { shape, data: heads === undefined ? data : rowsToPairs(data, shape[1]!, heads) };
  };

  const peft = JSON.parse(await readFile(`${path}adapter_config.json`, 'utf8')) as PeftConfig;
  const lora = loraShape(architecture, peft);
  const matrices = (tensors: ReadonlyMap<string, Tensor>, prefix: string) => {
    const find = (layer: number, projection: Projection, matrix: 'A' | 'B'): Tensor => {
      const module = huggingFaceName(architecture, `blk.${layer}.${projection}.weight`)!.replace(/\.weight$/, '');
      const tensor = tensors.get(`${prefix}base_model.model.${module}.lora_${matrix}.weight`)!;
      return matrix === 'A' ? tensor : arrange(projection, tensor);
    };
    return stack(config, lora, find);
  };
  return {
    config,
    weights: async (tensor) => {
      const { shape, data } = arrange(tensor.split('.').at(-2)!, weights.get(tensor)!);
      const offset = tensor.endsWith('norm.weight') ? normOffset(architecture) : 0;
      return { shape, data: data.map((value) => value + offset) };
    },
    lora,
    parameters: matrices((await readTensors('adapter_model')).tensors, ''),
    examples: readExamples(reference.metadata.examples!),
    logits: reference.tensors.get('logits')!.data,
    loss: Number(reference.metadata.loss),
    gradients: matrices(reference.tensors, 'gradient:'),
  };
}

interface PeftConfig {
  r: number;
  lora_alpha: number;
  target_modules: string[];
  layers_to_transform: number[] | null;
}

function loraShape(architecture: string, peft: PeftConfig): PytorchModel['lora'] {
  const targets = projections.filter((projection) =>
    peft.target_modules.some((module) =>
      huggingFaceName(architecture, `blk.0.${projection}.weight`)!.endsWith(`.${module}.weight`),
    ),
  );
  const layers = peft.layers_to_transform;
  return { rank: peft.r, alpha: peft.lora_alpha, targets, ...(layers === null ? {} : { layers }) };
}

function* ggufNames(layers: number): Generator<string> {
  yield* ['token_embd.weight', 'output_norm.weight', 'output.weight'];
  for (let layer = 0; layer < layers; layer++) {
    for (const name of layerNames) {
      for (const kind of ['weight', 'bias']) yield `blk.${layer}.${name}.${kind}`;
    }
  }
}

/** PEFT's matrices stacked and transposed as the graph has them. */
function stack(
  config: ModelConfig,
  lora: LoraShape,
  find: (layer: number, projection: Projection, matrix: 'A' | 'B') => Tensor,
): LoraParameter[] {
  const byName = new Map<string, Float32Array>();
  for (let layer = 0; layer < config.layers; layer++) {
    for (const group of targetGroups(lora, layer)) {
      const stacked = group.flatMap((projection) => [...find(layer, projection, 'A').data]);
      byName.set(loraAName(layer, group), Float32Array.from(stacked));
      for (const projection of group) byName.set(loraBName(layer, projection), transpose(find(layer, projection, 'B')));
    }
  }
  return loraParameterShapes(config, lora).map(({ name, shape }) => ({ name, shape, data: byName.get(name)! }));
}

function transpose({ shape, data }: Tensor): Float32Array {
  const [rows, columns] = shape as [number, number];
  return data.map((_, at) => data[(at % rows) * columns + Math.floor(at / rows)]!);
}

function readExamples(json: string): RenderedExample[] {
  const rows = JSON.parse(json) as { tokens: number[]; labels: number[] }[];
  return rows.map(({ tokens, labels }) => ({
    tokens: Int32Array.from(tokens),
    labelMask: Uint8Array.from(tokens, (_, at) => (labels.includes(at) ? 1 : 0)),
  }));
}
