import { expect, test } from 'vitest';
import { partitionCharacters } from './character-partition.js';
import { ALL_CODE_POINTS, ALL_CODE_UNITS, type CodePointRanges, hasCodePoint, normaliseRanges } from './code-points.js';

const SETS: CodePointRanges[] = [
  [[0x61, 0x7a]],
  [
    [0x63, 0x63],
    [0xe9, 0x1f600],
  ],
];

test('code points of one kind are in the same sets, and every one is of one kind', () => {
  const { kinds, membership } = partitionCharacters(SETS, ALL_CODE_POINTS, true);
  expect(normaliseRanges(kinds.flatMap(({ ranges }) => ranges))).toEqual(ALL_CODE_POINTS);
  for (const { steps, ranges } of kinds) {
    for (const code of ranges.flat()) {
      for (const [index, set] of SETS.entries()) expect(membership[index]![steps[0]!]).toBe(hasCodePoint(set, code));
    }
  }
});

test('without the u flag a character above U+FFFF is read in two steps', () => {
  const grin = '😀';
  const halves = [0, 1].map((index): CodePointRanges => [[grin.charCodeAt(index), grin.charCodeAt(index)]]);
  const { kinds, membership } = partitionCharacters(halves, ALL_CODE_UNITS, false);
  expect(normaliseRanges(kinds.flatMap(({ ranges }) => ranges))).toEqual(ALL_CODE_POINTS);
  for (const { steps, ranges } of kinds) {
    for (const code of ranges.flat().slice(0, 200)) {
      const units = String.fromCodePoint(code);
      expect(steps).toHaveLength(units.length);
      for (const [place, step] of steps.entries()) {
        for (const [index, set] of halves.entries()) {
          expect(membership[index]![step]).toBe(hasCodePoint(set, units.charCodeAt(place)));
        }
      }
    }
  }
});
