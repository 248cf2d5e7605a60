import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { epochsFor, firstSize, furtherSizes } from './training-plan.js';

describe('furtherSizes', () => {
  it('go up to all rows where there is time, each as many times the one before', () => {
    const speed = { seconds: 1e9, passSeconds: 0.2, measureSeconds: 60 };
    expect(furtherSizes({ first: firstSize(800), rows: 800 }, speed)).toEqual([200, 400, 800]);
    expect(furtherSizes({ first: firstSize(40), rows: 40 }, speed)).toEqual([25, 40]);
    expect(furtherSizes({ first: firstSize(24), rows: 24 }, speed)).toEqual([24]);
    expect(furtherSizes({ first: firstSize(5), rows: 5 }, speed)).toEqual([]);
  });

  it('take no more time than there is, rise, and are more rows the more time there is', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.double({ min: 0, max: 5000, noNaN: true }),
        fc.double({ min: 0.01, max: 3, noNaN: true }),
        (rows, seconds, passSeconds) => {
          const first = firstSize(rows);
          const plan = (time: number) =>
            furtherSizes({ first, rows }, { seconds: time, passSeconds, measureSeconds: 10 });
          const sizes = plan(seconds);
          const cost = sizes.reduce((sum, size) => sum + size * epochsFor(size) * passSeconds + 10, 0);
          expect(cost).toBeLessThanOrEqual(seconds);
          expect([first, ...sizes]).toEqual([...new Set([first, ...sizes])].sort((a, b) => a - b));
          expect(sizes.at(-1) ?? 0).toBeLessThanOrEqual(rows);
          expect(plan(2 * seconds).at(-1) ?? 0).toBeGreaterThanOrEqual(sizes.at(-1) ?? 0);
        },
      ),
    );
  });
});
