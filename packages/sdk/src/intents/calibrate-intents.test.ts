import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrateIntents, predictIntent, type ScoredIntentRow } from './index.js';

const labels = ['a', 'b'].map((intent, token) => ({ intent, token }));
const withOutOfScope = [...labels, { intent: null, token: 2 }];

const rows = (count: number, intent: string | null, logits: number[]): ScoredIntentRow[] =>
  Array.from({ length: count }, () => ({ intent, logits }));
/** Probabilities as logits. */
const logits = (...probabilities: number[]) => probabilities.map(Math.log);

describe('the temperature', () => {
  it('makes the probability of rows that look alike the share of them that is right', () => {
    // Nine of ten are right: 1 / (1 + exp(-4 / T)) = 0.9 where T = 4 / ln 9.
    const { temperature, ...rest } = calibrateIntents(labels, [...rows(9, 'a', [4, 0]), ...rows(1, 'b', [4, 0])]);
    expect(temperature).toBeCloseTo(4 / Math.log(9), 6);
    expect(rest).toEqual({ rows: 10, threshold: null });
  });

  it('is the one at which the rows are the most likely', () => {
    const row = fc.record({
      intent: fc.constantFrom('a', 'b', null),
      logits: fc.array(fc.double({ min: -5, max: 5, noNaN: true }), { minLength: 3, maxLength: 3 }),
    });
    const loss = (sample: readonly ScoredIntentRow[], temperature: number) =>
      sample.reduce((sum, { intent, logits }) => {
        const calibration = { temperature, rows: 0, threshold: null };
        const { top, outOfScope } = predictIntent(withOutOfScope, logits, { calibration, topK: 2 });
        return (
          sum - Math.log(intent === null ? outOfScope! : top.find((likely) => likely.intent === intent)!.probability)
        );
      }, 0);
    fc.assert(
      fc.property(fc.array(row, { minLength: 4 }), (sample) => {
        // One row that is surely wrong: otherwise it stays 1.
        const wrong = [...sample, { intent: 'b', logits: [1, 0, 0] }];
        const { temperature } = calibrateIntents(withOutOfScope, wrong);
        fc.pre(temperature < 19);
        expect(loss(wrong, temperature)).toBeLessThanOrEqual(loss(wrong, temperature * 1.05) + 1e-9);
        expect(loss(wrong, temperature)).toBeLessThanOrEqual(loss(wrong, temperature / 1.05) + 1e-9);
      }),
    );
  });

  it('stays 1 where no row is wrong, and where there is none', () => {
    expect(calibrateIntents(labels, rows(5, 'a', [3, 1])).temperature).toBe(1);
    expect(calibrateIntents(labels, [])).toEqual({ temperature: 1, rows: 0, threshold: null });
  });
});

describe('the threshold', () => {
  it('lies where in-scope accuracy and out-of-scope recall are best together, on the probability', () => {
    // No row in scope is wrong, so that the temperature is 1. At 0.65 in-scope accuracy is 7/8 and recall 3/4.
    const sample = [
      ...rows(7, 'a', logits(0.9, 0.1)),
      ...rows(1, 'b', logits(0.4, 0.6)),
      ...rows(3, null, logits(0.55, 0.45)),
      ...rows(1, null, logits(0.3, 0.7)),
    ];
    // Below 0.6: accuracy 1 and recall 3/4, better than 7/8 and 1 are together (0.857 to 0.933).
    const { threshold } = calibrateIntents(labels, sample);
    expect(threshold).toEqual({ score: 'probability', value: expect.closeTo(0.8, 9) });
  });

  it('is on out of scope where that label tells more', () => {
    const sample = [
      ...rows(4, 'a', logits(0.5, 0.4, 0.1)),
      ...rows(4, 'a', logits(0.9, 0.05, 0.05)),
      ...rows(4, null, logits(0.6, 0.1, 0.3)),
      ...rows(1, null, logits(0.2, 0.2, 0.6)),
    ];
    const { temperature, threshold } = calibrateIntents(withOutOfScope, sample);
    expect(threshold!.score).toBe('in-scope');
    const calibration = { temperature, rows: 0, threshold };
    const taken = sample.map((row) => predictIntent(withOutOfScope, row.logits, { calibration, topK: 1 }).intent);
    expect(taken).toEqual(sample.map(({ intent }) => intent));
  });

  it('is none where no row is out of scope', () => {
    expect(calibrateIntents(labels, rows(3, 'b', [0, 1])).threshold).toBeNull();
  });
});

describe('predictIntent', () => {
  const calibration = { temperature: 2, rows: 0, threshold: null };
  const predict = (probabilities: number[], options: Partial<Parameters<typeof predictIntent>[2]> = {}) =>
    predictIntent(
      withOutOfScope,
      logits(...probabilities).map((logit) => 2 * logit),
      { calibration, topK: 2, ...options },
    );

  it('ranks the intents by calibrated probability', () => {
    const { intent, probability, top, outOfScope } = predict([0.3, 0.5, 0.2]);
    expect(intent).toBe('b');
    expect(probability).toBeCloseTo(0.5, 12);
    expect(top).toEqual([
      { intent: 'b', probability },
      { intent: 'a', probability: expect.closeTo(0.3, 12) },
    ]);
    expect(outOfScope).toBeCloseTo(0.2, 12);
    expect(predict([0.3, 0.5, 0.2], { topK: 1 }).top).toHaveLength(1);
    expect(predictIntent(labels, [0, 0], { calibration, topK: 1 }).outOfScope).toBeNull();
  });

  it('abstains where out of scope is the most likely, or below the threshold', () => {
    expect(predict([0.3, 0.2, 0.5])).toMatchObject({ intent: null, top: [{ intent: 'a' }, { intent: 'b' }] });
    const onProbability = { ...calibration, threshold: { score: 'probability' as const, value: 0.4 } };
    expect(predict([0.39, 0.31, 0.3], { calibration: onProbability }).intent).toBeNull();
    expect(predict([0.41, 0.19, 0.4], { calibration: onProbability }).intent).toBe('a');
    // A threshold replaces the comparison with out of scope.
    const inScope = { ...calibration, threshold: { score: 'in-scope' as const, value: 0.4 } };
    expect(predict([0.25, 0.25, 0.5], { calibration: inScope }).intent).toBe('a');
    expect(predict([0.2, 0.19, 0.61], { calibration: inScope }).intent).toBeNull();
  });

  it('takes another threshold, on the same score, or none', () => {
    const inScope = { ...calibration, threshold: { score: 'in-scope' as const, value: 0.4 } };
    expect(predict([0.3, 0.3, 0.4], { calibration: inScope, threshold: 0.7 }).intent).toBeNull();
    expect(predict([0.3, 0.3, 0.4], { calibration: inScope, threshold: null }).intent).toBeNull();
    expect(predict([0.35, 0.3, 0.35], { calibration: inScope, threshold: null }).intent).toBe('a');
    expect(predict([0.6, 0.3, 0.1], { threshold: 0.7 }).intent).toBeNull();
  });
});
