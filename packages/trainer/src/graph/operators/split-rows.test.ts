import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, integers, randomValues } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { splitRows } from './split-rows.js';

describe.each([
  [3, 2],
  [0, 5],
  [5, 0],
])('splitRows into %i and %i', (first, second) => {
  const x = randomValues(createRandom(3), [5, 4]);
  const constants = { sizes: integers([2], [first, second]) };

  it('cuts where it is told', async () => {
    const parts = [0, 1].map((at) => runGraph({ x, ...constants }, (tape) => splitRows(tape, 'x', 'sizes')[at]!));
    expect([...(await parts[0]!)]).toEqual([...x.data.subarray(0, first * 4)]);
    expect([...(await parts[1]!)]).toEqual([...x.data.subarray(first * 4)]);
  });

  it('has the right gradient', async () => {
    const errors = await gradientErrors({
      inputs: { x },
      constants,
      build: (tape) => {
        const [a, b] = splitRows(tape, 'x', 'sizes');
        return [
          { tensor: a, shape: [first, 4] },
          { tensor: b, shape: [second, 4] },
        ];
      },
    });
    expect(errors.x).toBeLessThan(1e-3);
  });
});
