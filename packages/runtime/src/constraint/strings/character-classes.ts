import { type CodePointRange, type CodePointRanges, normaliseRanges } from './code-points.js';

/** `\d` (ECMA-262, section 22.2.2.9 CharacterClassEscape). */
export const DIGIT: CodePointRanges = [[0x30, 0x39]];

/** `\w`. */
export const WORD: CodePointRanges = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];

/** `\s`: WhiteSpace and LineTerminator. */
export const SPACE: CodePointRanges = [
  [0x09, 0x0d],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x2000, 0x200a],
  [0x2028, 0x2029],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
  [0xfeff, 0xfeff],
];

/** What `.` does not match: LineTerminator. */
export const LINE_END: CodePointRanges = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x2028, 0x2029],
];

/** Planes of 65,536 code points that have assigned characters, which are asked one by one. */
const MIXED_PLANES = [0, 1, 2, 3, 14];
/** Planes that are unassigned, or private use, from one end to the other; but for the noncharacters at their end. */
const UNIFORM_PLANES = [4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 15, 16];
const properties = new Map<string, CodePointRanges>();

/**
 * Code points of a Unicode property, as this JavaScript engine knows it: `Script=Greek`, `L`, `Emoji`. Kept, as a first
 * question takes some milliseconds.
 * @param property What stands between the braces of `\p{}`; it must be one that RegExp takes.
 */
export function propertyRanges(property: string): CodePointRanges {
  let ranges = properties.get(property);
  if (ranges === undefined) properties.set(property, (ranges = findProperty(property)));
  return ranges;
}

/** One search through a text of all code points is many times faster than a test of each. */
function findProperty(property: string): CodePointRanges {
  const ranges: CodePointRange[] = [];
  const runs = new RegExp(`\\p{${property}}+`, 'gu');
  for (const [plane, text] of planeTexts()) {
    for (let run = runs.exec(text); run !== null; run = runs.exec(text)) {
      ranges.push([codePointAt(plane, run.index), codePointBefore(plane, runs.lastIndex)]);
    }
  }
  for (const plane of UNIFORM_PLANES) {
    const start = plane << 16;
    for (const [first, last] of [
      [start, start + 0xfffd],
      [start + 0xfffe, start + 0xffff],
    ] as const) {
      runs.lastIndex = 0;
      if (runs.test(String.fromCodePoint(first))) ranges.push([first, last]);
    }
  }
  return normaliseRanges(ranges);
}

/** Every scalar value of the mixed planes, in order. */
function planeTexts(): [plane: number, text: string][] {
  const units = new Uint16Array(0xf800 + (MIXED_PLANES.length - 1) * 0x20000);
  let length = 0;
  const ends = MIXED_PLANES.map((plane) => {
    if (plane === 0) {
      for (let unit = 0; unit < 0x10000; unit++) if (unit < 0xd800 || unit > 0xdfff) units[length++] = unit;
    } else {
      const first = 0xd7c0 + (plane << 6);
      for (let high = first; high < first + 0x40; high++) {
        for (let low = 0xdc00; low < 0xe000; low++) {
          units[length++] = high;
          units[length++] = low;
        }
      }
    }
    return length;
  });
  // One text that is cut up: a decoder, and so many short texts joined, would take longer than the search.
  const text = new TextDecoder('utf-16le').decode(units);
  return MIXED_PLANES.map((plane, index) => [plane, text.slice(ends[index - 1] ?? 0, ends[index])]);
}

/** The code point at an index of a plane's text. */
function codePointAt(plane: number, index: number): number {
  if (plane > 0) return (plane << 16) + index / 2;
  return index < 0xd800 ? index : index + 0x800;
}

function codePointBefore(plane: number, index: number): number {
  return codePointAt(plane, index - (plane > 0 ? 2 : 1));
}
