import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { dropoutFeeds } from './dropout-feeds.js';

const shape = { width: 400, masks: 3 };

describe('dropoutFeeds', () => {
  it('drops the share that it is told, and keeps the mean', () => {
    const { dropout } = dropoutFeeds(50, shape, 0.2, createRandom(1));
    const values = [...(dropout!.data as Float32Array)];
    expect(new Set(values)).toEqual(new Set([0, Math.fround(1 / 0.8)]));
    expect(values.filter((value) => value === 0).length / values.length).toBeCloseTo(0.2, 1);
    expect(values.reduce((a, b) => a + b, 0) / values.length).toBeCloseTo(1, 1);
  });

  it('deals the rows of the table anew to every mask', () => {
    const { dropoutOrder } = dropoutFeeds(50, shape, 0.2, createRandom(1));
    const orders = [0, 1, 2].map((mask) =>
      Array.from((dropoutOrder!.data as BigInt64Array).subarray(mask * 50, (mask + 1) * 50), Number),
    );
    for (const order of orders)
      expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, row) => row));
    expect(new Set(orders.map(String)).size).toBe(3);
  });

  it('is the same for the same seed, and drops nothing without one', () => {
    expect(dropoutFeeds(5, shape, 0.5, createRandom(7))).toEqual(dropoutFeeds(5, shape, 0.5, createRandom(7)));
    const { dropout } = dropoutFeeds(5, shape, 0.5, null);
    expect([...(dropout!.data as Float32Array)].every((value) => value === 1)).toBe(true);
  });
});
