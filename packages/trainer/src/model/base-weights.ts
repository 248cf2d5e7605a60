import type { QuantizedMatrix } from '../graph/index.js';
import type { TensorFormat } from './tensor-format.js';

/** A tensor of a base model. */
export interface BaseTensor {
  /** llama.cpp's name: `token_embd.weight`, `blk.0.attn_q.weight`. */
  name: string;
  /** How its values are stored. */
  format: TensorFormat;
  /** Outermost dimension first, as in a row-major array: [outputs, inputs] for a weight. */
  shape: readonly number[];
  /** What `readBlocks` quantises its floats to; absent where it does not. */
  quantizedAs?: 'NF4';
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
   * Reads one tensor quantised, to be trained on so; null where it stays floats. Of a GGUF file these are the blocks it is
   * stored in, whose values are bit for bit those of `readTensor`; floats stay floats. Of a Hugging Face folder the matrices
   * are quantised to NF4 here, and one whose rows are no multiple of 64 values stays floats.
   */
  readBlocks(name: string): Promise<QuantizedMatrix | null>;
}
