import { type CodePointRange, intersect, utf8OfRanges } from './code-points.js';
import { type ExpressionArena, NOTHING, type UNBOUNDED } from './expression-arena.js';
import { literal, literals } from './literal-automaton.js';

/** Code points that JSON.stringify writes as themselves. */
const PLAIN: readonly CodePointRange[] = [
  [0x20, 0x21],
  [0x23, 0x5b],
  [0x5d, 0xd7ff],
  [0xe000, 0x10ffff],
];

const quotes = new WeakMap<ExpressionArena, number>();
const characters = new WeakMap<ExpressionArena, number>();

/** The expression of a quotation mark. */
export function quote(arena: ExpressionArena): number {
  let expression = quotes.get(arena);
  if (expression === undefined) quotes.set(arena, (expression = arena.bytes(0x22, 0x22)));
  return expression;
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

/** One code point out of normalised ranges, as JSON.stringify writes it. */
export function canonicalCharacter(arena: ExpressionArena, ranges: readonly CodePointRange[]): number {
  const options = [utf8OfRanges(arena, intersect(ranges, PLAIN))];
  for (const special of escapedCodePoints()) {
    if (ranges.some(([first, last]) => special >= first && special <= last)) {
      options.push(literal(arena, JSON.stringify(String.fromCodePoint(special)).slice(1, -1)));
    }
  }
  return arena.alternation(options);
}

function escapedCodePoints(): number[] {
  return [...Array.from({ length: 0x20 }, (_, code) => code), 0x22, 0x5c];
}

/**
 * A JSON string of `minimum` to `maximum` code points.
 * @param maximum UNBOUNDED for no bound.
 */
export function jsonString(arena: ExpressionArena, minimum: number, maximum: number | typeof UNBOUNDED): number {
  const body = arena.repetition(stringCharacter(arena), minimum, maximum);
  if (body === NOTHING) return NOTHING;
  return arena.sequence(quote(arena), body, quote(arena));
}
