import { TooltuneError } from '@tooltune/sdk';

/** Formats of GGUF tensors that tooltune reads (ggml.h, enum ggml_type): values a block and bytes a block. */
export const tensorFormats = {
  F32: { id: 0, blockValues: 1, blockBytes: 4 },
  F16: { id: 1, blockValues: 1, blockBytes: 2 },
  Q4_0: { id: 2, blockValues: 32, blockBytes: 18 },
  Q4_1: { id: 3, blockValues: 32, blockBytes: 20 },
  Q5_0: { id: 6, blockValues: 32, blockBytes: 22 },
  Q5_1: { id: 7, blockValues: 32, blockBytes: 24 },
  Q8_0: { id: 8, blockValues: 32, blockBytes: 34 },
  Q4_K: { id: 12, blockValues: 256, blockBytes: 144 },
  Q5_K: { id: 13, blockValues: 256, blockBytes: 176 },
  Q6_K: { id: 14, blockValues: 256, blockBytes: 210 },
  BF16: { id: 30, blockValues: 1, blockBytes: 2 },
} as const;

export type TensorFormat = keyof typeof tensorFormats;

/** Formats that hold floats, one after the other. */
export type FloatFormat = 'F32' | 'F16' | 'BF16';

/** Formats that hold blocks of small integers with scales. */
export type BlockTensorFormat = Exclude<TensorFormat, FloatFormat>;

const formatsById = new Map<number, TensorFormat>(
  Object.entries(tensorFormats).map(([name, { id }]) => [id, name as TensorFormat]),
);

/** Name of a ggml type id, or undefined if tooltune does not read it. */
export function tensorFormatById(id: number): TensorFormat | undefined {
  return formatsById.get(id);
}

/** Whether a format holds blocks of small integers with scales. */
export function isBlockTensorFormat(format: TensorFormat): format is BlockTensorFormat {
  return tensorFormats[format].blockValues > 1;
}

/** Bytes that `values` values take. Throws `gguf/bad-length` where they do not fill whole blocks. */
export function tensorBytes(format: TensorFormat, values: number): number {
  const { blockValues, blockBytes } = tensorFormats[format];
  if (values % blockValues !== 0) {
    throw new TooltuneError('gguf/bad-length', `${values} values do not fill whole ${format} blocks of ${blockValues}`);
  }
  return (values / blockValues) * blockBytes;
}
