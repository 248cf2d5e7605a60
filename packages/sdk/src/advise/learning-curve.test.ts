import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom, type Random } from '../random/index.js';
import { fitErrorLaw } from './error-law.js';
import { fitLearningCurve, type SizeResult } from './learning-curve.js';

const sizes = [50, 100, 200, 400];

/** Rows that a learner of this error gets right; a hard row is hard at every size. */
function simulate(errorAt: (rows: number) => number, heldOut: number, random: Random): SizeResult[] {
  const hardness = Array.from({ length: heldOut }, () => random.next());
  return sizes.map((rows) => {
    const error = errorAt(rows);
    // Half of the rows are decided by how hard they are, half by chance.
    const right = hardness.map((hard) => (random.next() < 0.5 ? hard : random.next()) < 1 - error);
    return { rows, right };
  });
}

const law = fc.record({
  level: fc.double({ min: 0.03, max: 0.6, noNaN: true }),
  limit: fc.double({ min: 0, max: 1, noNaN: true }),
  slope: fc.double({ min: 0.1, max: 1.2, noNaN: true }),
});

const errorOf =
  ({ level, limit, slope }: { level: number; limit: number; slope: number }) =>
  (rows: number) =>
    Math.min(1, level * (limit + (1 - limit) * (rows / sizes.at(-1)!) ** -slope));

describe('fitErrorLaw', () => {
  it('finds the law of exact errors, beside what was believed before', () => {
    fc.assert(
      fc.property(law, (truth) => {
        const relative = [1 / 64, 1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1];
        const errors = relative.map((rows) => truth.level * (truth.limit + (1 - truth.limit) * rows ** -truth.slope));
        fc.pre(errors[0]! <= 1);
        const measured = errors.map((error) => ({ error, variance: 1e-9 }));
        const fitted = fitErrorLaw(relative, measured, { slope: 0.5, limit: 0.5 });
        for (const [index, rows] of relative.entries()) {
          // The grid's steps, not chance, are what is left.
          expect(Math.abs(fitted(rows) - errors[index]!)).toBeLessThan(0.02 + 0.05 * errors[index]!);
        }
      }),
    );
  });

  it('gives nothing but what was believed where nothing is known', () => {
    const measured = [{ error: 0.4, variance: 1e9 }];
    const fitted = fitErrorLaw([1], measured, { slope: 0.5, limit: 0 });
    expect(fitted(4) / fitted(1)).toBeCloseTo(0.5, 1);
  });
});

describe('fitLearningCurve', () => {
  it('never falls, gains never shrink with more rows, and values lie in their intervals', () => {
    const right = fc.array(fc.boolean(), { minLength: 12, maxLength: 12 });
    fc.assert(
      fc.property(fc.array(right, { minLength: 3, maxLength: 5 }), fc.integer(), (answers, seed) => {
        const results = answers.map((one, index) => ({ rows: 20 * 2 ** index, right: one }));
        const curve = fitLearningCurve(results, { random: createRandom(seed), samples: 40 });
        const largest = results.at(-1)!.rows;
        const accuracies = [largest / 4, largest, 2 * largest, 4 * largest].map(curve.accuracyAt);
        for (const [index, { value, low, high }] of accuracies.entries()) {
          expect(low).toBeLessThanOrEqual(value);
          expect(value).toBeLessThanOrEqual(high);
          expect(low).toBeGreaterThanOrEqual(0);
          expect(high).toBeLessThanOrEqual(1);
          if (index > 0) expect(value).toBeGreaterThanOrEqual(accuracies[index - 1]!.value);
        }
        const [twice, fourTimes] = [2, 4].map((factor) => curve.gain(largest, factor * largest));
        expect(twice!.low).toBeGreaterThanOrEqual(0);
        expect(fourTimes!.value).toBeGreaterThanOrEqual(twice!.value);
        expect(fourTimes!.high).toBeGreaterThanOrEqual(twice!.high);
      }),
    );
  });

  it('has intervals that hold the truth nearly as often as they say, whatever the law', () => {
    const random = createRandom('coverage');
    let [held, width] = [0, 0];
    const trials = 150;
    for (let trial = 0; trial < trials; trial++) {
      const slope = 0.5 * Math.exp(0.5 * random.normal());
      const errorAt = errorOf({ level: 0.05 + 0.5 * random.next(), limit: random.next(), slope });
      const results = simulate(errorAt, 150, random.fork(trial));
      const curve = fitLearningCurve(results, { random: random.fork(`fit ${trial}`), samples: 200 });
      const { low, high } = curve.gain(400, 1600);
      const truth = errorAt(400) - errorAt(1600);
      if (low <= truth && truth <= high) held++;
      width += high - low;
    }
    expect(held / trials).toBeGreaterThan(0.92);
    // Intervals that say nothing hold it too.
    expect(width / trials).toBeLessThan(0.3);
  });

  it('tells a curve that has flattened from one that still rises, given rows enough', () => {
    const random = createRandom('shapes');
    const gainOf = (truth: Parameters<typeof errorOf>[0]) =>
      fitLearningCurve(simulate(errorOf(truth), 1000, random.fork(truth.limit)), { random, trainingNoise: 0.01 }).gain(
        400,
        800,
      );
    const flat = gainOf({ level: 0.1, limit: 1, slope: 0.5 });
    const rising = gainOf({ level: 0.4, limit: 0, slope: 0.4 });
    expect(flat.high).toBeLessThan(0.03);
    expect(rising.low).toBeGreaterThan(0.02);
    expect(rising.low).toBeLessThan(0.4 * (1 - 2 ** -0.4));
    expect(rising.high).toBeGreaterThan(0.4 * (1 - 2 ** -0.4));
  });

  it('is less sure with fewer held-out rows, and never sure where all rows are right', () => {
    const truth = errorOf({ level: 0.3, limit: 0.3, slope: 0.5 });
    const spread = (heldOut: number) => {
      const { low, high } = fitLearningCurve(simulate(truth, heldOut, createRandom('rows')), {
        random: createRandom('fit'),
      }).accuracyAt(800);
      return high - low;
    };
    expect(spread(40)).toBeGreaterThan(spread(400));
    const all = sizes.map((rows) => ({ rows, right: new Array<boolean>(30).fill(true) }));
    const { low } = fitLearningCurve(all, { random: createRandom('all') }).accuracyAt(400);
    expect(low).toBeLessThan(0.99);
    expect(low).toBeGreaterThan(0.85);
  });

  it('is the same for the same seed, and needs three sizes', () => {
    const results = simulate(() => 0.3, 50, createRandom('again'));
    const gain = () => fitLearningCurve(results, { random: createRandom(7), samples: 50 }).gain(400, 800);
    expect(gain()).toEqual(gain());
    expect(() => fitLearningCurve(results.slice(0, 2), { random: createRandom(1) })).toThrow(
      expect.objectContaining({ code: 'advise/too-few-sizes' }),
    );
  });
});
