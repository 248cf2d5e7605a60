import { ExpressionArena, NOTHING, UNBOUNDED } from '../grammar/expression-arena.js';
import { literal, literals } from '../grammar/literal-automaton.js';
import { byteString } from '../utf8.js';
import { ALL_CODE_POINTS, type CodePointRanges, hasCodePoint, intersect, rangesKey } from './code-points.js';
import { utf8OfRanges } from './utf8-ranges.js';

/** Code points that JSON.stringify writes as themselves. */
const PLAIN: CodePointRanges = [
  [0x20, 0x21],
  [0x23, 0x5b],
  [0x5d, 0xd7ff],
  [0xe000, 0x10ffff],
];

const ASCII_END = 0x7f;

/** Code points that JSON.stringify writes with a letter behind the backslash, and those letters. */
const SHORT_ESCAPES: readonly [code: number, letter: string][] = [
  [0x08, 'b'],
  [0x09, 't'],
  [0x0a, 'n'],
  [0x0c, 'f'],
  [0x0d, 'r'],
  [0x22, '"'],
  [0x5c, '\\'],
];

/** No JavaScript engine has longer strings; nor can repetitions have greater bounds. */
const LONGEST = 2 ** 31 - 1;

const quotes = new WeakMap<ExpressionArena, number>();
const characters = new WeakMap<ExpressionArena, number>();
const bodies = new WeakMap<ExpressionArena, number>();
const canonicalCharacters = new WeakMap<ExpressionArena, Map<string | CodePointRanges, number>>();

/** The expression of a quotation mark. */
export function quote(arena: ExpressionArena): number {
  let expression = quotes.get(arena);
  if (expression === undefined) quotes.set(arena, (expression = arena.bytes(0x22, 0x22)));
  return expression;
}

/** The expression of stringCharacter, where it has been asked for before; otherwise -1. */
export function knownStringCharacter(arena: ExpressionArena): number {
  return characters.get(arena) ?? -1;
}

/**
 * The expression of one character inside a JSON string (RFC 8259, section 7): itself, or any well-formed escape;
 * `\u` escapes of surrogates only in pairs.
 */
export function stringCharacter(arena: ExpressionArena): number {
  let expression = characters.get(arena);
  if (expression === undefined) {
    const hex = arena.bytes(0x30, 0x39, 0x41, 0x46, 0x61, 0x66);
    const d = arena.bytes(0x44, 0x44, 0x64, 0x64);
    const outsideSurrogates = arena.alternation([
      arena.sequence(arena.bytes(0x30, 0x39, 0x41, 0x43, 0x45, 0x46, 0x61, 0x63, 0x65, 0x66), hex, hex, hex),
      arena.sequence(d, arena.bytes(0x30, 0x37), hex, hex),
    ]);
    const high = arena.sequence(d, arena.bytes(0x38, 0x39, 0x41, 0x42, 0x61, 0x62), hex, hex);
    const low = arena.sequence(d, arena.bytes(0x43, 0x46, 0x63, 0x66), hex, hex);
    const unicode = arena.alternation([outsideSurrogates, arena.sequence(high, literal(arena, '\\u'), low)]);
    const escaped = literals(arena, [
      ...['\\"', '\\\\', '\\/', '\\b', '\\f', '\\n', '\\r', '\\t'].map((text) => ({ text, then: 1 })),
      { text: '\\u', then: unicode },
    ]);
    expression = arena.alternation([utf8OfRanges(arena, PLAIN), escaped]);
    characters.set(arena, expression);
  }
  return expression;
}

/** One code point out of the ranges, as JSON.stringify writes it. */
export function canonicalCharacter(arena: ExpressionArena, ranges: CodePointRanges): number {
  let known = canonicalCharacters.get(arena);
  if (known === undefined) canonicalCharacters.set(arena, (known = new Map()));
  let expression = known.get(ranges);
  if (expression === undefined) {
    const key = rangesKey(ranges);
    expression = known.get(key) ?? newCharacter(arena, ranges);
    known.set(key, expression);
    known.set(ranges, expression);
  }
  return expression;
}

function newCharacter(arena: ExpressionArena, ranges: CodePointRanges): number {
  if (ranges.length === 0) return NOTHING;
  if (ranges[0]![0] > ASCII_END) return utf8OfRanges(arena, intersect(ranges, PLAIN));
  // What is not ASCII is often the same in several sets, and most of the work.
  const ascii = utf8OfRanges(arena, intersect(intersect(ranges, PLAIN), [[0, ASCII_END]]));
  const others = canonicalCharacter(arena, intersect(ranges, [[ASCII_END + 1, 0x10ffff]]));
  return arena.alternation([ascii, escapedCharacter(arena, ranges), others]);
}

/** Those of the ranges that need an escape, with it. */
function escapedCharacter(arena: ExpressionArena, ranges: CodePointRanges): number {
  const letters: number[] = [];
  for (const [code, letter] of SHORT_ESCAPES) {
    if (hasCodePoint(ranges, code)) letters.push(letter.charCodeAt(0), letter.charCodeAt(0));
  }
  /** Last hexadecimal digits, by the one before. */
  const digits: [number[], number[]] = [[], []];
  for (let code = 0; code < 0x20; code++) {
    if (!hasCodePoint(ranges, code) || SHORT_ESCAPES.some(([short]) => short === code)) continue;
    const digit = (code & 15).toString(16).charCodeAt(0);
    digits[code >>> 4]!.push(digit, digit);
  }
  if (letters.length + digits[0].length + digits[1].length === 0) return NOTHING;
  const codes = digits.map((list, index) => arena.sequence(literal(arena, String(index)), arena.bytes(...list)));
  const long = arena.sequence(literal(arena, 'u00'), arena.alternation(codes));
  return arena.sequence(literal(arena, '\\'), arena.alternation([arena.bytes(...letters), long]));
}

/** The bytes of a text between the quotes of a JSON string, written as JSON.stringify does; each as a character. */
export function bodyBytes(text: string): string {
  return /^[ !#-[\]-~]*$/.test(text) ? text : byteString(JSON.stringify(text).slice(1, -1));
}

/** What may stand between the quotes of a JSON string, written as JSON.stringify does. */
export function anyBody(arena: ExpressionArena): number {
  let expression = bodies.get(arena);
  if (expression === undefined) bodies.set(arena, (expression = boundedBody(arena, 0, UNBOUNDED)));
  return expression;
}

/**
 * What may stand between the quotes of a JSON string of `minimum` to `maximum` code points, written as JSON.stringify
 * does.
 * @param maximum UNBOUNDED for no bound.
 */
export function boundedBody(arena: ExpressionArena, minimum: number, maximum: number | typeof UNBOUNDED): number {
  if (minimum > LONGEST) return NOTHING;
  const character = canonicalCharacter(arena, ALL_CODE_POINTS);
  arena.markBodyCharacter(character);
  return arena.repetition(character, minimum, maximum > LONGEST ? UNBOUNDED : maximum);
}

/**
 * What may stand between the quotes of a JSON string of `minimum` to `maximum` code points, with any well-formed escapes.
 * @param maximum UNBOUNDED for no bound.
 */
export function freeBody(arena: ExpressionArena, minimum: number, maximum: number | typeof UNBOUNDED): number {
  return arena.repetition(stringCharacter(arena), minimum, maximum);
}

const prepared = new WeakMap<Uint8Array, ExpressionArena>();
const ALL_BYTES = new Uint8Array(256).fill(1);

/**
 * A new arena that has the characters of names already: building those is most of what a small schema costs.
 * @param usableBytes As for an arena.
 */
export function newArena(usableBytes: Uint8Array = ALL_BYTES): ExpressionArena {
  let template = prepared.get(usableBytes);
  if (template === undefined) {
    prepared.set(usableBytes, (template = new ExpressionArena(usableBytes)));
    template.rowOffset(template.sequence(anyBody(template), quote(template)));
  }
  const arena = template.copy();
  quotes.set(arena, quote(template));
  bodies.set(arena, anyBody(template));
  canonicalCharacters.set(arena, new Map(canonicalCharacters.get(template)));
  return arena;
}
