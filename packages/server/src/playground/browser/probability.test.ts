import { expect, it } from 'vitest';
import { certaintyOf, formatProbability, probabilityOf } from './probability.js';

it.each([
  [0, '0%'],
  [0.0004, '<0.1%'],
  [0.0123, '1.2%'],
  [0.503, '50%'],
  [0.9951, '99.5%'],
  [0.99999, '>99.9%'],
  [1, '100%'],
])('writes %d as %s', (probability, text) => {
  expect(formatProbability(probability)).toBe(text);
});

it('reads log-probabilities, and one that JSON cannot write', () => {
  expect(probabilityOf(Math.log(0.25))).toBeCloseTo(0.25);
  expect(probabilityOf(1e-9)).toBe(1);
  expect(probabilityOf(null)).toBe(0);
  expect([0.95, 0.6, 0.2].map(certaintyOf)).toEqual(['sure', 'unsure', 'unlikely']);
});
