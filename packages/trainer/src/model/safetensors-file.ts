import { type FileHandle, open } from 'node:fs/promises';
import { TooltuneError } from '@tooltune/sdk';
import { readBytes } from './read-bytes.js';
import { type FloatFormat, tensorFormats } from './tensor-format.js';

/** A tensor of floats in a safetensors file. */
export interface StoredTensor {
  format: FloatFormat;
  shape: readonly number[];
  /** Where its data is in the file, bytes. */
  offset: number;
}

/** A safetensors file whose tensors are read on demand. */
export interface SafetensorsFile {
  path: string;
  metadata: Readonly<Record<string, string>>;
  tensors: ReadonlyMap<string, StoredTensor>;
  /** A tensor's values as they are encoded. Throws `safetensors/missing-tensor`, `safetensors/truncated`. */
  readEncoded(name: string): Promise<Uint8Array>;
}

/** Longest header that the format allows, bytes. */
const longestHeader = 100_000_000;

/**
 * Opens a safetensors file (https://huggingface.co/docs/safetensors) and checks that it holds what its header says.
 * Throws `safetensors/not-found`, `safetensors/unreadable`, `safetensors/truncated`, or `safetensors/unsupported-type`
 * naming the tensor that is not F32, F16 or BF16.
 */
export async function openSafetensors(path: string): Promise<SafetensorsFile> {
  const fail = (code: string, message: string, cause?: unknown): TooltuneError =>
    new TooltuneError(`safetensors/${code}`, message, { cause, location: { file: path } });
  const withFile = async <T>(use: (file: FileHandle) => Promise<T>): Promise<T> => {
    const file = await open(path).catch((cause: unknown) => {
      const missing = (cause as { code?: unknown }).code === 'ENOENT';
      throw missing
        ? fail('not-found', 'there is no such file; get the model again', cause)
        : fail('unreadable', 'this file cannot be opened', cause);
    });
    try {
      return await use(file);
    } finally {
      await file.close();
    }
  };
  const cutOff = (what: string) => fail('truncated', `the file ends before ${what} does; get the model again`);

  const { metadata, tensors } = await withFile(async (file) => {
    const { size } = await file.stat();
    const lengthBytes = await readBytes(file, 8, 0);
    if (lengthBytes === undefined) throw cutOff('its header');
    const length = Number(lengthBytes.readBigUInt64LE());
    if (length > longestHeader) throw fail('unreadable', 'this is not a safetensors file; get the model again');
    const header = await readBytes(file, length, 8);
    if (header === undefined) throw cutOff('its header');
    const { metadata, entries } = parseHeader(header, (cause) =>
      fail('unreadable', 'this is not a safetensors file; get the model again', cause),
    );
    const tensors = new Map<string, StoredTensor>();
    for (const [name, { dtype, shape, offsets }] of entries) {
      if (!isFloat(dtype)) {
        const message = `tensor ${name} is ${dtype}; only F32, F16 and BF16 are read. Use the unquantised model, or a GGUF file`;
        throw fail('unsupported-type', message);
      }
      const bytes = shape.reduce((a, b) => a * b, tensorFormats[dtype].blockBytes);
      if (offsets[1] - offsets[0] !== bytes) {
        throw fail('unreadable', `the size of tensor ${name} contradicts its shape; get the model again`);
      }
      if (8 + length + offsets[1] > size) throw cutOff(`tensor ${name}`);
      tensors.set(name, { format: dtype, shape, offset: 8 + length + offsets[0] });
    }
    return { metadata, tensors };
  });

  return {
    path,
    metadata,
    tensors,
    async readEncoded(name) {
      const tensor = tensors.get(name);
      if (tensor === undefined) throw fail('missing-tensor', `tensor ${name} is missing`);
      const { format, shape, offset } = tensor;
      const length = shape.reduce((a, b) => a * b, tensorFormats[format].blockBytes);
      const bytes = await withFile((file) => readBytes(file, length, offset));
      if (bytes === undefined) throw cutOff(`tensor ${name}`);
      return bytes;
    },
  };
}

interface HeaderEntry {
  dtype: string;
  shape: number[];
  offsets: [start: number, end: number];
}

interface Header {
  metadata: Record<string, string>;
  entries: Map<string, HeaderEntry>;
}

function parseHeader(bytes: Buffer, unreadable: (cause: unknown) => TooltuneError): Header {
  try {
    const header = JSON.parse(bytes.toString('utf8')) as Record<string, unknown>;
    const entries = new Map<string, HeaderEntry>();
    for (const [name, value] of Object.entries(header)) {
      if (name === '__metadata__') continue;
      const { dtype, shape, data_offsets: offsets } = value as Record<string, unknown>;
      if (typeof dtype !== 'string' || !isSizes(shape) || !isSizes(offsets) || offsets.length !== 2) {
        throw new Error(`tensor ${name} is not described`);
      }
      entries.set(name, { dtype, shape, offsets: [offsets[0]!, offsets[1]!] });
    }
    return { metadata: (header.__metadata__ ?? {}) as Record<string, string>, entries };
  } catch (cause) {
    throw unreadable(cause);
  }
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}

function isFloat(dtype: string): dtype is FloatFormat {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
}
