import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, integers, randomValues } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { type RotaryFrequencies, rotary, rotaryTables } from './rotary.js';

const heads = 3;
const headSize = 8;
const width = heads * headSize;
const base = 100;
// Positions as packed examples have them: they start anew.
const positions = [0, 1, 2, 3, 0, 1, 5];
const shape = [positions.length, width];
const divisors = Float32Array.of(1, 1.5, 3, 8);

/** The two values that pair `pair` of a head turns, counted from the head's first. */
const partners = {
  neighbours: (pair: number) => [2 * pair, 2 * pair + 1] as const,
  halves: (pair: number) => [pair, pair + headSize / 2] as const,
};

describe.each<[string, RotaryFrequencies]>([
  ['neighbours', { headSize, base, pairs: 'neighbours' }],
  ['halves', { headSize, base, pairs: 'halves' }],
  ['halves, with positions divided', { headSize, base, pairs: 'halves', positionDivisor: 4 }],
  ['neighbours, with frequencies divided', { headSize, base, pairs: 'neighbours', divisors }],
])('rotary: %s', (_what, frequencies) => {
  it('turns each pair by position · base^(−2·pair/headSize), divided as asked', async () => {
    const x = randomValues(createRandom(1), shape);
    const y = await runGraph({ x, positions: integers([1, positions.length], positions) }, (tape) =>
      rotary(tape, 'x', 'positions', rotaryTables(tape, 'rotary', positions.length, frequencies)),
    );
    positions.forEach((position, row) => {
      for (let head = 0; head < heads; head++) {
        for (let pair = 0; pair < headSize / 2; pair++) {
          const angle =
            ((position / (frequencies.positionDivisor ?? 1)) * base ** ((-2 * pair) / headSize)) /
            (frequencies.divisors?.[pair] ?? 1);
          const [first, second] = partners[frequencies.pairs](pair).map((at) => row * width + head * headSize + at);
          const [a, b] = [x.data[first!]!, x.data[second!]!];
          expect(y[first!]).toBeCloseTo(a * Math.cos(angle) - b * Math.sin(angle), 5);
          expect(y[second!]).toBeCloseTo(a * Math.sin(angle) + b * Math.cos(angle), 5);
        }
      }
    });
  });

  it('has the right gradient', async () => {
    const errors = await gradientErrors({
      inputs: { x: randomValues(createRandom(2), shape) },
      constants: { positions: integers([1, positions.length], positions) },
      build: (tape) => [
        { tensor: rotary(tape, 'x', 'positions', rotaryTables(tape, 'rotary', positions.length, frequencies)), shape },
      ],
    });
    expect(errors.x).toBeLessThan(1e-3);
  });
});

describe('rotaryTables', () => {
  it('are kept apart by name in one graph', async () => {
    const x = randomValues(createRandom(3), shape);
    const [local, global] = await Promise.all(
      ['local', 'global'].map((wanted) =>
        runGraph({ x, positions: integers([1, positions.length], positions) }, (tape) => {
          const tables = {
            local: rotaryTables(tape, 'local', positions.length, { headSize, base, pairs: 'halves' }),
            global: rotaryTables(tape, 'global', positions.length, { headSize, base: 1e4, pairs: 'halves' }),
          };
          return rotary(tape, 'x', 'positions', tables[wanted as keyof typeof tables]);
        }),
      ),
    );
    expect(local).not.toEqual(global);
  });
});
