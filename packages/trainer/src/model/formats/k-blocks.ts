import { readHalf } from '../half-float.js';
import type { BlockFormat } from './block-format.js';

/**
 * The "k-quants" of 256 values: block_q4_K, block_q5_K and block_q6_K of ggml-common.h. The scales of their groups are
 * small integers themselves, times one half-precision float for the block.
 */
export const kBlocks: Readonly<Record<'Q4_K' | 'Q5_K' | 'Q6_K', BlockFormat>> = {
  Q4_K: {
    ...{ bits: 4, signed: false, groupSize: 32, hasMinimums: true },
    unpack(data, at, codes, scales, minimums, group) {
      unpackScales(data, at, scales, minimums, group);
      for (let pair = 0; pair < 4; pair++) {
        for (let j = 0; j < 32; j++) {
          const byte = data[at + 16 + pair * 32 + j]!;
          codes[pair * 64 + j] = byte & 15;
          codes[pair * 64 + 32 + j] = byte >>> 4;
        }
      }
    },
  },
  Q5_K: {
    ...{ bits: 8, signed: false, groupSize: 32, hasMinimums: true },
    unpack(data, at, codes, scales, minimums, group) {
      unpackScales(data, at, scales, minimums, group);
      for (let pair = 0; pair < 4; pair++) {
        for (let j = 0; j < 32; j++) {
          // Byte j holds the fifth bits of the j-th value of each of the eight groups.
          const fifths = data[at + 16 + j]! >>> (pair * 2);
          const byte = data[at + 48 + pair * 32 + j]!;
          codes[pair * 64 + j] = (byte & 15) | ((fifths & 1) << 4);
          codes[pair * 64 + 32 + j] = (byte >>> 4) | ((fifths & 2) << 3);
        }
      }
    },
  },
  Q6_K: {
    ...{ bits: 8, signed: true, groupSize: 16, hasMinimums: false },
    unpack(data, at, codes, scales, _minimums, group) {
      const scale = readHalf(data, at + 208);
      for (let j = 0; j < 16; j++) scales[group + j] = scale * ((data[at + 192 + j]! << 24) >> 24);
      for (let part = 0; part < 2; part++) {
        for (let j = 0; j < 32; j++) {
          const first = data[at + part * 64 + j]!;
          const second = data[at + part * 64 + 32 + j]!;
          const upper = data[at + 128 + part * 32 + j]!;
          const to = part * 128 + j;
          codes[to] = ((first & 15) | ((upper & 3) << 4)) - 32;
          codes[to + 32] = ((second & 15) | ((upper & 12) << 2)) - 32;
          codes[to + 64] = ((first >>> 4) | (upper & 48)) - 32;
          codes[to + 96] = ((second >>> 4) | ((upper & 192) >>> 2)) - 32;
        }
      }
    },
  },
};

/** Eight scales and eight minimums of six bits in twelve bytes (get_scale_min_k4), times the block's two halves. */
function unpackScales(data: Uint8Array, at: number, scales: Float32Array, minimums: Float32Array, group: number): void {
  const scale = readHalf(data, at);
  const minimum = readHalf(data, at + 2);
  for (let j = 0; j < 4; j++) {
    const first = data[at + 4 + j]!;
    const second = data[at + 8 + j]!;
    const third = data[at + 12 + j]!;
    scales[group + j] = scale * (first & 63);
    minimums[group + j] = minimum * (second & 63);
    scales[group + 4 + j] = scale * ((third & 15) | ((first >>> 6) << 4));
    minimums[group + 4 + j] = minimum * ((third >>> 4) | ((second >>> 6) << 4));
  }
}
