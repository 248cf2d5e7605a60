import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, randomValues } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { geglu } from './geglu.js';

const shape = [4, 7];

/** As in the paper, in double precision. */
function gelu(x: number): number {
  return 0.5 * x * (1 + Math.tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x ** 3)));
}

describe('geglu', () => {
  it('is gelu(gate) · up, with the tanh approximation', async () => {
    const random = createRandom(1);
    const gate = randomValues(random, shape, 3);
    const up = randomValues(random, shape);
    const y = await runGraph({ gate, up }, (tape) => geglu(tape, 'gate', 'up'));
    y.forEach((value, index) => {
      expect(value).toBeCloseTo(gelu(gate.data[index]!) * up.data[index]!, 5);
    });
  });

  it('stays finite far from zero', async () => {
    const gate = { shape: [1, 4], data: Float32Array.of(-1e4, -50, 50, 1e4) };
    const up = { shape: [1, 4], data: Float32Array.of(1, 1, 1, 1) };
    const y = await runGraph({ gate, up }, (tape) => geglu(tape, 'gate', 'up'));
    expect([...y].map((value) => value + 0)).toEqual([0, 0, 50, 1e4]);
  });

  it('has the right gradients', async () => {
    const random = createRandom(2);
    const errors = await gradientErrors({
      inputs: { gate: randomValues(random, shape, 2), up: randomValues(random, shape) },
      build: (tape) => [{ tensor: geglu(tape, 'gate', 'up'), shape }],
    });
    expect(errors.gate).toBeLessThan(1e-3);
    expect(errors.up).toBeLessThan(1e-3);
  });
});
