import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, randomValues } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { linear } from './linear.js';

const [tokens, inputs, outputs] = [4, 5, 3];

function setUp(seed: number) {
  const random = createRandom(seed);
  return { x: randomValues(random, [tokens, inputs]), weight: randomValues(random, [outputs, inputs]) };
}

describe('linear', () => {
  it('multiplies each row with the rows of the weight', async () => {
    const { x, weight } = setUp(1);
    const y = await runGraph({ x, weight }, (tape) => linear(tape, 'x', 'weight'));
    expect(y).toHaveLength(tokens * outputs);
    y.forEach((value, at) => {
      const [token, output] = [Math.floor(at / outputs), at % outputs];
      let expected = 0;
      for (let i = 0; i < inputs; i++) expected += x.data[token * inputs + i]! * weight.data[output * inputs + i]!;
      expect(value).toBeCloseTo(expected, 5);
    });
  });

  it('has the right gradient, also where its input is used twice', async () => {
    const { x, weight } = setUp(2);
    const errors = await gradientErrors({
      inputs: { x, weight },
      build: (tape) => [
        { tensor: linear(tape, 'x', 'weight'), shape: [tokens, outputs] },
        { tensor: linear(tape, 'x', 'weight'), shape: [tokens, outputs] },
      ],
    });
    expect(errors.x).toBeLessThan(1e-3);
    expect(errors.weight).toBeLessThan(1e-3);
  });
});
