import { EMPTY_TEXT, type ExpressionArena } from '../grammar/expression-arena.js';
import { type CodePointRange, type CodePointRanges, intersect } from './code-points.js';

/** Code points by the length of their UTF-8 (RFC 3629, section 3): first, last, bits that mark the leading byte. */
const LENGTHS = [
  [0x80, 0x7ff, 0xc0],
  [0x800, 0xffff, 0xe0],
  [0x10000, 0x10ffff, 0xf0],
] as const;

/**
 * An expression for the UTF-8 bytes of one code point out of the ranges: a tree by leading bytes, in which no two
 * branches begin with the same byte and equal branches are one.
 */
export function utf8OfRanges(arena: ExpressionArena, ranges: CodePointRanges): number {
  const ascii = intersect(ranges, [[0, 0x7f]]);
  const options = [arena.bytes(...ascii.flat())];
  for (const [index, [first, last, mark]] of LENGTHS.entries()) {
    options.push(multibyte(arena, intersect(ranges, [[first, last]]), index + 1, mark));
  }
  return arena.alternation(options);
}

/**
 * One byte and those that follow it.
 * @param left Bytes that follow.
 * @param mark Bits that this byte has above those of the code point.
 */
function multibyte(arena: ExpressionArena, ranges: CodePointRanges, left: number, mark: number): number {
  const shift = 6 * left;
  const byteOf = (code: number) => mark | ((code >>> shift) & (mark === 0x80 ? 0x3f : 0x1f));
  if (left === 0) return arena.bytes(...ranges.flatMap(([first, last]) => [byteOf(first), byteOf(last)]));
  /** Ranges of this byte, by what follows it. */
  const bytesByRest = new Map<number, number[]>();
  for (const { first, last, parts } of blocks(ranges, 2 ** shift)) {
    const rest = parts === undefined ? continuations(arena, left) : multibyte(arena, parts, left - 1, 0x80);
    const bytes = bytesByRest.get(rest);
    if (bytes === undefined) bytesByRest.set(rest, [byteOf(first), byteOf(last)]);
    else bytes.push(byteOf(first), byteOf(last));
  }
  return arena.alternation(Array.from(bytesByRest, ([rest, bytes]) => arena.sequence(arena.bytes(...bytes), rest)));
}

interface Block {
  first: number;
  last: number;
  /** What of the block the ranges have; undefined for several whole blocks. */
  parts: CodePointRange[] | undefined;
}

/** The ranges by blocks of so many code points with the same byte in front. */
function blocks(ranges: CodePointRanges, size: number): Block[] {
  const result: Block[] = [];
  for (const [from, to] of ranges) {
    for (let first = from; first <= to; ) {
      const start = Math.floor(first / size) * size;
      const whole = first === start ? Math.floor((to + 1 - first) / size) : 0;
      const last = whole > 0 ? first + whole * size - 1 : Math.min(to, start + size - 1);
      const previous = result.at(-1);
      if (whole > 0) result.push({ first, last, parts: undefined });
      else if (previous?.parts !== undefined && previous.first >= start) previous.parts.push([first, last]);
      else result.push({ first, last, parts: [[first, last]] });
      first = last + 1;
    }
  }
  return result;
}

/** Any bytes that continue a character. */
function continuations(arena: ExpressionArena, count: number): number {
  let expression = EMPTY_TEXT;
  for (let index = 0; index < count; index++) expression = arena.sequence(arena.bytes(0x80, 0xbf), expression);
  return expression;
}
