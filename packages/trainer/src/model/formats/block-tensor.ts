import type { BlockMatrix } from '../../graph/index.js';
import { type BlockTensorFormat, tensorBytes, tensorFormats } from '../tensor-format.js';
import type { BlockFormat } from './block-format.js';
import { kBlocks } from './k-blocks.js';
import { simpleBlocks } from './simple-blocks.js';

/** A tensor of a GGUF file as ONNX's DequantizeLinear takes it (block-wise, along the last axis), with the minimums apart. */
export interface BlockTensor extends BlockMatrix {
  blockSize: 16 | 32;
}

const blockFormats: Readonly<Record<BlockTensorFormat, BlockFormat>> = { ...simpleBlocks, ...kBlocks };

/** A tensor of a GGUF file as it is kept in memory: nothing is rounded. Throws a RangeError for a wrong length. */
export function unpackBlockTensor(format: BlockTensorFormat, data: Uint8Array, shape: readonly number[]): BlockTensor {
  const count = shape.reduce((a, b) => a * b, 1);
  checkLength(format, data, count);
  const { bits, signed, groupSize, hasMinimums, unpack } = blockFormats[format];
  const { blockValues, blockBytes } = tensorFormats[format];
  const scales = new Float32Array(count / groupSize);
  const minimums = new Float32Array(hasMinimums ? scales.length : 0);
  const values = new Uint8Array((count * bits) / 8);
  const codes = new Uint8Array(blockValues);
  for (let start = 0, at = 0; start < count; start += blockValues, at += blockBytes) {
    unpack(data, at, codes, scales, minimums, start / groupSize);
    if (bits === 8) values.set(codes, start);
    else for (let j = 0; j < blockValues; j += 2) values[(start + j) >>> 1] = codes[j]! | (codes[j + 1]! << 4);
  }
  return { shape, bits, signed, values, blockSize: groupSize, scales, minimums: hasMinimums ? minimums : null };
}

/** The values of a matrix, as float32. */
export function expandBlockTensor(tensor: BlockMatrix): Float32Array {
  const { shape, bits, signed, values, blockSize, scales, minimums } = tensor;
  const expanded = new Float32Array(shape.reduce((a, b) => a * b, 1));
  const unused = 32 - bits;
  for (let index = 0; index < expanded.length; index++) {
    const code = bits === 8 ? values[index]! : (values[index >>> 1]! >>> ((index & 1) * 4)) & 15;
    const block = Math.floor(index / blockSize);
    const product = (signed ? (code << unused) >> unused : code) * scales[block]!;
    expanded[index] = minimums === null ? product : product - minimums[block]!;
  }
  return expanded;
}

/**
 * The values of a tensor of a GGUF file as float32, bit for bit those of ggml's `dequantize_row_*` and those of the
 * unpacked tensor: products of a code and a scale are exact or rounded once, and so is the difference.
 */
export function dequantizeBlocks(format: BlockTensorFormat, data: Uint8Array, count: number): Float32Array {
  checkLength(format, data, count);
  const { bits, signed, groupSize, hasMinimums, unpack } = blockFormats[format];
  const { blockValues, blockBytes } = tensorFormats[format];
  const values = new Float32Array(count);
  // One block's worth, used again for each: nothing is allocated in the loop.
  const codes = new Uint8Array(blockValues);
  const scales = new Float32Array(blockValues / groupSize);
  const minimums = new Float32Array(scales.length);
  const unused = 32 - bits;
  for (let start = 0, at = 0; start < count; start += blockValues, at += blockBytes) {
    unpack(data, at, codes, scales, minimums, 0);
    for (let group = 0, j = 0; group < scales.length; group++) {
      const scale = scales[group]!;
      const minimum = minimums[group]!;
      for (const end = j + groupSize; j < end; j++) {
        const code = signed ? (codes[j]! << unused) >> unused : codes[j]!;
        values[start + j] = hasMinimums ? code * scale - minimum : code * scale;
      }
    }
  }
  return values;
}

function checkLength(format: BlockTensorFormat, data: Uint8Array, count: number): void {
  const expected = tensorBytes(format, count);
  if (data.length !== expected) throw new RangeError(`${format}: ${data.length} bytes for ${count} values`);
}
