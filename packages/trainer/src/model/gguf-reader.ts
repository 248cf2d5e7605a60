import { open, stat } from 'node:fs/promises';
import { gguf } from '@huggingface/gguf';
import { TooltuneError } from '@tooltune/sdk';
import { dequantize } from './dequantize.js';
import { type TensorFormat, tensorBytes, tensorFormatById } from './tensor-format.js';

export interface GgufTensor {
  name: string;
  format: TensorFormat;
  /** Outermost dimension first, as in a row-major array: [outputs, inputs] for a weight. */
  shape: readonly number[];
  /** Offset in the file, bytes. */
  offset: number;
}

/** A GGUF file: its metadata, and tensors that are read on demand. */
export interface GgufFile {
  path: string;
  metadata: Readonly<Record<string, unknown>>;
  tensors: ReadonlyMap<string, GgufTensor>;
  /** Reads one tensor and expands it to float32. Throws `gguf/missing-tensor`. */
  readTensor(name: string): Promise<{ shape: readonly number[]; data: Float32Array }>;
}

/**
 * Opens a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * Throws `gguf/unreadable`, `gguf/truncated`, or `gguf/unsupported-format` naming the tensor whose format is not read.
 */
export async function openGguf(path: string): Promise<GgufFile> {
  const parsed = await gguf(path, { allowLocalFile: true }).catch((cause: unknown) => {
    throw new TooltuneError('gguf/unreadable', 'this is not a readable GGUF file; pull the model again', {
      cause,
      location: { file: path },
    });
  });
  const { size } = await stat(path);
  const tensors = new Map<string, GgufTensor>();
  for (const info of parsed.tensorInfos) {
    const format = tensorFormatById(info.dtype);
    if (format === undefined) {
      throw new TooltuneError(
        'gguf/unsupported-format',
        `tensor ${info.name} has ggml type ${info.dtype}, which the trainer does not read yet; ` +
          'use a file with F32, F16, BF16, Q8_0, Q4_1 or Q4_0 tensors',
        { location: { file: path } },
      );
    }
    const shape = info.shape.map(Number).reverse();
    const offset = Number(parsed.tensorDataOffset + info.offset);
    // The parser does not notice where a file ends: one that is cut inside its header gives nonsense, beyond the end.
    if (offset + tensorBytes(format, valueCount(shape)) > size) throw truncated(info.name, path);
    tensors.set(info.name, { name: info.name, format, shape, offset });
  }
  return {
    path,
    metadata: parsed.metadata as unknown as Readonly<Record<string, unknown>>,
    tensors,
    async readTensor(name) {
      const tensor = tensors.get(name);
      if (tensor === undefined) {
        throw new TooltuneError('gguf/missing-tensor', `tensor ${name} is missing`, { location: { file: path } });
      }
      const count = valueCount(tensor.shape);
      const bytes = new Uint8Array(tensorBytes(tensor.format, count));
      const file = await open(path);
      try {
        const { bytesRead } = await file.read(bytes, 0, bytes.length, tensor.offset);
        if (bytesRead !== bytes.length) throw truncated(name, path);
      } finally {
        await file.close();
      }
      return { shape: tensor.shape, data: dequantize(tensor.format, bytes, count) };
    },
  };
}

function valueCount(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function truncated(name: string, path: string): TooltuneError {
  return new TooltuneError('gguf/truncated', `the file ends before tensor ${name} does; pull the model again`, {
    location: { file: path },
  });
}
