import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, integers, randomValues } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { rotary, rotaryTables } from './rotary.js';

const heads = 3;
const headSize = 8;
const base = 100;
// Positions as packed examples have them: they start anew.
const positions = [0, 1, 2, 3, 0, 1, 5];
const shape = [positions.length, heads * headSize];

describe('rotary', () => {
  it('turns neighbouring pairs by position · base^(−2·pair/headSize)', async () => {
    const x = randomValues(createRandom(1), shape);
    const y = await runGraph({ x, positions: integers([1, positions.length], positions) }, (tape) =>
      rotary(tape, 'x', 'positions', rotaryTables(tape, positions.length, headSize, base)),
    );
    positions.forEach((position, row) => {
      for (let at = 0; at < heads * headSize; at += 2) {
        const angle = position * base ** (-(at % headSize) / headSize);
        const [a, b] = [x.data[row * heads * headSize + at]!, x.data[row * heads * headSize + at + 1]!];
        expect(y[row * heads * headSize + at]).toBeCloseTo(a * Math.cos(angle) - b * Math.sin(angle), 5);
        expect(y[row * heads * headSize + at + 1]).toBeCloseTo(a * Math.sin(angle) + b * Math.cos(angle), 5);
      }
    });
  });

  it('has the right gradient', async () => {
    const errors = await gradientErrors({
      inputs: { x: randomValues(createRandom(2), shape) },
      constants: { positions: integers([1, positions.length], positions) },
      build: (tape) => [
        { tensor: rotary(tape, 'x', 'positions', rotaryTables(tape, positions.length, headSize, base)), shape },
      ],
    });
    expect(errors.x).toBeLessThan(1e-3);
  });
});
