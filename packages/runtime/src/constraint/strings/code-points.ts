/** Inclusive range of code points. */
export type CodePointRange = readonly [first: number, last: number];

/** Ranges that are sorted, do not overlap and do not touch. */
export type CodePointRanges = readonly CodePointRange[];

/** Every Unicode scalar value: all code points but the surrogates. */
export const ALL_CODE_POINTS: CodePointRanges = [
  [0, 0xd7ff],
  [0xe000, 0x10ffff],
];

/** Every UTF-16 code unit, surrogates included: what a pattern without the `u` flag reads. */
export const ALL_CODE_UNITS: CodePointRanges = [[0, 0xffff]];

/** Any ranges as sorted ones that neither overlap nor touch. */
export function normaliseRanges(ranges: readonly CodePointRange[]): CodePointRanges {
  const result: [number, number][] = [];
  for (const [first, last] of [...ranges].sort((a, b) => a[0] - b[0])) {
    const previous = result.at(-1);
    if (previous !== undefined && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else result.push([first, last]);
  }
  return result;
}

/** Code points that are in both. */
export function intersect(one: CodePointRanges, other: CodePointRanges): CodePointRanges {
  const result: CodePointRange[] = [];
  for (let index = 0, otherIndex = 0; index < one.length && otherIndex < other.length; ) {
    const [first, last] = one[index]!;
    const [otherFirst, otherLast] = other[otherIndex]!;
    const from = Math.max(first, otherFirst);
    const to = Math.min(last, otherLast);
    if (from <= to) result.push([from, to]);
    if (last < otherLast) index++;
    else otherIndex++;
  }
  return result;
}

/** What of `universe` is not in the ranges. */
export function complement(ranges: CodePointRanges, universe: CodePointRanges): CodePointRanges {
  const gaps: CodePointRange[] = [];
  let next = 0;
  for (const [first, last] of ranges) {
    if (first > next) gaps.push([next, first - 1]);
    next = last + 1;
  }
  gaps.push([next, 0x10ffff]);
  return intersect(gaps, universe);
}

/** True where the ranges have this code point. */
export function hasCodePoint(ranges: CodePointRanges, code: number): boolean {
  let low = 0;
  let high = ranges.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ranges[middle]![1] < code) low = middle + 1;
    else high = middle;
  }
  return low < ranges.length && ranges[low]![0] <= code;
}

/** The same text for the same ranges. */
export function rangesKey(ranges: CodePointRanges): string {
  return ranges.join(';');
}
