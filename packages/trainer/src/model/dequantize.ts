import { dequantizeBlocks } from './formats/index.js';
import { fromHalf } from './half-float.js';
import { isBlockTensorFormat, type TensorFormat, tensorBytes } from './tensor-format.js';

/**
 * Values of a GGUF tensor as float32, in the order they are stored (row-major, rows of the first GGUF dimension), bit for
 * bit those of ggml-quants.c (`dequantize_row_*`). Throws `gguf/bad-length`, or a RangeError for a wrong number of bytes.
 * @param count number of values
 */
export function dequantize(format: TensorFormat, data: Uint8Array, count: number): Float32Array {
  if (isBlockTensorFormat(format)) return dequantizeBlocks(format, data, count);
  const expected = tensorBytes(format, count);
  if (data.length !== expected) throw new RangeError(`${format}: ${data.length} bytes for ${count} values`);
  const values = new Float32Array(count);
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  switch (format) {
    case 'F32':
      for (let i = 0; i < count; i++) values[i] = view.getFloat32(i * 4, true);
      break;
    case 'F16':
      for (let i = 0; i < count; i++) values[i] = fromHalf(view.getUint16(i * 2, true));
      break;
    case 'BF16': {
      const bits = new Uint32Array(values.buffer);
      for (let i = 0; i < count; i++) bits[i] = view.getUint16(i * 2, true) << 16;
      break;
    }
  }
  return values;
}
