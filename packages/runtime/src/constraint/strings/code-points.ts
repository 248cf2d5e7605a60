import type { ExpressionArena } from './expression-arena.js';

/** Inclusive range of code points. */
export type CodePointRange = readonly [first: number, last: number];

/** Every Unicode scalar value: all code points but the surrogates. */
export const ALL_CODE_POINTS: readonly CodePointRange[] = [
  [0, 0xd7ff],
  [0xe000, 0x10ffff],
];

/** Sorted, without overlaps, without surrogates. */
export function normaliseRanges(ranges: readonly CodePointRange[]): CodePointRange[] {
  const result: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const previous = result.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else result.push([first, last]);
  }
  return intersect(result, ALL_CODE_POINTS);
}

/** Code points that are in both; both sorted and without overlaps. */
export function intersect(one: readonly CodePointRange[], other: readonly CodePointRange[]): CodePointRange[] {
  const result: CodePointRange[] = [];
  for (const [first, last] of one) {
    for (const [otherFirst, otherLast] of other) {
      const from = Math.max(first, otherFirst);
      const to = Math.min(last, otherLast);
      if (from <= to) result.push([from, to]);
    }
  }
  return result;
}

/** Every scalar value that is not in the ranges (normalised). */
export function complement(ranges: readonly CodePointRange[]): CodePointRange[] {
  const result: CodePointRange[] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) result.push([next, first - 1]);
    next = last + 1;
  }
  if (next <= 0x10ffff) result.push([next, 0x10ffff]);
  return intersect(result, ALL_CODE_POINTS);
}

/** An expression for the UTF-8 bytes of one code point out of normalised ranges. */
export function utf8OfRanges(arena: ExpressionArena, ranges: readonly CodePointRange[]): number {
  const options: number[] = [];
  const ascii: number[] = [];
  for (const [first, last] of ranges) {
    if (first < 0x80) ascii.push(first, Math.min(last, 0x7f));
    for (const [length, low, high] of [
      [2, 0x80, 0x7ff],
      [3, 0x800, 0xffff],
      [4, 0x10000, 0x10ffff],
    ] as const) {
      const from = Math.max(first, low);
      const to = Math.min(last, high);
      if (from <= to) options.push(longer(arena, from, to, length));
    }
  }
  if (ascii.length > 0) options.push(arena.bytes(...ascii));
  return arena.alternation(options);
}

const LEAD = [0, 0, 0xc0, 0xe0, 0xf0];

function longer(arena: ExpressionArena, from: number, to: number, length: number): number {
  const split = (low: number, high: number, left: number, mark: number): number => {
    const shift = 6 * left;
    const top = (value: number) => mark | (value >>> shift);
    if (left === 0) return arena.bytes(top(low), top(high));
    const rest = 2 ** shift - 1;
    const one = (byteLow: number, byteHigh: number, restLow: number, restHigh: number) =>
      arena.sequence(arena.bytes(byteLow, byteHigh), split(restLow, restHigh, left - 1, 0x80));
    if (low >>> shift === high >>> shift) return one(top(low), top(low), low & rest, high & rest);
    const options: number[] = [];
    let first = low >>> shift;
    let last = high >>> shift;
    if ((low & rest) !== 0) options.push(one(mark | first, mark | first++, low & rest, rest));
    if ((high & rest) !== rest) options.push(one(mark | last, mark | last--, 0, high & rest));
    if (first <= last) options.push(one(mark | first, mark | last, 0, rest));
    return arena.alternation(options);
  };
  return split(from, to, length - 1, LEAD[length]!);
}
