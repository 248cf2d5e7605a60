import { gguf } from '@huggingface/gguf';
import { openGguf } from '../src/model/gguf-reader.js';
import { float32Bytes, type GgufValue, writeGguf } from '../src/model/gguf-writer.js';

/** GGUF's number for a value type (gguf.md), and the name that our writer has for it. */
const scalarTypes: Readonly<Record<number, GgufValue['type']>> = {
  4: 'uint32',
  5: 'int32',
  6: 'float32',
  7: 'bool',
  8: 'string',
};

/** Writes a copy of a model whose every tensor is float32, tokenizer and all. */
export async function expandModel(from: string, to: string): Promise<void> {
  const { typedMetadata } = await gguf(from, { allowLocalFile: true, typedMetadata: true });
  const metadata: Record<string, GgufValue> = {};
  for (const [key, entry] of Object.entries(typedMetadata)) {
    if (['version', 'tensor_count', 'kv_count'].includes(key)) continue;
    const { type, value } = entry;
    const subType = 'subType' in entry ? entry.subType : undefined;
    const scalar = scalarTypes[subType ?? type];
    if (scalar === undefined) throw new Error(`${key} is of type ${type}`);
    metadata[key] = { type: subType === undefined ? scalar : `${scalar}[]`, value } as GgufValue;
  }
  metadata['general.file_type'] = { type: 'uint32', value: 0 };
  const file = await openGguf(from);
  const tensors = [...file.tensors.values()].map(({ name, shape }) => ({
    name,
    shape,
    format: 'F32' as const,
    data: async () => float32Bytes((await file.readTensor(name)).data),
  }));
  await writeGguf(to, metadata, tensors);
}
