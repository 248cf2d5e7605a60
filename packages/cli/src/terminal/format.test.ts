import { describe, expect, it } from 'vitest';
import { formatBytes, formatCount, formatMilliseconds, formatSeconds, formatShare } from './format.js';

describe('formats for people', () => {
  it.each([
    [0, '0 B'],
    [999, '999 B'],
    [1000, '1.0 kB'],
    [98_362_432, '98.4 MB'],
    [999_960, '1.0 MB'],
    [5_400_000_000, '5.4 GB'],
  ])('bytes %d', (bytes, text) => expect(formatBytes(bytes)).toBe(text));

  it.each([
    [0.4, '0 s'],
    [59.6, '1 min 0 s'],
    [725, '12 min 5 s'],
    [12_000, '3 h 20 min'],
    [7199, '1 h 59 min'],
    [Number.POSITIVE_INFINITY, '?'],
  ])('seconds %d', (seconds, text) => expect(formatSeconds(seconds)).toBe(text));

  it.each([
    [81.6, '82 ms'],
    [999.6, '1.00 s'],
    [1240, '1.24 s'],
  ])('milliseconds %d', (milliseconds, text) => expect(formatMilliseconds(milliseconds)).toBe(text));

  it('shares and counts', () => {
    expect([formatShare(0.8125), formatShare(null)]).toEqual(['81.3%', '–']);
    expect([formatCount(1, 'row'), formatCount(2087, 'row')]).toEqual(['1 row', '2,087 rows']);
  });
});
