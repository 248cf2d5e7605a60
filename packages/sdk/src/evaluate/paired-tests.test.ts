import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random/index.js';
import { holm, mcNemarExact } from './index.js';
import { differenceOf, pairedRate } from './paired-tests.js';

/** The binomial sum in whole numbers. */
function exact(a: number, b: number): number {
  const total = a + b;
  let term = 1n;
  let sum = 0n;
  for (let count = 0; count <= Math.min(a, b); count++) {
    sum += term;
    term = (term * BigInt(total - count)) / BigInt(count + 1);
  }
  return Math.min(1, 2 * Number((sum * 10n ** 18n) / 2n ** BigInt(total)) * 1e-18);
}

describe('mcNemarExact', () => {
  it.each([
    [0, 0, 1],
    [5, 5, 1],
    [0, 6, 0.03125],
    [1, 9, 0.021484375],
    [10, 25, 0.0166738478],
  ])('%i against %i: %d', (a, b, pValue) => expect(mcNemarExact(a, b)).toBeCloseTo(pValue, 8));

  it('is the binomial sum, symmetric, and does not overflow', () => {
    fc.assert(
      fc.property(fc.nat(400), fc.nat(400), (a, b) => {
        expect(mcNemarExact(a, b)).toBeCloseTo(exact(a, b), 9);
        expect(mcNemarExact(a, b)).toBe(mcNemarExact(b, a));
      }),
    );
    expect(mcNemarExact(0, 100_000)).toBe(0);
    expect(mcNemarExact(50_000, 50_000)).toBe(1);
  });
});

describe('pairedRate', () => {
  it('counts, and tells the difference with an interval around it', () => {
    const pairs = [
      ...Array.from({ length: 40 }, (): [boolean, boolean] => [true, true]),
      ...Array.from({ length: 5 }, (): [boolean, boolean] => [true, false]),
      ...Array.from({ length: 25 }, (): [boolean, boolean] => [false, true]),
      ...Array.from({ length: 30 }, (): [boolean, boolean] => [false, false]),
    ];
    const rate = pairedRate(pairs, createRandom(1));
    expect(rate).toMatchObject({ rows: 100, both: 40, baselineOnly: 5, candidateOnly: 25, neither: 30 });
    const { value, low, high } = rate.difference!;
    expect(value).toBeCloseTo(0.2, 12);
    // The normal interval of a paired difference: 0.2 ± 1.96 · √((0.3 − 0.04) / 100).
    expect(low).toBeCloseTo(0.1, 1);
    expect(high).toBeCloseTo(0.3, 1);
    expect(rate.pValue).toBeCloseTo(exact(5, 25), 12);
  });

  it('says nothing of no rows', () => {
    expect(pairedRate([], createRandom(1))).toMatchObject({ rows: 0, difference: null, pValue: 1 });
  });
});

describe('differenceOf', () => {
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

  it('is sure of what is the same in every row, and of nothing that is chance', () => {
    const all = differenceOf(new Array<number>(50).fill(0.5), mean, createRandom(1));
    expect(all).toEqual({ difference: { value: 0.5, low: 0.5, high: 0.5 }, pValue: 1 / 1001 });
    const none = differenceOf([1, -1, 1, -1, 1, -1], mean, createRandom(1));
    expect(none.difference.value).toBe(0);
    expect(none.pValue).toBe(1);
  });

  it('rejects what is chance about as often as it says', () => {
    const random = createRandom('null');
    const pValues = Array.from(
      { length: 100 },
      (_, trial) =>
        differenceOf(
          Array.from({ length: 60 }, () => random.normal()),
          mean,
          random.fork(trial),
        ).pValue,
    );
    const rejected = pValues.filter((pValue) => pValue < 0.05).length;
    expect(rejected).toBeGreaterThanOrEqual(1);
    expect(rejected).toBeLessThanOrEqual(12);
  });

  it('leaves out samples that have no figure', () => {
    const { difference } = differenceOf(
      [0.5, null, 0.5],
      (rows) => (rows.some((row) => row !== null) ? 0.5 : null),
      createRandom(1),
    );
    expect(difference).toEqual({ value: 0.5, low: 0.5, high: 0.5 });
    expect(() => differenceOf([1], () => null, createRandom(1))).toThrow(RangeError);
  });
});

describe('holm', () => {
  it('gives the published example', () => {
    // Holm 1979 as in R: p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm")
    expect(holm([0.01, 0.04, 0.03, 0.005])).toEqual([0.03, 0.06, 0.06, 0.02]);
    expect(holm([])).toEqual([]);
    expect(holm([0.9, 0.8])).toEqual([1, 1]);
  });
});
