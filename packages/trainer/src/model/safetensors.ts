import { TooltuneError } from '@tooltune/sdk';
import { arrayBytes } from '../array-bytes.js';
import { dequantize } from './dequantize.js';
import { openSafetensors } from './safetensors-file.js';
import { safetensorsHeader } from './safetensors-writer.js';

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

/**
 * Reads all tensors of a file, as float32. Throws `safetensors/not-found`, or `safetensors/unreadable` for a file that is
 * damaged, or not of floats alone.
 */
export async function readSafetensors(
  path: string,
): Promise<{ metadata: Readonly<Record<string, string>>; tensors: Map<string, SafetensorsTensor> }> {
  try {
    const file = await openSafetensors(path);
    const tensors = new Map<string, SafetensorsTensor>();
    for (const [name, { format, shape }] of file.tensors) {
      const count = shape.reduce((a, b) => a * b, 1);
      tensors.set(name, { name, shape, data: dequantize(format, await file.readEncoded(name), count) });
    }
    return { metadata: file.metadata, tensors };
  } catch (cause) {
    if (!TooltuneError.isInstance(cause) || cause.code === 'safetensors/not-found') throw cause;
    throw new TooltuneError('safetensors/unreadable', 'this is not a readable safetensors file of floats', {
      cause,
      location: { file: path },
    });
  }
}
