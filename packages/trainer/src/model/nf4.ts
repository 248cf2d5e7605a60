import { TooltuneError } from '@tooltune/sdk';
import type { CodebookMatrix } from '../graph/index.js';

/**
 * A matrix in the 4-bit NormalFloat of QLoRA (Dettmers et al. 2023): value = codebook[code] · scale. It is a form to train
 * on only, in memory: no file is written in it. What serves the adapter is a GGUF file of the same model in any format.
 */
export interface Nf4Tensor extends CodebookMatrix {
  blockSize: 64;
}

/**
 * The values that codes stand for: quantiles of the normal distribution, one of them zero, scaled to ±1. To the last bit
 * those of bitsandbytes (`bitsandbytes.functional.get_4bit_type("nf4")`).
 */
export const nf4Codebook: Float32Array = Float32Array.of(
  -1.0,
  -0.6961928009986877,
  -0.5250730514526367,
  -0.39491748809814453,
  -0.28444138169288635,
  -0.18477343022823334,
  -0.09105003625154495,
  0.0,
  0.07958029955625534,
  0.16093020141124725,
  0.24611230194568634,
  0.33791524171829224,
  0.44070982933044434,
  0.5626170039176941,
  0.7229568362236023,
  1.0,
);

const blockSize = 64;

/** Between neighbouring values of the codebook, rounded to float32: bitsandbytes' pivots (dQuantizeNF4); above all, none. */
const pivots = Float32Array.from({ length: 16 }, (_, code) =>
  code < 15 ? (nf4Codebook[code]! + nf4Codebook[code + 1]!) / 2 : Number.POSITIVE_INFINITY,
);

/** Parts of a length of 1, so narrow that none holds two pivots. */
const partsOfOne = 128;

/** The code of the least value of each part of [-1, 1]. */
const firstCodes = Uint8Array.from(
  { length: 2 * partsOfOne + 1 },
  (_, part) => pivots.filter((pivot) => part / partsOfOne - 1 > pivot).length,
);

/** Whether a tensor is a matrix whose rows are whole blocks of NF4. */
export function fitsNf4(shape: readonly number[]): boolean {
  return shape.length === 2 && shape[1]! % blockSize === 0;
}

/**
 * Quantises a matrix to NF4, in blocks of 64 values of a row, each to the nearest value of the codebook; a tie goes to the
 * lower code. Scales are kept as float32, not quantised once more.
 * Throws `model/bad-length` where rows do not fill whole blocks, `model/not-finite` where a value is not finite.
 * @param data row-major
 */
export function quantizeNf4(data: Float32Array, shape: readonly number[]): Nf4Tensor {
  const inputs = shape.at(-1) ?? 0;
  if (inputs % blockSize !== 0 || data.length !== shape.reduce((a, b) => a * b, 1)) {
    const message = `${data.length} values as [${shape.join(', ')}] are no whole rows of NF4 blocks of ${blockSize}`;
    throw new TooltuneError('model/bad-length', message);
  }
  const codes = new Uint8Array(data.length / 2);
  const scales = new Float32Array(data.length / blockSize);
  for (let block = 0, start = 0; block < scales.length; block++, start += blockSize) {
    let largest = 0;
    for (let j = start; j < start + blockSize; j++) largest = Math.max(largest, Math.abs(data[j]!));
    if (!Number.isFinite(largest)) throw new TooltuneError('model/not-finite', 'a weight is not finite');
    scales[block] = largest;
    // Of a scale so small that its inverse is none, all values become zero.
    const inverse = Math.fround(1 / largest) === Number.POSITIVE_INFINITY ? 0 : Math.fround(1 / largest);
    for (let j = start; j < start + blockSize; j += 2) {
      codes[j >>> 1] = nearest(Math.fround(data[j]! * inverse)) | (nearest(Math.fround(data[j + 1]! * inverse)) << 4);
    }
  }
  return { shape, codes, codebook: nf4Codebook, blockSize, scales };
}

/** The values that a matrix stands for, as float32. */
export function expandCodebookMatrix({ codes, codebook, blockSize, scales }: CodebookMatrix): Float32Array {
  const values = new Float32Array(codes.length * 2);
  for (let index = 0; index < values.length; index++) {
    const code = (codes[index >>> 1]! >>> ((index & 1) * 4)) & 15;
    values[index] = codebook[code]! * scales[Math.floor(index / blockSize)]!;
  }
  return values;
}

/** Code of the nearest value. */
function nearest(value: number): number {
  const code = firstCodes[((value + 1) * partsOfOne) | 0]!;
  return value > pivots[code]! ? code + 1 : code;
}
