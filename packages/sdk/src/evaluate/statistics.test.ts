import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { percentiles, wilsonRate } from './index.js';

describe('wilsonRate', () => {
  // Newcombe 1998 (Statistics in Medicine 17), table I, method 3.
  it.each([
    [81, 263, 0.2553, 0.3662],
    [15, 148, 0.0624, 0.1605],
    [0, 20, 0, 0.1611],
    [1, 29, 0.0061, 0.1718],
  ])('gives the published interval of %i in %i', (count, total, low, high) => {
    const rate = wilsonRate(count, total);
    expect(rate.low).toBeCloseTo(low, 4);
    expect(rate.high).toBeCloseTo(high, 4);
  });

  it('has no rate of nothing', () => {
    expect(wilsonRate(0, 0)).toEqual({ count: 0, total: 0, rate: null, low: null, high: null });
  });

  it('holds the rate, between 0 and 1, and is symmetric', () => {
    fc.assert(
      fc.property(fc.nat(1000), fc.nat(1000), (right, wrong) => {
        fc.pre(right + wrong > 0);
        const { rate, low, high } = wilsonRate(right, right + wrong);
        expect(0 <= low! && low! <= rate! && rate! <= high! && high! <= 1).toBe(true);
        expect(wilsonRate(wrong, right + wrong).low).toBeCloseTo(1 - high!, 10);
      }),
    );
  });
});

describe('percentiles', () => {
  it('are values by nearest rank', () => {
    expect(percentiles([7])).toEqual({ p50: 7, p95: 7 });
    expect(percentiles(Array.from({ length: 100 }, (_, index) => 100 - index))).toEqual({ p50: 50, p95: 95 });
    expect(percentiles([10, 9, 1])).toEqual({ p50: 9, p95: 10 });
    expect(() => percentiles([])).toThrow(RangeError);
  });
});
