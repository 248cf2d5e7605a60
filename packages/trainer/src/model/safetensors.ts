import { readFile } from 'node:fs/promises';
import { TooltuneError } from '@tooltune/sdk';

export interface SafetensorsTensor {
  name: string;
  shape: readonly number[];
  data: Float32Array;
}

/**
 * Serialises float32 tensors as safetensors (https://huggingface.co/docs/safetensors): an 8-byte length, a JSON header,
 * then the data, little-endian.
 */
export function encodeSafetensors(
  tensors: readonly SafetensorsTensor[],
  metadata: Readonly<Record<string, string>> = {},
): Uint8Array {
  const header: Record<string, unknown> = { __metadata__: metadata };
  let offset = 0;
  for (const { name, shape, data } of tensors) {
    header[name] = { dtype: 'F32', shape, data_offsets: [offset, offset + data.byteLength] };
    offset += data.byteLength;
  }
  const text = Buffer.from(JSON.stringify(header), 'utf8');
  const padding = (8 - (text.length % 8)) % 8;
  const result = Buffer.alloc(8 + text.length + padding + offset, ' ');
  result.writeBigUInt64LE(BigInt(text.length + padding), 0);
  text.copy(result, 8);
  let at = 8 + text.length + padding;
  for (const { data } of tensors) {
    result.set(new Uint8Array(data.buffer, data.byteOffset, data.byteLength), at);
    at += data.byteLength;
  }
  return result;
}

/** Reads float32 tensors. Throws `safetensors/unreadable`. */
export async function readSafetensors(
  path: string,
): Promise<{ metadata: Record<string, string>; tensors: Map<string, SafetensorsTensor> }> {
  const bytes = await readFile(path);
  try {
    const length = Number(bytes.readBigUInt64LE(0));
    const header = JSON.parse(bytes.toString('utf8', 8, 8 + length)) as Record<string, unknown>;
    const tensors = new Map<string, SafetensorsTensor>();
    for (const [name, value] of Object.entries(header)) {
      if (name === '__metadata__') continue;
      const { dtype, shape, data_offsets } = value as {
        dtype: string;
        shape: number[];
        data_offsets: [number, number];
      };
      if (dtype !== 'F32') throw new Error(`${name} is ${dtype}, not F32`);
      const [start, end] = data_offsets.map((offset) => 8 + length + offset) as [number, number];
      if (end > bytes.length) throw new Error(`${name} is cut off`);
      const data = new Float32Array((end - start) / 4);
      new Uint8Array(data.buffer).set(bytes.subarray(start, end));
      tensors.set(name, { name, shape, data });
    }
    return { metadata: (header.__metadata__ ?? {}) as Record<string, string>, tensors };
  } catch (cause) {
    throw new TooltuneError('safetensors/unreadable', 'this is not a readable safetensors file of float32 tensors', {
      cause,
      location: { file: path },
    });
  }
}
