import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { levelTargets } from './level-targets.js';

describe('levelTargets', () => {
  it('is a distribution that falls off with the distance from the level, to both sides alike', () => {
    const place = fc.integer({ min: 2, max: 12 }).chain((levels) => fc.tuple(fc.constant(levels), fc.nat(levels - 1)));
    fc.assert(
      fc.property(place, ([levels, level]) => {
        const targets = levelTargets(levels, level);
        expect(targets.reduce((sum, target) => sum + target, 0)).toBeCloseTo(1, 5);
        for (let other = 0; other < levels; other++) {
          if (other < level) expect(targets[other]!).toBeLessThanOrEqual(targets[other + 1]!);
          if (other > level) expect(targets[other]!).toBeLessThanOrEqual(targets[other - 1]!);
          const mirrored = 2 * level - other;
          if (targets[mirrored] !== undefined) expect(targets[other]!).toBeCloseTo(targets[mirrored], 6);
        }
        expect(targets[level]!).toBeGreaterThan(0.6);
      }),
    );
  });

  it('is the level alone where nothing is spread', () => {
    expect([...levelTargets(3, 1, 0)]).toEqual([0, 1, 0]);
  });
});
