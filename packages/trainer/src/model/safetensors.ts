import { readFile } from 'node:fs/promises';
import { TooltuneError } from '@tooltune/sdk';
import { arrayBytes } from '../array-bytes.js';
import { dequantize } from './dequantize.js';
import { safetensorsHeader } from './safetensors-writer.js';
import type { FloatFormat } from './tensor-format.js';

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
  const entries = tensors.map(({ name, shape, data }) => {
    return { name, dtype: 'F32' as const, shape, bytes: data.byteLength };
  });
  return Buffer.concat([safetensorsHeader(entries, metadata), ...tensors.map(({ data }) => arrayBytes(data))]);
}

/** Reads tensors of floats, as float32. Throws `safetensors/unreadable`. */
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
      if (!isFloat(dtype)) throw new Error(`${name} is ${dtype}, not F32, F16 or BF16`);
      const [start, end] = data_offsets.map((offset) => 8 + length + offset) as [number, number];
      if (end > bytes.length) throw new Error(`${name} is cut off`);
      const count = shape.reduce((a, b) => a * b, 1);
      const data = dequantize(dtype, bytes.subarray(start, end), count);
      tensors.set(name, { name, shape, data });
    }
    return { metadata: (header.__metadata__ ?? {}) as Record<string, string>, tensors };
  } catch (cause) {
    throw new TooltuneError('safetensors/unreadable', 'this is not a readable safetensors file of floats', {
      cause,
      location: { file: path },
    });
  }
}

function isFloat(dtype: string): dtype is FloatFormat {
  return dtype === 'F32' || dtype === 'F16' || dtype === 'BF16';
}
