import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  ALL_CODE_POINTS,
  type CodePointRange,
  complement,
  hasCodePoint,
  intersect,
  normaliseRanges,
} from './code-points.js';

const ranges = fc.array(
  fc.tuple(fc.nat(60), fc.nat(9)).map(([first, length]): CodePointRange => [first, first + length]),
  { maxLength: 8 },
);
const CODES = Array.from({ length: 75 }, (_, code) => code);

test('ranges are sets: normalised, intersected and complemented', () => {
  fc.assert(
    fc.property(ranges, ranges, (one, other) => {
      const first = normaliseRanges(one);
      const second = normaliseRanges(other);
      const both = intersect(first, second);
      const rest = complement(first, ALL_CODE_POINTS);
      for (const code of CODES) {
        const inFirst = one.some(([from, to]) => code >= from && code <= to);
        expect(hasCodePoint(first, code)).toBe(inFirst);
        expect(hasCodePoint(both, code)).toBe(inFirst && hasCodePoint(second, code));
        expect(hasCodePoint(rest, code)).toBe(!inFirst);
      }
      expect(complement(rest, ALL_CODE_POINTS)).toEqual(intersect(first, ALL_CODE_POINTS));
    }),
  );
});

test('a complement has no surrogates unless the universe has', () => {
  expect(complement([[0, 0x41]], ALL_CODE_POINTS)).toEqual([
    [0x42, 0xd7ff],
    [0xe000, 0x10ffff],
  ]);
  expect(complement([[0x42, 0xffff]], [[0, 0xffff]])).toEqual([[0, 0x41]]);
});
