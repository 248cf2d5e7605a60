import { TooltuneError } from '@tooltune/sdk';
import { toHalf } from './half-float.js';
import { tensorBytes, tensorFormats } from './tensor-format.js';

/** Formats that tooltune writes. */
export type WritableFormat = 'F32' | 'F16' | 'BF16' | 'Q4_0' | 'Q4_1' | 'Q8_0';

/**
 * Encodes float32 values as a GGUF tensor, to the very bytes of ggml's reference (`quantize_row_*_ref` in
 * ggml-quants.c, each operation rounded to float32 as on a processor without fused multiply-add). Rows must fill whole
 * blocks (32 values for Q4_0, Q4_1 and Q8_0). Throws `gguf/bad-length`; `gguf/not-finite` where a value, or the scale of
 * a block as a half-precision float, is not finite.
 */
export function quantize(format: WritableFormat, data: Float32Array): Uint8Array {
  const bytes = new Uint8Array(tensorBytes(format, data.length));
  const view = new DataView(bytes.buffer);
  switch (format) {
    case 'F32':
      for (let i = 0; i < data.length; i++) view.setFloat32(i * 4, finite(data[i]!, format), true);
      break;
    case 'F16':
      for (let i = 0; i < data.length; i++) view.setUint16(i * 2, finiteHalf(data[i]!, format), true);
      break;
    case 'BF16':
      for (let i = 0; i < data.length; i++) view.setUint16(i * 2, brainFloat(data[i]!), true);
      break;
    default: {
      const { blockValues, blockBytes } = tensorFormats[format];
      const writeBlock = blockWriters[format];
      for (let from = 0, at = 0; from < data.length; from += blockValues, at += blockBytes) {
        writeBlock(data, from, view, at);
      }
    }
  }
  return bytes;
}

type BlockWriter = (data: Float32Array, from: number, view: DataView, at: number) => void;

const { abs, floor, fround, max, min } = Math;

const blockWriters: Readonly<Record<'Q4_0' | 'Q4_1' | 'Q8_0', BlockWriter>> = {
  Q4_0(data, from, view, at) {
    // The value of the largest magnitude, sign and all, becomes -8: the one end that four bits reach.
    let furthest = 0;
    for (let j = 0; j < 32; j++) if (abs(data[from + j]!) > abs(furthest)) furthest = data[from + j]!;
    const scale = fround(furthest / -8);
    const inverse = inverseOf(scale);
    view.setUint16(at, finiteHalf(scale, 'Q4_0'), true);
    for (let j = 0; j < 16; j++) {
      const low = fourBits(finite(data[from + j]!, 'Q4_0') * inverse, 8.5);
      const high = fourBits(finite(data[from + 16 + j]!, 'Q4_0') * inverse, 8.5);
      view.setUint8(at + 2 + j, low | (high << 4));
    }
  },
  Q4_1(data, from, view, at) {
    let lowest = Number.POSITIVE_INFINITY;
    let highest = Number.NEGATIVE_INFINITY;
    for (let j = 0; j < 32; j++) {
      lowest = min(lowest, data[from + j]!);
      highest = max(highest, data[from + j]!);
    }
    const scale = fround(fround(highest - lowest) / 15);
    const inverse = inverseOf(scale);
    view.setUint16(at, finiteHalf(scale, 'Q4_1'), true);
    view.setUint16(at + 2, finiteHalf(lowest, 'Q4_1'), true);
    for (let j = 0; j < 16; j++) {
      const low = fourBits(fround(data[from + j]! - lowest) * inverse, 0.5);
      const high = fourBits(fround(data[from + 16 + j]! - lowest) * inverse, 0.5);
      view.setUint8(at + 4 + j, low | (high << 4));
    }
  },
  Q8_0(data, from, view, at) {
    let largest = 0;
    for (let j = 0; j < 32; j++) largest = max(largest, abs(data[from + j]!));
    const scale = fround(largest / 127);
    const inverse = inverseOf(scale);
    view.setUint16(at, finiteHalf(scale, 'Q8_0'), true);
    for (let j = 0; j < 32; j++) view.setInt8(at + 2 + j, roundAwayFromZero(fround(data[from + j]! * inverse)));
  },
};

/** 1 / scale as a float32; 0 for a scale so small that its inverse is none, whose half is 0 too. */
function inverseOf(scale: number): number {
  const inverse = fround(1 / scale);
  return Number.isFinite(inverse) ? inverse : 0;
}

/** The whole part of a product and an offset, at most 15. */
function fourBits(product: number, offset: number): number {
  return min(15, floor(fround(fround(product) + offset)));
}

/** C's roundf. Not floor(x + 0.5), which is one too many for the float just below a half. */
function roundAwayFromZero(value: number): number {
  const magnitude = abs(value);
  const whole = floor(magnitude);
  const rounded = magnitude - whole >= 0.5 ? whole + 1 : whole;
  return value < 0 ? -rounded : rounded;
}

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

/** Nearest bfloat16, ties to even. */
function brainFloat(value: number): number {
  float[0] = finite(value, 'BF16');
  const bits = floatBits[0]!;
  const rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
  if ((rounded & 0x7f80) === 0x7f80) throw notFinite(value, 'BF16');
  return rounded;
}

function finite(value: number, format: WritableFormat): number {
  if (Number.isFinite(value)) return value;
  throw notFinite(value, format);
}

function finiteHalf(value: number, format: WritableFormat): number {
  const bits = toHalf(value);
  if ((bits & 0x7c00) === 0x7c00) throw notFinite(value, format);
  return bits;
}

function notFinite(value: number, format: WritableFormat): TooltuneError {
  return new TooltuneError('gguf/not-finite', `${value} is beyond what ${format} can hold; nothing was written`);
}
