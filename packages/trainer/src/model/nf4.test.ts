import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { expandCodebookMatrix, nf4Codebook, quantizeNf4 } from './nf4.js';

describe('nf4Codebook', () => {
  it("is what bitsandbytes' create_normal_map makes of quantiles of the normal distribution", () => {
    // Evenly spaced probabilities from 0.9677083 down to just above a half: eight above zero, seven below.
    const offset = 0.9677083;
    const probabilities = (count: number) =>
      Array.from({ length: count - 1 }, (_, index) => offset + (index * (0.5 - offset)) / (count - 1));
    const positive = probabilities(9).map(normalQuantile);
    const negative = probabilities(8).map((probability) => -normalQuantile(probability));
    const values = [...negative, 0, ...positive.reverse()].map((value) => value / normalQuantile(offset));
    expect(nf4Codebook).toHaveLength(16);
    // Theirs was computed in float32.
    values.forEach((value, code) => {
      expect(Math.abs(nf4Codebook[code]! - value)).toBeLessThan(1e-6);
    });
  });
});

/** The probability's quantile, by halving an interval; the error function by its series (Abramowitz and Stegun 7.1.6). */
function normalQuantile(probability: number): number {
  let [low, high] = [0, 4];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (normalProbability(middle) < probability) low = middle;
    else high = middle;
  }
  return low;
}

function normalProbability(x: number): number {
  let term = x / Math.sqrt(2);
  let sum = term;
  for (let n = 1; n < 100; n++) {
    term *= (x * x) / (2 * n + 1);
    sum += term;
  }
  return 0.5 + (sum / Math.sqrt(Math.PI)) * Math.exp((-x * x) / 2);
}

describe('quantizeNf4', () => {
  it('gives the codes and scales worked out by hand', () => {
    const row = new Float32Array(128);
    // The first block's largest magnitude is 4, the second's 0.5.
    row.set([4, -4, 0, 0.3, 0.33, -2.5, 1.4, -0.2]);
    row.set([-0.5, 0.5, 0.26, 0.02], 64);
    const { codes, scales, blockSize, shape } = quantizeNf4(row, [1, 128]);
    expect({ blockSize, shape, scales: [...scales] }).toEqual({ blockSize: 64, shape: [1, 128], scales: [4, 0.5] });
    // 1, -1, 0, 0.075 (above 0.0398), 0.0825, -0.625 (below -0.6106), 0.35, -0.05 (below -0.0455)
    expect([...codes.subarray(0, 4)]).toEqual([15 | (0 << 4), 7 | (8 << 4), 8 | (1 << 4), 11 | (6 << 4)]);
    // -1, 1, 0.52 (above 0.5017), 0.04 (above 0.0398)
    expect([...codes.subarray(32, 34)]).toEqual([0 | (15 << 4), 13 | (8 << 4)]);
    expect([...codes.subarray(4, 32)]).toEqual(Array(28).fill(7 | (7 << 4)));
  });

  it("has the pivots of bitsandbytes' dQuantizeNF4: what is above one takes the next code", () => {
    const published = [
      ...[-0.8480964004993439, -0.6106329262256622, -0.4599952697753906, -0.33967943489551544, -0.23460740596055984],
      ...[-0.13791173323988914, -0.045525018125772476, 0.03979014977812767, 0.1202552504837513, 0.2035212516784668],
      ...[0.2920137718319893, 0.3893125355243683, 0.5016634166240692, 0.6427869200706482, 0.8614784181118011],
    ];
    const row = new Float32Array(64);
    row[0] = 1;
    published.forEach((pivot, code) => {
      row[2] = pivot;
      row[3] = nextAbove(pivot);
      expect(quantizeNf4(row, [64]).codes[1], `${pivot}`).toBe(code | ((code + 1) << 4));
    });
  });

  it('gives back what the codebook holds, and stays within half a gap of anything else', () => {
    const random = createRandom(1);
    const scale = 0.37;
    const held = Float32Array.from({ length: 64 }, (_, index) => nf4Codebook[index % 16]! * Math.fround(scale));
    const expanded = expandCodebookMatrix(quantizeNf4(held, [1, 64]));
    expanded.forEach((value, index) => {
      expect(value).toBeCloseTo(held[index]!, 7);
    });

    const weights = Float32Array.from({ length: 64 * 40 }, () => 0.02 * random.normal());
    const tensor = quantizeNf4(weights, [10, 256]);
    const widest = (1 - 0.6961928) / 2;
    expandCodebookMatrix(tensor).forEach((value, index) => {
      const largest = tensor.scales[Math.floor(index / 64)]!;
      expect(Math.abs(value - weights[index]!)).toBeLessThanOrEqual(widest * largest * 1.000001);
    });
  });

  it('leaves a block of zeros zero', () => {
    expect([...expandCodebookMatrix(quantizeNf4(new Float32Array(64), [64]))]).toEqual(Array(64).fill(0));
  });

  it.each<[string, Float32Array, number[], string]>([
    ['rows that do not fill whole blocks', new Float32Array(96), [2, 48], 'model/bad-length'],
    ['another number of values', new Float32Array(64), [2, 64], 'model/bad-length'],
    ['a value that is not finite', new Float32Array(64).fill(Number.NaN), [64], 'model/not-finite'],
  ])('refuses %s', (_what, data, shape, code) => {
    expect(() => quantizeNf4(data, shape)).toThrow(expect.objectContaining({ code }));
  });
});

/** The next float32 after a number. */
function nextAbove(value: number): number {
  const float = Float32Array.of(value);
  const bits = new Int32Array(float.buffer);
  bits[0]! += value > 0 ? 1 : -1;
  return float[0]!;
}
