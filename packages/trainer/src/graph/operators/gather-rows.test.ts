import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, integers, randomValues } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { gatherRows } from './gather-rows.js';

const width = 5;
const rows = [4, 0, 3];
/** For each of six rows its place among the picked; 3 for none. */
const slots = [1, 3, 3, 2, 0, 3];
const constants = { rows: integers([3], rows), slots: integers([6], slots) };

describe('gatherRows', () => {
  it('picks the rows in the order asked for', async () => {
    const x = randomValues(createRandom(1), [6, width]);
    const y = await runGraph({ x, ...constants }, (tape) => gatherRows(tape, 'x', 'rows', 'slots', width));
    expect([...y]).toEqual(rows.flatMap((row) => [...x.data.subarray(row * width, (row + 1) * width)]));
  });

  it('gives the gradient back to the rows picked and none to the others', async () => {
    const errors = await gradientErrors({
      inputs: { x: randomValues(createRandom(2), [6, width]) },
      constants,
      build: (tape) => [{ tensor: gatherRows(tape, 'x', 'rows', 'slots', width), shape: [3, width] }],
    });
    expect(errors.x).toBeLessThan(1e-3);
  });
});
