import { open } from 'node:fs/promises';
import { TooltuneError } from '@tooltune/sdk';
import type { BaseTensor, BaseWeights } from './base-weights.js';
import { dequantize } from './dequantize.js';
import { type BlockTensor, unpackBlockTensor } from './formats/index.js';
import { type GgufHeader, type GgufTensorInfo, parseGgufHeader } from './gguf-header.js';
import { readBytes } from './read-bytes.js';
import { isBlockTensorFormat, tensorBytes, tensorFormatById, tensorFormats } from './tensor-format.js';

export interface GgufTensor extends BaseTensor {
  /** Offset in the file, bytes. */
  offset: number;
}

/** A GGUF file: its metadata, and tensors that are read on demand. */
export interface GgufFile extends BaseWeights {
  readonly tensors: ReadonlyMap<string, GgufTensor>;
  /** Each value of the metadata as it is encoded in the file, type first: what a copy of it is written from. */
  readonly encodedMetadata: ReadonlyMap<string, Uint8Array>;
  /** One tensor as it is encoded in the file. Throws `gguf/missing-tensor`, `gguf/truncated`. */
  readEncoded(name: string): Promise<Uint8Array>;
  readBlocks(name: string): Promise<BlockTensor | null>;
}

/**
 * Opens a GGUF file (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * Throws `gguf/unreadable`, `gguf/truncated`, or `gguf/unsupported-format` naming the tensor whose format is not read.
 * Reading a tensor throws `gguf/missing-tensor` or `gguf/truncated`.
 */
export async function openGguf(path: string): Promise<GgufFile> {
  const { header, size } = await readHeader(path);
  const tensors = new Map(header.tensors.map((info) => [info.name, checkTensor(info, header, size, path)]));
  const find = (name: string): GgufTensor => {
    const tensor = tensors.get(name);
    if (tensor !== undefined) return tensor;
    throw new TooltuneError('gguf/missing-tensor', `tensor ${name} is missing`, { location: { file: path } });
  };
  const readEncoded = async (name: string): Promise<Uint8Array> => {
    const { format, shape, offset } = find(name);
    const file = await open(path);
    try {
      const bytes = await readBytes(file, tensorBytes(format, valueCount(shape)), offset);
      if (bytes === undefined) throw truncated(name, path);
      return bytes;
    } finally {
      await file.close();
    }
  };
  return {
    path,
    metadata: header.metadata,
    encodedMetadata: header.encodedMetadata,
    tensors,
    readEncoded,
    async readTensor(name) {
      const { format, shape } = find(name);
      return { shape, data: dequantize(format, await readEncoded(name), valueCount(shape)) };
    },
    async readBlocks(name) {
      const { format, shape } = find(name);
      return isBlockTensorFormat(format) ? unpackBlockTensor(format, await readEncoded(name), shape) : null;
    },
  };
}

/** How much of a file is read first to find its header; more is read where that is not enough. */
const firstRead = 1 << 20;

async function readHeader(path: string): Promise<{ header: GgufHeader; size: number }> {
  const file = await open(path).catch((cause: unknown) => {
    throw unreadable('it cannot be opened', path, cause);
  });
  try {
    const { size } = await file.stat();
    for (let length = Math.min(firstRead, size); ; length = Math.min(length * 4, size)) {
      const bytes = await readBytes(file, length, 0).catch((cause: unknown) => {
        throw unreadable('it cannot be read', path, cause);
      });
      const header = bytes && parseGgufHeader(bytes, path);
      if (header !== undefined) return { header, size };
      if (length === size) {
        throw new TooltuneError('gguf/truncated', 'the file ends inside its header; pull the model again', {
          location: { file: path },
        });
      }
    }
  } finally {
    await file.close();
  }
}

function checkTensor(info: GgufTensorInfo, header: GgufHeader, size: number, path: string): GgufTensor {
  const { name, typeId, dimensions } = info;
  const format = tensorFormatById(typeId);
  if (format === undefined) {
    const known = Object.keys(tensorFormats).join(', ');
    throw new TooltuneError(
      'gguf/unsupported-format',
      `tensor ${name} has ggml type ${typeId}, which the trainer does not read yet; use a file whose tensors are ${known}`,
      { location: { file: path } },
    );
  }
  const shape = [...dimensions].reverse();
  if ((dimensions[0] ?? 1) % tensorFormats[format].blockValues !== 0) {
    throw unreadable(`the rows of tensor ${name} do not fill whole ${format} blocks`, path);
  }
  const offset = header.dataOffset + info.offset;
  if (offset + tensorBytes(format, valueCount(shape)) > size) throw truncated(name, path);
  return { name, format, shape, offset };
}

function valueCount(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}

function unreadable(reason: string, path: string, cause?: unknown): TooltuneError {
  return new TooltuneError('gguf/unreadable', `this is not a readable GGUF file: ${reason}; pull the model again`, {
    cause,
    location: { file: path },
  });
}

function truncated(name: string, path: string): TooltuneError {
  return new TooltuneError('gguf/truncated', `the file ends before tensor ${name} does; pull the model again`, {
    location: { file: path },
  });
}
