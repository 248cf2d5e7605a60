import { open } from 'node:fs/promises';
import { type FloatFormat, tensorBytes } from './tensor-format.js';

export interface SafetensorsTensorToWrite {
  name: string;
  format: FloatFormat;
  /** Outermost dimension first. */
  shape: readonly number[];
  /** Makes the encoded values when they are due. */
  data: () => Promise<Uint8Array>;
}

/**
 * Writes a safetensors file (https://huggingface.co/docs/safetensors), one tensor after another; only one is held in
 * memory. The same input gives the same bytes.
 */
export async function writeSafetensors(
  path: string,
  tensors: readonly SafetensorsTensorToWrite[],
  metadata: Readonly<Record<string, string>>,
): Promise<void> {
  const sizes = tensors.map(({ format, shape }) =>
    tensorBytes(
      format,
      shape.reduce((a, b) => a * b, 1),
    ),
  );
  const entries = tensors.map(({ name, format, shape }, index) => ({
    name,
    dtype: format,
    shape,
    bytes: sizes[index]!,
  }));
  const file = await open(path, 'w');
  try {
    // Not file.write, which may write less than all of it and say so only by its result.
    await file.writeFile(safetensorsHeader(entries, metadata));
    for (const [index, { name, data }] of tensors.entries()) {
      const bytes = await data();
      if (bytes.length !== sizes[index]) {
        throw new RangeError(`${name}: ${bytes.length} bytes where ${sizes[index]} belong`);
      }
      await file.writeFile(bytes);
    }
  } finally {
    await file.close();
  }
}

/** What stands before the data: an 8-byte length and a JSON header, filled up with spaces to a multiple of 8 bytes. */
export function safetensorsHeader(
  tensors: readonly { name: string; dtype: FloatFormat; shape: readonly number[]; bytes: number }[],
  metadata: Readonly<Record<string, string>>,
): Buffer {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    header[name] = { dtype, shape, data_offsets: [offset, offset + bytes] };
    offset += bytes;
  }
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const result = Buffer.alloc(8 + Math.ceil(text.length / 8) * 8, ' ');
  result.writeBigUInt64LE(BigInt(result.length - 8), 0);
  text.copy(result, 8);
  return result;
}
