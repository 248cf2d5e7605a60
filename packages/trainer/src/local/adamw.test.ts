import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { AdamW, type AdamWOptions } from './adamw.js';

/** Steps of torch.optim.AdamW with clipped gradients: bench/reference/adamw.py. */
const reference = JSON.parse(readFileSync(new URL('../../test/fixtures/adamw.json', import.meta.url), 'utf8')) as {
  options: AdamWOptions;
  maxGradientNorm: number;
  initial: number[];
  steps: { gradients: number[]; learningRate: number; gradientNorm: number; values: number[] }[];
};

describe('AdamW', () => {
  it('takes the steps that PyTorch takes, clipping and weight decay included', () => {
    const values = Float32Array.from(reference.initial);
    const optimizer = new AdamW(values.length, reference.options);
    reference.steps.forEach(({ gradients, learningRate, gradientNorm, values: expected }, index) => {
      const clip = Math.min(1, reference.maxGradientNorm / (gradientNorm + 1e-6));
      optimizer.step(values, Float32Array.from(gradients), index + 1, learningRate, clip);
      expected.forEach((value, at) => {
        expect(Math.abs(values[at]! - value), `step ${index + 1}, value ${at}`).toBeLessThan(2e-6);
      });
    });
    expect(reference.steps.some(({ gradientNorm }) => gradientNorm < reference.maxGradientNorm)).toBe(true);
    expect(reference.steps.some(({ gradientNorm }) => gradientNorm > reference.maxGradientNorm)).toBe(true);
  });
});
