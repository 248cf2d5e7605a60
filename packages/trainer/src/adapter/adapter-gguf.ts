import { TooltuneError } from '@tooltune/sdk';
import { arrayBytes } from '../array-bytes.js';
import { openGguf } from '../model/gguf-reader.js';
import { type GgufTensorToWrite, writeGguf } from '../model/gguf-writer.js';
import { loraScale } from '../model/lora-parameters.js';
import type { Adapter, LowRankUpdate } from './adapter.js';

/**
 * Writes an adapter as the GGUF file that llama.cpp loads: for each projection `….lora_a` [rank, inputs] and `….lora_b`
 * [outputs, rank], float32. llama.cpp scales by alpha / rank, so rank-stabilised LoRA gets another alpha.
 * Throws `adapter/no-gguf-form` for DoRA, which llama.cpp does not have.
 * @param architecture `general.architecture` of the base model
 */
export async function writeAdapterGguf(path: string, architecture: string, adapter: Adapter): Promise<void> {
  const { rank, updates } = adapter;
  const tensors: GgufTensorToWrite[] = [];
  for (const [name, { inputs, outputs, a, b, magnitude }] of updates) {
    if (magnitude !== undefined) {
      throw new TooltuneError(
        'adapter/no-gguf-form',
        `${name} has a magnitude (DoRA), which llama.cpp cannot load; merge the adapter into its base instead`,
        { location: { file: path } },
      );
    }
    tensors.push(
      { name: `${name}.weight.lora_a`, format: 'F32', shape: [rank, inputs], data: arrayBytes(a) },
      { name: `${name}.weight.lora_b`, format: 'F32', shape: [outputs, rank], data: arrayBytes(b) },
    );
  }
  await writeGguf(
    path,
    {
      'general.architecture': { type: 'string', value: architecture },
      'general.type': { type: 'string', value: 'adapter' },
      'adapter.type': { type: 'string', value: 'lora' },
      'adapter.lora.alpha': { type: 'float32', value: loraScale(adapter) * rank },
    },
    tensors,
  );
}

/**
 * Reads what `writeAdapterGguf` wrote. Throws the errors of the GGUF reader, or `adapter/unreadable`, naming the tensor,
 * for a file that is no LoRA adapter or an incomplete one.
 */
export async function readAdapterGguf(path: string): Promise<Adapter> {
  const file = await openGguf(path);
  const refuse = (message: string) => new TooltuneError('adapter/unreadable', message, { location: { file: path } });
  const alpha = file.metadata['adapter.lora.alpha'];
  if (file.metadata['adapter.type'] !== 'lora' || typeof alpha !== 'number') throw refuse('this is no LoRA adapter');
  const updates = new Map<string, LowRankUpdate>();
  let rank = 0;
  for (const tensor of file.tensors.keys()) {
    const [, name, matrix] = /^(blk\.\d+\.\w+)\.weight\.lora_([ab])$/.exec(tensor) ?? [];
    if (name === undefined) throw refuse(`tensor ${tensor} is none of a LoRA adapter's`);
    if (matrix === 'b') {
      if (!updates.has(name)) throw refuse(`tensor ${name}.weight.lora_a does not come before ${tensor}`);
      continue;
    }
    const a = await file.readTensor(tensor);
    const b = await file.readTensor(`${name}.weight.lora_b`);
    const [rows, inputs] = a.shape as [number, number];
    const [outputs, columns] = b.shape as [number, number];
    if (rows !== columns || (rank !== 0 && rows !== rank)) throw refuse(`tensor ${tensor} is not of the same rank`);
    rank = rows;
    updates.set(name, { inputs, outputs, a: a.data, b: b.data });
  }
  if (rank === 0) throw refuse('this adapter is empty');
  return { rank, alpha, updates };
}
