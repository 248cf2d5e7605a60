import { fromHalf } from './half-float.js';
import { type TensorFormat, tensorBytes } from './tensor-format.js';

/**
 * Values of a GGUF tensor as float32, in the order they are stored (row-major, rows of the first GGUF dimension).
 * Block layouts as in ggml-quants.c (`dequantize_row_*`).
 * @param count number of values
 */
export function dequantize(format: TensorFormat, data: Uint8Array, count: number): Float32Array {
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
    case 'Q4_0':
      for (let block = 0, at = 0; block < count; block += 32, at += 18) {
        const scale = fromHalf(view.getUint16(at, true));
        for (let j = 0; j < 16; j++) {
          const pair = data[at + 2 + j]!;
          values[block + j] = ((pair & 15) - 8) * scale;
          values[block + 16 + j] = ((pair >>> 4) - 8) * scale;
        }
      }
      break;
    case 'Q4_1':
      for (let block = 0, at = 0; block < count; block += 32, at += 20) {
        const scale = fromHalf(view.getUint16(at, true));
        const minimum = fromHalf(view.getUint16(at + 2, true));
        for (let j = 0; j < 16; j++) {
          const pair = data[at + 4 + j]!;
          values[block + j] = (pair & 15) * scale + minimum;
          values[block + 16 + j] = (pair >>> 4) * scale + minimum;
        }
      }
      break;
    case 'Q8_0':
      for (let block = 0, at = 0; block < count; block += 32, at += 34) {
        const scale = fromHalf(view.getUint16(at, true));
        for (let j = 0; j < 32; j++) values[block + j] = view.getInt8(at + 2 + j) * scale;
      }
      break;
  }
  return values;
}
