import { TooltuneError } from '@tooltune/sdk';
import type { BaseWeights } from '../model/base-weights.js';
import { fullParameterShapes } from '../model/full-parameters.js';
import { type LoraShape, layerTargets, loraParameterShapes } from '../model/lora-parameters.js';
import type { ModelConfig } from '../model/model-config.js';
import { tensorFormats } from '../model/tensor-format.js';

/** What decides how much memory a training takes. */
export interface MemoryPlan {
  config: ModelConfig;
  tensors: BaseWeights['tensors'];
  lora: LoraShape;
  /** Whether all weights are trained, and there is no adapter. */
  full: boolean;
  /** Whether matrices stay quantised blocks. */
  quantized: boolean;
  checkpointing: boolean;
  /** Whether there are validation rows: the best values are then kept. */
  validated: boolean;
  /** Most rows, label rows among them, and longest path of a pass. */
  rows: number;
  labelRows: number;
  longest: number;
}

/** Parts of an estimate, in bytes. */
export interface MemoryEstimate {
  /** The program, the base's weights, the adapter with its gradients and moments. */
  fixed: number;
  /** Kept from the forward for the backward pass. */
  activations: number;
  /** What the output head makes of the label rows, or what a layer or an expanded matrix takes for a moment. */
  temporary: number;
  total: number;
}

const bytesOfFloat = 4;
/** Node with onnxruntime loaded. */
const program = 150e6;
/**
 * Copies of an expanded weight: as it was read, in onnxruntime, and packed for the forward and for the backward pass.
 * Measured: 15.9 bytes a value for SmolLM2-135M.
 */
const floatCopies = 4;
/** A code of four bits, and of 64 values a scale. */
const bytesOfNf4 = 0.5 + bytesOfFloat / 64;

/** Estimates the peak of resident memory: within a quarter of what was measured (see the test). */
export function estimateMemory(plan: MemoryPlan): MemoryEstimate {
  const { config } = plan;
  const fixed = program + (plan.full ? fullBytes(plan) : weightBytes(plan) + adapterBytes(plan));
  const perLayer = layerFloats(plan) * bytesOfFloat * plan.rows;
  const activations = plan.checkpointing
    ? config.layers * config.width * bytesOfFloat * plan.rows + perLayer
    : config.layers * perLayer;
  const logits = 3 * plan.labelRows * config.vocabularySize * bytesOfFloat;
  const widest = plan.quantized ? Math.max(...matrixSizes(plan)) * bytesOfFloat : 0;
  const temporary = Math.max(logits, 2 * perLayer) + widest;
  return { fixed, activations, temporary, total: fixed + activations + temporary };
}

/**
 * Refuses a training that will not fit, before it starts. Throws `training/too-little-memory` with what would help.
 * @param available bytes that the process can still take
 */
export function checkMemory(plan: MemoryPlan, available: number): MemoryEstimate {
  const estimate = estimateMemory(plan);
  if (estimate.total <= available) return estimate;
  const gigabytes = (bytes: number) => `${(bytes / 1e9).toFixed(1)} GB`;
  const smaller: [string, Partial<MemoryPlan>][] = [
    ['train an adapter instead (without full, --full)', { full: false }],
    ['keep the base quantised (quantized, --qlora)', { quantized: true }],
    ['compute activations again (checkpointing, --checkpointing)', { checkpointing: true }],
    [
      'halve the pack (maxTokensPerPass, --max-tokens-per-pass)',
      { rows: plan.rows / 2, labelRows: plan.labelRows / 2 },
    ],
  ];
  const advice = smaller
    .map(([what, change]) => ({ what, total: estimateMemory({ ...plan, ...change }).total }))
    .filter(({ total }) => total < estimate.total * 0.95)
    .map(({ what, total }) => `${what}: ${gigabytes(total)}`);
  throw new TooltuneError(
    'training/too-little-memory',
    `this training would take about ${gigabytes(estimate.total)} of memory, and ${gigabytes(available)} are free; ` +
      `${advice.length > 0 ? advice.join('; ') : 'take a smaller base model'}`,
  );
}

/** Values, gradients, two moments and the best values. */
function adapterBytes({ config, lora, validated }: MemoryPlan): number {
  const values = loraParameterShapes(config, lora).reduce((sum, { shape }) => sum + shape[0] * shape[1], 0);
  return (4 + Number(validated)) * values * bytesOfFloat;
}

/** The same of all weights, what they were before, and the gradients of one pass. */
function fullBytes({ config, validated }: MemoryPlan): number {
  const values = fullParameterShapes(config).reduce((sum, { shape }) => sum + shape.reduce((a, b) => a * b, 1), 0);
  return (6 + Number(validated)) * values * bytesOfFloat;
}

function weightBytes({ tensors, quantized }: MemoryPlan): number {
  let bytes = 0;
  for (const { format, shape, quantizedAs } of tensors.values()) {
    const values = shape.reduce((a, b) => a * b, 1);
    const { blockBytes, blockValues } = tensorFormats[format];
    // Blocks are read once more into the form that the graph takes: a byte or half of one for each code, and scales.
    if (quantized && quantizedAs === 'NF4') bytes += values * bytesOfNf4 * 2;
    else if (quantized && shape.length === 2 && blockValues > 1) bytes += values * (blockBytes / blockValues + 0.5) * 2;
    else bytes += values * bytesOfFloat * floatCopies;
  }
  return bytes;
}

function matrixSizes({ config, tensors }: MemoryPlan): number[] {
  return [...tensors.values()]
    .filter(({ shape }) => shape.length === 2)
    .map(({ shape }) => Math.min(shape[0]!, shape[0] === config.vocabularySize ? 32_768 : shape[0]!) * shape[1]!);
}

/** Floats that one row keeps of one layer. */
function layerFloats({ config, lora, longest }: MemoryPlan): number {
  const { width, feedForwardWidth, heads, keyHeads, headSize } = config;
  const residual = 2 * width;
  const attention = (2 * heads + 2 * keyHeads) * headSize + heads * longest;
  const feedForward = 2 * feedForwardWidth;
  return residual + attention + feedForward + layerTargets(lora, 0).length * lora.rank;
}
