import { describe, expect, it } from 'vitest';
import { gradientErrors, integers } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { embedding } from './embedding.js';

const table = { shape: [3, 2], data: Float32Array.of(1, 2, 3, 4, 5, 6) };
const tokens = integers([4], [2, 0, 2, 1]);

describe('embedding', () => {
  it.each([
    [1, [5, 6, 1, 2, 5, 6, 3, 4]],
    [2.5, [12.5, 15, 2.5, 5, 12.5, 15, 7.5, 10]],
  ])('gives the rows of the tokens, times %d', async (scale, expected) => {
    const rows = await runGraph({ table, tokens }, (tape) => embedding(tape, 'table', 'tokens', scale));
    expect([...rows]).toEqual(expected);
  });

  it('has the right gradient, where a row is named twice too', async () => {
    const errors = await gradientErrors({
      inputs: { table },
      constants: { tokens },
      build: (tape) => [{ tensor: embedding(tape, 'table', 'tokens', 2.5), shape: [4, 2] }],
    });
    expect(errors.table).toBeLessThan(1e-3);
  });
});
