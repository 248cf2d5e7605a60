import { resolve } from 'node:path';
import type { LlamaModel } from 'node-llama-cpp';

/** node-llama-cpp keeps the weights of every adapter by their path until the model is freed, whoever used them. */
interface KeepsAdapters {
  _loraAdapters?: Map<string, { dispose(): Promise<void> }>;
}

const users = new WeakMap<LlamaModel, Map<string, number>>();

/**
 * Says that a context will use the adapter in this file; to be called before it is made.
 * @returns to be called when the context is gone: the last one frees the weights; again, it does nothing
 */
export function holdAdapter(model: LlamaModel, adapterPath: string): () => Promise<void> {
  const path = resolve(adapterPath);
  const counts = users.get(model) ?? new Map<string, number>();
  users.set(model, counts);
  counts.set(path, (counts.get(path) ?? 0) + 1);
  let isHeld = true;
  return async () => {
    if (!isHeld) return;
    isHeld = false;
    const left = counts.get(path)! - 1;
    counts.set(path, left);
    if (left > 0) return;
    counts.delete(path);
    const loaded = (model as KeepsAdapters)._loraAdapters;
    const weights = loaded?.get(path);
    loaded?.delete(path);
    await weights?.dispose();
  };
}
