import { describe, expect, it } from 'vitest';
import { parseConfigurations, takeEvenly } from './configurations.js';

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
    expect(() => parseConfigurations('adaptor')).toThrow(/"adaptor" is none of base, base\+constraint, adapter/);
  });
});

describe('takeEvenly', () => {
  it('spreads over all items', () => {
    expect(takeEvenly([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], 4)).toEqual([0, 2, 5, 7]);
  });

  it('gives all where there are not more', () => {
    expect(takeEvenly(['a', 'b'], 5)).toEqual(['a', 'b']);
  });
});
