import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, randomValues } from '../../../test/check-gradients.js';
import { add } from './add.js';

const shape = [4, 6];

describe('add', () => {
  it('passes the gradient on to both terms', async () => {
    const random = createRandom(1);
    const errors = await gradientErrors({
      inputs: { a: randomValues(random, shape), b: randomValues(random, shape) },
      build: (tape) => [{ tensor: add(tape, 'a', 'b'), shape }],
    });
    expect(errors.a).toBeLessThan(1e-3);
    expect(errors.b).toBeLessThan(1e-3);
  });

  it('sums the gradients of a tensor that is used twice', async () => {
    const random = createRandom(2);
    const errors = await gradientErrors({
      inputs: { a: randomValues(random, shape), b: randomValues(random, shape) },
      build: (tape) => [{ tensor: add(tape, add(tape, 'a', 'b'), 'a'), shape }],
    });
    expect(errors.a).toBeLessThan(1e-3);
    expect(errors.b).toBeLessThan(1e-3);
  });
});
