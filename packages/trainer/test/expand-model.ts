import { writeMergedGguf } from '../src/merge/write-merged-gguf.js';
import { openGguf } from '../src/model/gguf-reader.js';

/** Writes a copy of a model whose every tensor is float32, tokenizer and all. */
export async function expandModel(from: string, to: string): Promise<void> {
  await writeMergedGguf(to, await openGguf(from), { rank: 1, alpha: 1, updates: new Map() }, 'F32');
}
