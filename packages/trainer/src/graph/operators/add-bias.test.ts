import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, randomValues } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { addBias } from './add-bias.js';

const shape = [3, 4];

describe('addBias', () => {
  it('adds the bias to each row', async () => {
    const x = { shape, data: Float32Array.from({ length: 12 }, (_, at) => at) };
    const bias = { shape: [4], data: Float32Array.of(100, 200, 300, 400) };
    const y = await runGraph({ x, bias }, (tape) => addBias(tape, 'x', 'bias'));
    expect([...y]).toEqual([100, 201, 302, 403, 104, 205, 306, 407, 108, 209, 310, 411]);
  });

  it('has the right gradient', async () => {
    const random = createRandom(1);
    const errors = await gradientErrors({
      inputs: { x: randomValues(random, shape), bias: randomValues(random, [4]) },
      build: (tape) => [{ tensor: addBias(tape, 'x', 'bias'), shape }],
    });
    expect(errors.x).toBeLessThan(1e-3);
    expect(errors.bias).toBeLessThan(1e-3);
  });
});
