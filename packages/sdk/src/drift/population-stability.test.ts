import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random/index.js';
import { populationStability } from './population-stability.js';

const counts = fc.array(fc.nat(1000), { minLength: 1, maxLength: 12 }).filter((all) => all.some((count) => count > 0));
const asMap = (values: readonly number[]) => new Map(values.map((count, group) => [group, count]));

describe('populationStability', () => {
  it('is at least 0, the same both ways, and 0 for the same shares', () => {
    fc.assert(
      fc.property(counts, counts, fc.integer({ min: 1, max: 50 }), (one, other, factor) => {
        const { index } = populationStability(asMap(one), asMap(other));
        expect(index).toBeGreaterThanOrEqual(0);
        expect(populationStability(asMap(other), asMap(one)).index).toBeCloseTo(index, 10);
        const scaled = populationStability(asMap(one), asMap(one.map((count) => count * factor)));
        expect(scaled.index).toBeCloseTo(0, 12);
        expect(scaled.verdict).toBe('stable');
      }),
    );
  });

  it('comes to the textbook value where every group has many rows', () => {
    const [p, q] = [
      [0.5, 0.3, 0.2],
      [0.3, 0.3, 0.4],
    ] as const;
    const exact = p.reduce((sum, share, group) => sum + (share - q[group]!) * Math.log(share / q[group]!), 0);
    const many = (shares: readonly number[]) => asMap(shares.map((share) => share * 1e7));
    expect(populationStability(many(p), many(q)).index).toBeCloseTo(exact, 5);
    expect(populationStability(many(p), many(q)).verdict).toBe('moderate');
    expect(populationStability(many(p), many([0.1, 0.3, 0.6])).verdict).toBe('shifted');
  });

  it('takes a group that is new, or gone, for a change and not for endless', () => {
    const { index, verdict } = populationStability(new Map([['a', 500]]), new Map([['b', 500]]));
    expect(index).toBeGreaterThan(5);
    expect(index).toBeLessThan(50);
    expect(verdict).toBe('shifted');
  });

  it('calls about 1 of 100 samples of the same distribution more than noise', () => {
    const random = createRandom(7);
    const draw = (rows: number) => {
      const drawn = new Map<number, number>();
      for (let row = 0; row < rows; row++) {
        const group = random.integer(0, 19);
        drawn.set(group, (drawn.get(group) ?? 0) + 1);
      }
      return drawn;
    };
    const results = Array.from({ length: 600 }, () => populationStability(draw(2000), draw(200)));
    const beyond = results.filter(({ index, noise }) => index > noise).length;
    expect(beyond).toBeLessThan(18);
    // Many of them would have alarmed by the usual limit alone.
    expect(results.filter(({ index }) => index > 0.1).length).toBeGreaterThan(60);
    expect(results.filter(({ verdict }) => verdict !== 'stable').length).toBeLessThan(18);
  });

  it('refuses distributions of nothing', () => {
    expect(() => populationStability(new Map(), new Map([['a', 1]]))).toThrow(RangeError);
  });
});
