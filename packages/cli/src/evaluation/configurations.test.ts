import { describe, expect, it } from 'vitest';
import { availableKinds, candidateOf, parseConfigurations, takeEvenly } from './configurations.js';

describe('parseConfigurations', () => {
  it('takes names with and without spaces, in the order of the table', () => {
    const names = parseConfigurations('adapter + constraint,base').map(({ name }) => name);
    expect(names).toEqual(['base', 'adapter + constraint']);
  });

  it('adds to what an earlier option named', () => {
    const names = parseConfigurations('adapter', parseConfigurations('base+constraint')).map(({ name }) => name);
    expect(names).toEqual(['base + constraint', 'adapter']);
  });

  it('names what is allowed for anything else', () => {
    expect(() => parseConfigurations('adaptor')).toThrow(
      /"adaptor" is none of base, base\+constraint, base\+few-shot, base\+few-shot\+constraint, remote, adapter/,
    );
  });
});

describe('availableKinds', () => {
  it('are what the data and the remote model allow', () => {
    const names = (given: Parameters<typeof availableKinds>[0]) => availableKinds(given).map(({ name }) => name);
    expect(names({ fewShot: false, remote: false })).toEqual([
      'base',
      'base + constraint',
      'adapter',
      'adapter + constraint',
    ]);
    expect(names({ fewShot: true, remote: true })).toHaveLength(7);
  });
});

describe('candidateOf', () => {
  it('is the adapter as it is served, else the last', () => {
    expect(candidateOf(['adapter + constraint', 'x'])).toBe('adapter + constraint');
    expect(candidateOf(['adapter', 'base'])).toBe('adapter');
    expect(candidateOf(['base', 'remote (m)'])).toBe('remote (m)');
  });
});

describe('takeEvenly', () => {
  it('spreads over all items', () => {
    expect(takeEvenly([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7]);
  });

  it('takes of what was taken, so that fewer rows are among more', () => {
    const all = Array.from({ length: 300 }, (_, index) => index);
    const some = takeEvenly(all, 70);
    for (const row of takeEvenly(some, 33)) expect(some).toContain(row);
  });

  it('gives all where there are not more', () => {
    expect(takeEvenly(['a', 'b'], 5)).toEqual(['a', 'b']);
  });
});
