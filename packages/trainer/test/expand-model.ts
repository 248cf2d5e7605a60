import { trainedTensors } from '../src/merge/merged-tensors.js';
import { writeMergedGguf } from '../src/merge/write-merged-gguf.js';
import { openGguf } from '../src/model/gguf-reader.js';

/** Writes a copy of a model whose every tensor is float32, tokenizer and all. */
export async function expandModel(from: string, to: string): Promise<void> {
  const model = await openGguf(from);
  await writeMergedGguf(to, model, trainedTensors(model, []), 'F32');
}
