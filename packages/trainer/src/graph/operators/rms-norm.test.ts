import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, randomValues } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { headRmsNorm, rmsNorm } from './rms-norm.js';

const shape = [5, 8];

describe('rmsNorm', () => {
  it('divides by the root mean square and multiplies by the weight', async () => {
    const random = createRandom(1);
    const x = randomValues(random, shape);
    const weight = randomValues(random, [8]);
    const epsilon = 0.1;
    const y = await runGraph({ x, weight }, (tape) => rmsNorm(tape, 'x', 'weight', epsilon));
    for (let row = 0; row < 5; row++) {
      const values = [...x.data.subarray(row * 8, row * 8 + 8)];
      const meanSquare = values.reduce((sum, value) => sum + value * value, 0) / 8;
      values.forEach((value, column) => {
        expect(y[row * 8 + column]).toBeCloseTo((value * weight.data[column]!) / Math.sqrt(meanSquare + epsilon), 5);
      });
    }
  });

  // A large epsilon would show a rule that leaves it out; a small one is what models have.
  it.each([1e-5, 0.5])('has the right gradient with epsilon %f', async (epsilon) => {
    const random = createRandom(2);
    const errors = await gradientErrors({
      inputs: { x: randomValues(random, shape), weight: randomValues(random, [8]) },
      build: (tape) => [{ tensor: rmsNorm(tape, 'x', 'weight', epsilon), shape }],
    });
    expect(errors.x).toBeLessThan(1e-3);
    expect(errors.weight).toBeLessThan(1e-3);
  });
});

describe('headRmsNorm', () => {
  const [tokens, heads, headSize] = [5, 3, 4];
  const width = heads * headSize;

  it('normalises each head on its own', async () => {
    const random = createRandom(3);
    const x = randomValues(random, [tokens, width]);
    const weight = randomValues(random, [headSize]);
    const y = await runGraph({ x, weight }, (tape) => headRmsNorm(tape, 'x', 'weight', headSize, 0.1));
    expect(y).toHaveLength(tokens * width);
    for (let start = 0; start < tokens * width; start += headSize) {
      const values = [...x.data.subarray(start, start + headSize)];
      const meanSquare = values.reduce((sum, value) => sum + value * value, 0) / headSize;
      values.forEach((value, at) => {
        expect(y[start + at]).toBeCloseTo((value * weight.data[at]!) / Math.sqrt(meanSquare + 0.1), 5);
      });
    }
  });

  it('has the right gradient', async () => {
    const random = createRandom(4);
    const errors = await gradientErrors({
      inputs: { x: randomValues(random, [tokens, width]), weight: randomValues(random, [headSize]) },
      build: (tape) => [{ tensor: headRmsNorm(tape, 'x', 'weight', headSize, 1e-5), shape: [tokens, width] }],
    });
    expect(errors.x).toBeLessThan(1e-3);
    expect(errors.weight).toBeLessThan(1e-3);
  });
});
