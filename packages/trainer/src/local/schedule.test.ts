import { describe, expect, it } from 'vitest';
import { cosineLearningRate } from './schedule.js';

describe('cosineLearningRate', () => {
  it('rises in a line to the peak, then falls along a half cosine', () => {
    const rates = Array.from({ length: 10 }, (_, index) => cosineLearningRate(index + 1, 10, 4, 2));
    expect(rates.slice(0, 4)).toEqual([0.5, 1, 1.5, 2]);
    [1, 2, 3, 4, 5, 6].forEach((after) => {
      expect(rates[3 + after]).toBeCloseTo(1 + Math.cos((Math.PI * after) / 7), 12);
    });
    expect(rates[9]).toBeGreaterThan(0);
  });

  it('works without a warm-up, and with nothing but one', () => {
    expect(cosineLearningRate(1, 1, 0, 1)).toBeCloseTo(0.5);
    expect(cosineLearningRate(3, 3, 3, 1)).toBe(1);
  });
});
