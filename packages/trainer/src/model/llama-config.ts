import { TooltuneError } from '@tooltune/sdk';
import type { GgufFile } from './gguf-reader.js';

/** Sizes of a llama-family model. */
export interface LlamaConfig {
  layers: number;
  /** Width of the residual stream. */
  width: number;
  feedForwardWidth: number;
  heads: number;
  keyHeads: number;
  headSize: number;
  vocabularySize: number;
  rmsNormEpsilon: number;
  ropeBase: number;
  /** Longest context in tokens. */
  contextLength: number;
  /** Whether the output head is the embedding table. */
  tiedHead: boolean;
}

/** Reads the sizes from a GGUF file. Throws `model/unsupported-architecture` or `model/missing-metadata`. */
export function readLlamaConfig(file: GgufFile): LlamaConfig {
  const { metadata, tensors, path } = file;
  const architecture = metadata['general.architecture'];
  if (architecture !== 'llama') {
    throw new TooltuneError(
      'model/unsupported-architecture',
      `the trainer knows the llama architecture, this is ${String(architecture)}`,
      { location: { file: path } },
    );
  }
  const number = (key: string, fallback?: number): number => {
    const value = metadata[`llama.${key}`] ?? fallback;
    if (typeof value === 'number') return value;
    throw new TooltuneError('model/missing-metadata', `llama.${key} is missing`, { location: { file: path } });
  };
  const embedding = tensors.get('token_embd.weight');
  if (embedding === undefined) {
    throw new TooltuneError('model/missing-metadata', 'token_embd.weight is missing', { location: { file: path } });
  }
  const unsupported = [...tensors.keys()].find((name) => name.startsWith('rope_') || name.endsWith('.bias'));
  if (unsupported !== undefined || metadata['llama.rope.scaling.type'] !== undefined) {
    throw new TooltuneError(
      'model/unsupported-architecture',
      `the trainer does not know ${unsupported ?? 'rotary scaling'} of this model`,
      { location: { file: path } },
    );
  }
  const width = number('embedding_length');
  const heads = number('attention.head_count');
  const headSize = number('attention.key_length', width / heads);
  if (number('rope.dimension_count', headSize) !== headSize) {
    throw new TooltuneError('model/unsupported-architecture', 'the trainer does not know partial rotary embeddings', {
      location: { file: path },
    });
  }
  return {
    layers: number('block_count'),
    width,
    feedForwardWidth: number('feed_forward_length'),
    heads,
    keyHeads: number('attention.head_count_kv', heads),
    headSize,
    vocabularySize: embedding.shape[0]!,
    rmsNormEpsilon: number('attention.layer_norm_rms_epsilon'),
    ropeBase: number('rope.freq_base', 10_000),
    contextLength: number('context_length'),
    tiedHead: !tensors.has('output.weight'),
  };
}
