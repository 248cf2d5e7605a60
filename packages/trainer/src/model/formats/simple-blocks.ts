import { readHalf } from '../half-float.js';
import type { BlockFormat } from './block-format.js';

/**
 * The formats with one scale, and perhaps one minimum, for 32 values: block_q4_0 to block_q8_0 of ggml-common.h. Four
 * bits of values 0 to 15 are the low halves of 16 bytes, those of values 16 to 31 the high halves; a fifth bit stands in
 * a word of its own.
 */
export const simpleBlocks: Readonly<Record<'Q4_0' | 'Q4_1' | 'Q5_0' | 'Q5_1' | 'Q8_0', BlockFormat>> = {
  Q4_0: {
    ...{ bits: 4, signed: true, groupSize: 32, hasMinimums: false },
    unpack(data, at, codes, scales, _minimums, group) {
      scales[group] = readHalf(data, at);
      // Codes count from -8: the flipped highest bit makes them two's complement.
      for (let j = 0; j < 16; j++) {
        codes[j] = (data[at + 2 + j]! & 15) ^ 8;
        codes[16 + j] = (data[at + 2 + j]! >>> 4) ^ 8;
      }
    },
  },
  Q4_1: {
    ...{ bits: 4, signed: false, groupSize: 32, hasMinimums: true },
    unpack(data, at, codes, scales, minimums, group) {
      scales[group] = readHalf(data, at);
      minimums[group] = -readHalf(data, at + 2);
      for (let j = 0; j < 16; j++) {
        codes[j] = data[at + 4 + j]! & 15;
        codes[16 + j] = data[at + 4 + j]! >>> 4;
      }
    },
  },
  Q5_0: {
    ...{ bits: 8, signed: true, groupSize: 32, hasMinimums: false },
    unpack(data, at, codes, scales, _minimums, group) {
      scales[group] = readHalf(data, at);
      unpackFiveBits(data, at + 2, codes);
      for (let j = 0; j < 32; j++) codes[j]! -= 16;
    },
  },
  Q5_1: {
    ...{ bits: 8, signed: false, groupSize: 32, hasMinimums: true },
    unpack(data, at, codes, scales, minimums, group) {
      scales[group] = readHalf(data, at);
      minimums[group] = -readHalf(data, at + 2);
      unpackFiveBits(data, at + 4, codes);
    },
  },
  Q8_0: {
    ...{ bits: 8, signed: true, groupSize: 32, hasMinimums: false },
    unpack(data, at, codes, scales, _minimums, group) {
      scales[group] = readHalf(data, at);
      for (let j = 0; j < 32; j++) codes[j] = data[at + 2 + j]!;
    },
  },
};

/** Four bytes of fifth bits, value 0 first, then 16 bytes of the lower four. */
function unpackFiveBits(data: Uint8Array, at: number, codes: Uint8Array): void {
  for (let j = 0; j < 16; j++) {
    const pair = data[at + 4 + j]!;
    codes[j] = (pair & 15) | (bit(data, at, j) << 4);
    codes[16 + j] = (pair >>> 4) | (bit(data, at, 16 + j) << 4);
  }
}

function bit(data: Uint8Array, at: number, index: number): number {
  return (data[at + (index >>> 3)]! >>> (index & 7)) & 1;
}
