import { TooltuneError } from '@tooltune/sdk';
import { replaceFile } from '@tooltune/sdk/files';
import type { BaseWeights } from '../model/base-weights.js';
import type { GgufFile } from '../model/gguf-reader.js';
import { writeGguf } from '../model/gguf-writer.js';
import { quantize, type WritableFormat } from '../model/quantize.js';
import { tensorBytes, tensorFormats } from '../model/tensor-format.js';
import { ExportError } from './export-error.js';
import { exportedMetadata } from './gguf-metadata.js';
import type { MergedTensor } from './merged-tensors.js';

/** How far a file is written. */
export interface ExportProgress {
  /** Bytes of tensors written, and of all. */
  writtenBytes: number;
  totalBytes: number;
}

export interface MergeWork {
  signal?: AbortSignal | undefined;
  /** Called after every tensor. */
  onProgress?: ((progress: ExportProgress) => void) | undefined;
}

/** What was written. */
export interface WrittenTensors {
  tensors: number;
  /** How many of them the adapter changed. */
  updated: number;
  /** Tensors that are stored in another format than the one asked for, with the reason. */
  exceptions: { tensor: string; format: WritableFormat; reason: string }[];
}

/**
 * Writes a model that was made of a base as a GGUF file: the base's metadata and tokenizer, and the tensors that are given.
 * One tensor is held in memory at a time; the file is complete or the old one.
 *
 * Vectors are F32, as llama.cpp computes with them. Embedding table and head are Q8_0 in a 4-bit file (llama.cpp takes
 * 6 bits for them: they are what a small model loses most in). Tensors that neither the adapter nor the format changes
 * are copied as they are.
 * Throws FileError, ExportError, the errors of the base's reader, or the signal's reason.
 */
export async function writeMergedGguf(
  path: string,
  base: BaseWeights | GgufFile,
  tensors: readonly MergedTensor[],
  format: WritableFormat,
  { signal, onProgress }: MergeWork = {},
): Promise<WrittenTensors> {
  const formats = tensors.map((tensor) => tensorFormatFor(tensor, format));
  const sizes = tensors.map(({ shape }, index) => tensorBytes(formats[index]!.format, valueCount(shape)));
  const totalBytes = sizes.reduce((a, b) => a + b, 0);
  let writtenBytes = 0;
  const toWrite = tensors.map((tensor, index) => ({
    name: tensor.name,
    shape: tensor.shape,
    format: formats[index]!.format,
    data: async () => {
      signal?.throwIfAborted();
      const bytes = await encodedTensor(tensor, base, formats[index]!.format);
      writtenBytes += bytes.length;
      onProgress?.({ writtenBytes, totalBytes });
      return bytes;
    },
  }));
  await replaceFile(path, (temporary) => writeGguf(temporary, exportedMetadata(base, format), toWrite));
  return {
    tensors: tensors.length,
    updated: tensors.filter(({ updated }) => updated).length,
    exceptions: tensors.flatMap(({ name: tensor }, index) => {
      const { format, reason } = formats[index]!;
      return reason === undefined ? [] : [{ tensor, format, reason }];
    }),
  };
}

/** The format of one tensor in a file of a format, and why it is another, where that is worth telling. */
function tensorFormatFor(
  { name, shape }: MergedTensor,
  format: WritableFormat,
): { format: WritableFormat; reason?: string } {
  if (shape.length < 2) return { format: 'F32' };
  const isTable = name === 'token_embd.weight' || name === 'output.weight';
  const wanted = isTable && (format === 'Q4_0' || format === 'Q4_1') ? 'Q8_0' : format;
  const { blockValues } = tensorFormats[wanted];
  if (shape.at(-1)! % blockValues === 0) return { format: wanted };
  return { format: 'F16', reason: `rows of ${shape.at(-1)} values do not fill whole blocks of ${blockValues}` };
}

async function encodedTensor(
  tensor: MergedTensor,
  base: BaseWeights | GgufFile,
  format: WritableFormat,
): Promise<Uint8Array> {
  if (!tensor.updated && tensor.format === format && 'readEncoded' in base) return base.readEncoded(tensor.name);
  return encodeValues(tensor, await tensor.read(), format);
}

/** Values of a tensor in a format. Throws `export/not-representable`, naming the tensor. */
export function encodeValues({ name }: MergedTensor, values: Float32Array, format: WritableFormat): Uint8Array {
  try {
    return quantize(format, values);
  } catch (cause) {
    if (!TooltuneError.isInstance(cause)) throw cause;
    throw new ExportError('export/not-representable', `tensor ${name}: ${cause.message}; choose another format`, {
      cause,
    });
  }
}

function valueCount(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
