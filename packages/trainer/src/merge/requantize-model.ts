import { replaceFile } from '@tooltune/sdk/files';
import { type GgufTensor, openGguf } from '../model/gguf-reader.js';
import { writeGguf } from '../model/gguf-writer.js';
import { quantize } from '../model/quantize.js';
import { type TensorFormat, tensorBytes, tensorFormats } from '../model/tensor-format.js';
import { exportedMetadata } from './gguf-metadata.js';
import type { MergeWork } from './write-merged-gguf.js';

/** Formats that llama.cpp multiplies many tokens with far more slowly than with Q8_0: see docs/serving-weights.md. */
const slowFormats: ReadonlySet<TensorFormat> = new Set(['Q4_1', 'Q5_0', 'Q5_1']);

export interface RequantizeModelOptions extends MergeWork {
  /** Path of a GGUF file. */
  model: string;
  /** The file to write; replaced where it is there. */
  output: string;
}

export interface RequantizedModel {
  tensors: number;
  /** How many stand in another format than before; where none does nothing is written. */
  changed: number;
}

/**
 * Writes a copy of a model whose matrices in slow formats stand in Q8_0: no smaller, but faster to read a prompt with. Its
 * values differ from the original's by at most 1/254 of the largest in a block of 32. Everything else is copied as it is.
 * Throws FileError, the errors of the reader (`gguf/…`), or the signal's reason.
 */
export async function requantizeModel({
  model,
  output,
  signal,
  onProgress,
}: RequantizeModelOptions): Promise<RequantizedModel> {
  const file = await openGguf(model);
  const tensors = [...file.tensors.values()].map((tensor) => ({ ...tensor, stored: storedFormat(tensor) }));
  const changed = tensors.filter(({ format, stored }) => format !== stored).length;
  if (changed === 0) return { tensors: tensors.length, changed };
  const totalBytes = tensors.reduce((sum, { stored, shape }) => sum + tensorBytes(stored, valueCount(shape)), 0);
  let writtenBytes = 0;
  const toWrite = tensors.map(({ name, shape, format, stored }) => ({
    name,
    shape,
    format: stored,
    data: async () => {
      signal?.throwIfAborted();
      const bytes =
        stored === format ? await file.readEncoded(name) : quantize('Q8_0', (await file.readTensor(name)).data);
      writtenBytes += bytes.length;
      onProgress?.({ writtenBytes, totalBytes });
      return bytes;
    },
  }));
  await replaceFile(output, (temporary) => writeGguf(temporary, exportedMetadata(file, 'Q8_0'), toWrite));
  return { tensors: tensors.length, changed };
}

function storedFormat({ format, shape }: Pick<GgufTensor, 'format' | 'shape'>): TensorFormat {
  const fits = shape.length === 2 && shape[1]! % tensorFormats.Q8_0.blockValues === 0;
  return fits && slowFormats.has(format) ? 'Q8_0' : format;
}

function valueCount(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
