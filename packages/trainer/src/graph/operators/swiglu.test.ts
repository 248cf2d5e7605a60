import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, randomValues } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { swiglu } from './swiglu.js';

const shape = [4, 7];

describe('swiglu', () => {
  it('is gate · sigmoid(gate) · up', async () => {
    const random = createRandom(1);
    const gate = randomValues(random, shape, 3);
    const up = randomValues(random, shape);
    const y = await runGraph({ gate, up }, (tape) => swiglu(tape, 'gate', 'up'));
    y.forEach((value, index) => {
      const g = gate.data[index]!;
      expect(value).toBeCloseTo((g / (1 + Math.exp(-g))) * up.data[index]!, 4);
    });
  });

  it('has the right gradients', async () => {
    const random = createRandom(2);
    const errors = await gradientErrors({
      inputs: { gate: randomValues(random, shape, 2), up: randomValues(random, shape) },
      build: (tape) => [{ tensor: swiglu(tape, 'gate', 'up'), shape }],
    });
    expect(errors.gate).toBeLessThan(1e-3);
    expect(errors.up).toBeLessThan(1e-3);
  });
});
