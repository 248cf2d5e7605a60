import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { calibrateLabels, predictText } from './index.js';

const labels = [
  { intent: 'refund', token: 4 },
  { intent: 'complaint', token: 7 },
  { intent: null, token: 2 },
];
const uncalibrated = { temperature: 1, rows: 0, threshold: null };
const predict = (logits: number[], calibration: Parameters<typeof predictText>[0]['calibration'] = uncalibrated) =>
  predictText({ kind: 'multi', labels, calibration }, logits, { topK: 5 });
const share = (probability: number) => Math.log(probability / (1 - probability));

describe('predictText of any number of intents', () => {
  it('names those that are above the reference, each by itself, the likeliest first', () => {
    const both = predict([3 + share(0.7), 3 + share(0.9), 3]);
    expect(both).toMatchObject({ intent: 'complaint', intents: ['complaint', 'refund'], outOfScope: null });
    expect(both.probabilities).toEqual([
      { intent: 'refund', probability: expect.closeTo(0.7, 9) },
      { intent: 'complaint', probability: expect.closeTo(0.9, 9) },
    ]);
    const none = predict([3 + share(0.4), 3 + share(0.1), 3]);
    expect(none).toMatchObject({ intent: null, intents: [], probability: expect.closeTo(0.4, 9) });
  });

  it('goes by an intent’s own threshold, or by the one that is asked for', () => {
    const threshold = { score: 'probability' as const, value: 0.3 };
    const calibration = { ...uncalibrated, threshold, labelThresholds: [{ intent: 'complaint', value: 0.95 }] };
    const logits = [share(0.4), share(0.9), 0];
    expect(predict(logits, calibration).intents).toEqual(['refund']);
    const asked = (value: number | null) =>
      predictText({ kind: 'multi', labels, calibration }, logits, { topK: 1, threshold: value });
    expect(asked(0.85).intents).toEqual(['complaint']);
    expect(asked(null).intents).toEqual(['complaint']);
    expect(asked(0.2).top).toHaveLength(1);
  });

  it('does not change where all logits are moved by the same', () => {
    const logit = fc.double({ min: -20, max: 20, noNaN: true });
    fc.assert(
      fc.property(fc.tuple(logit, logit, logit), logit, (logits, shift) => {
        const moved = predict(logits.map((value) => value + shift)).probabilities!;
        for (const [index, { probability }] of predict(logits).probabilities!.entries()) {
          expect(moved[index]!.probability).toBeCloseTo(probability, 9);
        }
      }),
    );
  });
});

describe('calibrateLabels', () => {
  const rows = (count: number, intents: string[], margins: [number, number]) =>
    Array.from({ length: count }, () => ({ intents, logits: [...margins, 0] }));

  it('makes the probability of pairs that look alike the share of them that applies', () => {
    // Of the pairs at 4 nine of ten apply, of those at -4 one of ten: 1 / (1 + exp(-4 / T)) = 0.9.
    const { temperature, rows: count } = calibrateLabels(labels, [
      ...rows(9, ['refund'], [4, -4]),
      ...rows(1, ['complaint'], [4, -4]),
    ]);
    expect(temperature).toBeCloseTo(4 / Math.log(9), 6);
    expect(count).toBe(10);
  });

  it('leaves the threshold at a half where rows are too few', () => {
    expect(calibrateLabels(labels, rows(10, ['refund'], [4, -4]))).toEqual({
      temperature: 1,
      rows: 10,
      threshold: null,
    });
    expect(calibrateLabels(labels, [])).toEqual({ temperature: 1, rows: 0, threshold: null });
  });

  it('moves it where that names more of what applies, and gives an intent of many rows its own', () => {
    // Refund applies from -1 on; complaint as its sign says.
    const sample = [
      ...rows(60, ['refund'], [-1, -3]),
      ...rows(60, ['complaint'], [-3, 3]),
      ...rows(2, ['refund'], [-3, -3]),
    ];
    const calibration = calibrateLabels(labels, sample);
    expect(calibration.threshold!.value).toBeLessThan(0.5);
    expect(calibration.labelThresholds!.map(({ intent }) => intent)).toEqual(['refund', 'complaint']);
    expect(calibration.labelThresholds![0]!.value).toBeLessThan(0.5);
    expect(calibration.labelThresholds![1]!.value).toBe(0.5);
    expect(predict([-1, -3, 0], calibration).intents).toEqual(['refund']);
    expect(predict([-3, 3, 0], calibration).intents).toEqual(['complaint']);
  });
});

describe('predictText of a score', () => {
  const levels = ['cold', 'warm', 'hot'].map((intent, token) => ({ intent, token, value: token + 1 }));

  it('tells the most likely level, and what is expected of all', () => {
    const logits = [0.2, 0.5, 0.3].map((probability) => 2 * Math.log(probability));
    const calibration = { temperature: 2, rows: 0, threshold: null };
    const answer = predictText({ kind: 'ordinal', labels: levels, calibration }, logits, { topK: 2 });
    expect(answer).toMatchObject({ intent: 'warm', score: { level: 'warm', value: 2 }, outOfScope: null });
    expect(answer.score!.expected).toBeCloseTo(0.2 + 2 * 0.5 + 3 * 0.3, 9);
    expect(answer.probabilities!.map(({ intent }) => intent)).toEqual(['cold', 'warm', 'hot']);
    expect(answer.top.map(({ intent }) => intent)).toEqual(['warm', 'hot']);
  });

  it('expects nothing outside the scale, and more where higher levels are likelier', () => {
    const logit = fc.double({ min: -9, max: 9, noNaN: true });
    const expected = (logits: number[]) =>
      predictText({ kind: 'ordinal', labels: levels, calibration: uncalibrated }, logits, { topK: 1 }).score!.expected;
    fc.assert(
      fc.property(fc.tuple(logit, logit, logit), (logits) => {
        const value = expected(logits);
        expect(value).toBeGreaterThanOrEqual(1);
        expect(value).toBeLessThanOrEqual(3);
        expect(expected([logits[0], logits[1], logits[2] + 1])).toBeGreaterThanOrEqual(value);
      }),
    );
  });
});
