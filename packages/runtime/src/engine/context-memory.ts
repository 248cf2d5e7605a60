import { defaultContextSize } from './llama-engine.js';

/** Bytes of a half-precision number, as llama.cpp keeps keys and values. */
const halfBytes = 2;

/**
 * Bytes that a context keeps keys and values in: for each token of each sequence and each layer, those of its key-value
 * heads. What a sliding window would let llama.cpp leave out is counted; buffers of evaluation, which are small, are not.
 * @param metadata a model file's, by its GGUF keys
 */
export function contextMemory(
  metadata: Readonly<Record<string, unknown>>,
  { contextSize, sequences = 1 }: { contextSize?: number | undefined; sequences?: number | undefined },
): number {
  const architecture = String(metadata['general.architecture']);
  const numberOf = (key: string) => Number(metadata[`${architecture}.${key}`] ?? Number.NaN);
  const layers = numberOf('block_count');
  const heads = numberOf('attention.head_count');
  const headSize = numberOf('embedding_length') / heads;
  const sizeOf = (key: string) => {
    const size = numberOf(`attention.${key}_length`);
    return Number.isNaN(size) ? headSize : size;
  };
  // A list where layers differ; as many as there are heads where nothing is said.
  const keyValueHeads: unknown = metadata[`${architecture}.attention.head_count_kv`] ?? heads;
  const headsOfAll = Array.isArray(keyValueHeads)
    ? keyValueHeads.reduce((sum: number, count) => sum + Number(count), 0)
    : layers * Number(keyValueHeads);
  const tokens = contextSize ?? Math.min(defaultContextSize, numberOf('context_length'));
  return tokens * sequences * headsOfAll * (sizeOf('key') + sizeOf('value')) * halfBytes;
}
