import { createRandom } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createReplay } from './replay.js';
import type { TrainingExample } from './training-example.js';

const rowsOf = (count: number): TrainingExample[] =>
  Array.from({ length: count }, (_, index) => ({ tokens: Int32Array.of(1, index), labelMask: Uint8Array.of(0, 1) }));
const options = (learnt: number, seed = 1) => ({ learnt, random: createRandom(seed) });

describe('createReplay', () => {
  it.each([
    [0.1, 90, 10],
    [0.5, 8, 8],
    [0.05, 2087, 110],
    // A share that rounds to nothing was still asked for.
    [0.01, 8, 1],
    [0, 90, 0],
  ])('adds so many rows that they are the share %d of all', (share, learnt, perEpoch) => {
    const replay = createReplay(share, rowsOf(20), options(learnt));
    expect(replay.perEpoch).toBe(perEpoch);
    expect(replay.draw(1)).toHaveLength(perEpoch);
    expect(replay.draw(3)).toHaveLength(perEpoch);
  });

  it('draws every row before it draws one again', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 30 }), fc.integer({ min: 1, max: 100 }), (available, learnt) => {
        const rows = rowsOf(available);
        const replay = createReplay(0.3, rows, options(learnt));
        const drawn = [1, 2, 3, 4].flatMap((epoch) => replay.draw(epoch));
        for (let start = 0; start + available <= drawn.length; start += available) {
          expect(new Set(drawn.slice(start, start + available))).toEqual(new Set(rows));
        }
        expect(new Set(drawn).size).toBe(Math.min(available, drawn.length));
      }),
    );
  });

  it('gives an epoch the same rows whenever it is asked, so that a run can be resumed', () => {
    const rows = rowsOf(12);
    const one = createReplay(0.2, rows, options(20));
    const other = createReplay(0.2, rows, options(20));
    const first = one.draw(1);
    expect(other.draw(3)).toEqual(one.draw(3));
    expect(other.draw(1)).toEqual(first);
    expect(one.draw(2)).not.toEqual(first);
    expect(createReplay(0.2, rows, options(20, 2)).draw(1)).not.toEqual(first);
  });

  it('refuses to draw from nothing, unless nothing is asked for', () => {
    expect(() => createReplay(0.1, [], options(9))).toThrow(expect.objectContaining({ code: 'training/bad-rows' }));
    expect(createReplay(0, [], options(9)).draw(1)).toEqual([]);
  });
});
