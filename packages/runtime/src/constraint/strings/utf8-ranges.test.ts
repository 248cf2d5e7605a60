import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ExpressionArena } from '../grammar/expression-arena.js';
import { encodeUtf8 } from '../utf8.js';
import { ALL_CODE_POINTS, type CodePointRange, hasCodePoint, intersect, normaliseRanges } from './code-points.js';
import { utf8OfRanges } from './utf8-ranges.js';

const BOUNDARIES = [0, 0x7f, 0x80, 0x7ff, 0x800, 0xfff, 0x1000, 0xd7ff, 0xe000, 0xffff, 0x10000, 0x3ffff, 0x10ffff];
const code = fc.oneof(fc.constantFrom(...BOUNDARIES), fc.nat(0x10ffff), fc.nat(0x1000));
const ranges = fc
  .array(
    fc
      .tuple(code, fc.oneof(fc.nat(3), fc.nat(0x40000)))
      .map(([first, length]): CodePointRange => [first, first + length]),
    { minLength: 1, maxLength: 6 },
  )
  .map((list) => intersect(normaliseRanges(list), ALL_CODE_POINTS));

test('exactly the characters of the ranges are matched, by bytes', () => {
  fc.assert(
    fc.property(ranges, fc.array(code, { maxLength: 20 }), (set, more) => {
      const arena = new ExpressionArena();
      const expression = utf8OfRanges(arena, set);
      const edges = set.flatMap(([first, last]) => [first - 1, first, last, last + 1]);
      for (const candidate of [...BOUNDARIES, ...edges, ...more]) {
        if (candidate < 0 || candidate > 0x10ffff || (candidate >= 0xd800 && candidate <= 0xdfff)) continue;
        let rest = expression;
        for (const byte of encodeUtf8(String.fromCodePoint(candidate))) rest = arena.derivative(rest, byte);
        expect(arena.isNullable(rest)).toBe(hasCodePoint(set, candidate));
      }
    }),
    { numRuns: 60 },
  );
});
