import { open } from 'node:fs/promises';
import { type TensorFormat, tensorBytes, tensorFormats } from './tensor-format.js';

/** Metadata value with its GGUF type, which JavaScript's number cannot tell. */
export type GgufValue =
  | { type: 'uint32' | 'int32' | 'float32'; value: number }
  | { type: 'bool'; value: boolean }
  | { type: 'string'; value: string }
  | { type: 'string[]'; value: readonly string[] }
  | { type: 'int32[]' | 'float32[]'; value: readonly number[] }
  /** As another file has it, its type first: `encodedMetadata` of `openGguf`. */
  | { type: 'encoded'; value: Uint8Array };

export interface GgufTensorToWrite {
  name: string;
  format: TensorFormat;
  /** Outermost dimension first. */
  shape: readonly number[];
  /** Encoded values (for F32: their little-endian bytes), or a function that makes them when they are due. */
  data: Uint8Array | (() => Promise<Uint8Array>);
}

const alignment = 32;
const typeIds = { uint32: 4, int32: 5, float32: 6, bool: 7, string: 8, array: 9 } as const;

/**
 * Writes a GGUF file, version 3 (https://github.com/ggml-org/ggml/blob/master/docs/gguf.md).
 * The same input gives the same bytes. Tensors are written one after another; only one is held in memory.
 */
export async function writeGguf(
  path: string,
  metadata: Readonly<Record<string, GgufValue>>,
  tensors: readonly GgufTensorToWrite[],
): Promise<void> {
  const header = new HeaderWriter();
  header.bytes(Buffer.from('GGUF'));
  header.uint32(3);
  header.uint64(tensors.length);
  header.uint64(Object.keys(metadata).length);
  for (const [key, value] of Object.entries(metadata)) {
    header.string(key);
    writeValue(header, value);
  }
  let offset = 0;
  for (const tensor of tensors) {
    header.string(tensor.name);
    header.uint32(tensor.shape.length);
    for (const dimension of [...tensor.shape].reverse()) header.uint64(dimension);
    header.uint32(tensorFormats[tensor.format].id);
    header.uint64(offset);
    offset += aligned(sizeOf(tensor));
  }
  const file = await open(path, 'w');
  try {
    // Not file.write, which may write less than all of it and say so only by its result.
    await file.writeFile(padded(header.finish()));
    for (const tensor of tensors) {
      const data = typeof tensor.data === 'function' ? await tensor.data() : tensor.data;
      if (data.length !== sizeOf(tensor)) {
        throw new RangeError(`${tensor.name}: ${data.length} bytes where ${sizeOf(tensor)} belong`);
      }
      await file.writeFile(padded(data));
    }
  } finally {
    await file.close();
  }
}

function sizeOf(tensor: GgufTensorToWrite): number {
  return tensorBytes(
    tensor.format,
    tensor.shape.reduce((a, b) => a * b, 1),
  );
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / alignment) * alignment;
}

function padded(bytes: Uint8Array): Uint8Array {
  if (bytes.length % alignment === 0) return bytes;
  const result = new Uint8Array(aligned(bytes.length));
  result.set(bytes);
  return result;
}

function writeValue(header: HeaderWriter, value: GgufValue): void {
  switch (value.type) {
    case 'encoded':
      header.bytes(value.value);
      break;
    case 'string[]':
      header.uint32(typeIds.array);
      header.uint32(typeIds.string);
      header.uint64(value.value.length);
      for (const item of value.value) header.string(item);
      break;
    case 'int32[]':
    case 'float32[]': {
      header.uint32(typeIds.array);
      header.uint32(value.type === 'int32[]' ? typeIds.int32 : typeIds.float32);
      header.uint64(value.value.length);
      for (const item of value.value) {
        if (value.type === 'int32[]') header.int32(item);
        else header.float32(item);
      }
      break;
    }
    case 'string':
      header.uint32(typeIds.string);
      header.string(value.value);
      break;
    case 'bool':
      header.uint32(typeIds.bool);
      header.bytes(Uint8Array.of(value.value ? 1 : 0));
      break;
    case 'uint32':
      header.uint32(typeIds.uint32);
      header.uint32(value.value);
      break;
    case 'int32':
      header.uint32(typeIds.int32);
      header.int32(value.value);
      break;
    case 'float32':
      header.uint32(typeIds.float32);
      header.float32(value.value);
      break;
  }
}

class HeaderWriter {
  #parts: Uint8Array[] = [];

  bytes(bytes: Uint8Array): void {
    this.#parts.push(bytes);
  }

  uint32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32LE(value);
    this.#parts.push(bytes);
  }

  int32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeInt32LE(value);
    this.#parts.push(bytes);
  }

  float32(value: number): void {
    const bytes = Buffer.alloc(4);
    bytes.writeFloatLE(value);
    this.#parts.push(bytes);
  }

  uint64(value: number): void {
    const bytes = Buffer.alloc(8);
    bytes.writeBigUInt64LE(BigInt(value));
    this.#parts.push(bytes);
  }

  string(value: string): void {
    const bytes = Buffer.from(value, 'utf8');
    this.uint64(bytes.length);
    this.#parts.push(bytes);
  }

  finish(): Uint8Array {
    return Buffer.concat(this.#parts);
  }
}
