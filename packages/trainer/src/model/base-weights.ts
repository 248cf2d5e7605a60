import type { BlockTensor } from './formats/index.js';
import type { TensorFormat } from './tensor-format.js';

/** A tensor of a base model. */
export interface BaseTensor {
  /** llama.cpp's name: `token_embd.weight`, `blk.0.attn_q.weight`. */
  name: string;
  /** How its values are stored. */
  format: TensorFormat;
  /** Outermost dimension first, as in a row-major array: [outputs, inputs] for a weight. */
  shape: readonly number[];
}

/**
 * The weights of a base model, wherever they are kept: tensors by llama.cpp's names and in its layout, and what GGUF
 * files say of a model by their keys. Tensors are read on demand.
 */
export interface BaseWeights {
  /** The GGUF file, or the folder. */
  readonly path: string;
  /** By GGUF's keys (`llama.block_count`), the tokenizer's among them. */
  readonly metadata: Readonly<Record<string, unknown>>;
  readonly tensors: ReadonlyMap<string, BaseTensor>;
  /** Reads one tensor and expands it to float32. Throws where there is none of that name, or its file is damaged. */
  readTensor(name: string): Promise<{ shape: readonly number[]; data: Float32Array }>;
  /**
   * Reads one tensor as the blocks it is stored in; null where it is stored as floats. Its values are bit for bit those
   * of `readTensor`.
   */
  readBlocks(name: string): Promise<BlockTensor | null>;
}
