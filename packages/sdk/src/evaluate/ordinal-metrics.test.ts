import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random/index.js';
import type { AnsweredIntent } from './intent-metrics.js';
import { ordinalMetrics } from './ordinal-metrics.js';

const levels = [1, 2, 3, 4, 5].map((value) => ({ level: String(value), value }));

function answered(wanted: number, got: number, expected = got): AnsweredIntent {
  const answer = { intent: String(got), probability: 0.5, top: [], outOfScope: null, promptTokens: 1, durationMs: 1 };
  return { expected: String(wanted), answer: { ...answer, score: { level: String(got), value: got, expected } } };
}

const measure = (rows: AnsweredIntent[]) => ordinalMetrics(rows, levels, createRandom(1));

describe('ordinalMetrics', () => {
  it('tells how far scores are from the right ones', () => {
    const { meanAbsoluteError, expectedError, withinOne } = measure([
      ...[answered(1, 1, 1.2), answered(2, 3, 2.6), answered(5, 3, 3.5), answered(4, 4, 4)],
    ]);
    expect(meanAbsoluteError.value).toBeCloseTo(3 / 4, 9);
    expect(expectedError.value).toBeCloseTo((0.2 + 0.6 + 1.5) / 4, 9);
    expect(withinOne).toMatchObject({ count: 3, total: 4 });
  });

  it('weighs agreement by the squared distance, as worked out by hand', () => {
    // Observed 0 + 1 + 4 + 0 = 5; by chance the sum over pairs (wanted - got)² / 4 of {1,2,5,4} and {1,3,3,4}.
    const chance = [1, 2, 5, 4].flatMap((a) => [1, 3, 3, 4].map((b) => (a - b) ** 2)).reduce((x, y) => x + y, 0) / 4;
    const rows = [answered(1, 1), answered(2, 3), answered(5, 3), answered(4, 4)];
    expect(measure(rows).weightedKappa!.value).toBeCloseTo(1 - 5 / chance, 9);
    expect(measure([answered(3, 3), answered(3, 3)]).weightedKappa).toBeNull();
  });

  it('has a kappa of 1 for right answers, and one of at most 1 for others', () => {
    const level = fc.integer({ min: 1, max: 5 });
    fc.assert(
      fc.property(fc.array(fc.tuple(level, level), { minLength: 2, maxLength: 9 }), (pairs) => {
        const kappa = measure(pairs.map(([wanted, got]) => answered(wanted, got))).weightedKappa;
        if (kappa !== null) expect(kappa.value).toBeLessThanOrEqual(1 + 1e-9);
        const right = measure(pairs.map(([wanted]) => answered(wanted, wanted))).weightedKappa;
        if (right !== null) expect(right.value).toBeCloseTo(1, 9);
      }),
      { numRuns: 20 },
    );
  });
});
