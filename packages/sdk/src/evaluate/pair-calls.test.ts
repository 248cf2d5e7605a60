import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { pairCalls } from './index.js';

const call = (name: string, x?: number, y?: number) => ({
  name,
  arguments: { ...(x === undefined ? {} : { x }), ...(y === undefined ? {} : { y }) },
});

describe('pairCalls', () => {
  it('puts the same calls together first, then those of the same tool by what they share', () => {
    const wanted = [call('a', 1, 1), call('a', 2, 2), call('b')];
    const got = [call('c'), call('a', 2, 2), call('a', 1, 5)];
    expect(pairCalls(wanted, got)).toEqual([
      { wanted: wanted[0], got: got[2] },
      { wanted: wanted[1], got: got[1] },
      { wanted: wanted[2], got: got[0] },
    ]);
  });

  it('uses every call once, whatever there is', () => {
    const calls = fc.array(
      fc.record({ name: fc.constantFrom('a', 'b'), x: fc.nat(2) }).map(({ name, x }) => call(name, x)),
      { maxLength: 5 },
    );
    fc.assert(
      fc.property(calls, calls, (wanted, got) => {
        const pairs = pairCalls(wanted, got);
        expect(pairs.flatMap((pair) => pair.wanted ?? [])).toEqual(wanted);
        const answers = pairs.flatMap((pair) => pair.got ?? []);
        expect(answers).toHaveLength(got.length);
        expect(new Set(answers)).toEqual(new Set(got));
        expect(pairs).toHaveLength(Math.max(wanted.length, got.length));
      }),
    );
  });
});
