import fc from 'fast-check';
import { expect, test } from 'vitest';
import { matchesBody } from '../../../test/string-bodies.js';
import { ExpressionArena, UNBOUNDED } from '../grammar/expression-arena.js';
import { encodeUtf8 } from '../utf8.js';
import { anyBody, boundedBody, canonicalCharacter, freeBody } from './json-string.js';

function accepts(arena: ExpressionArena, expression: number, text: string): boolean {
  let rest = expression;
  for (const byte of encodeUtf8(text)) rest = arena.derivative(rest, byte);
  return arena.isNullable(rest);
}

test('every text is a body as JSON.stringify writes it', () => {
  const arena = new ExpressionArena();
  fc.assert(
    fc.property(fc.array(fc.oneof(fc.nat(0x7f), fc.nat(0x10ffff))), (codes) => {
      const scalars = codes.filter((code) => code < 0xd800 || code > 0xdfff);
      expect(matchesBody(arena, anyBody(arena), String.fromCodePoint(...scalars))).toBe(true);
    }),
  );
});

test.each(['"', '\\', '\n', '\\/', '\\u0041', '\\u000a', '\\u001F', '\\x', '\\u12', '\\ud83d\\ude00', 'a"b'])(
  '%j is not a body: JSON.stringify does not write it',
  (text) => {
    const arena = new ExpressionArena();
    expect(accepts(arena, anyBody(arena), text)).toBe(false);
  },
);

test('a character is one code point of the ranges', () => {
  const arena = new ExpressionArena();
  for (let code = 0; code < 0x180; code++) {
    const expression = canonicalCharacter(arena, [[code, code]]);
    for (const other of [code - 1, code, code + 1]) {
      if (other < 0) continue;
      expect(matchesBody(arena, expression, String.fromCodePoint(other))).toBe(other === code);
    }
  }
});

test('lengths are counted in code points', () => {
  const arena = new ExpressionArena();
  const body = boundedBody(arena, 2, 3);
  const taken = ['', 'a', '😀', '😀é', '\n\n', 'abc', '😀😀😀', 'abcd'].filter((text) =>
    matchesBody(arena, body, text),
  );
  expect(taken).toEqual(['😀é', '\n\n', 'abc', '😀😀😀']);
  expect(boundedBody(arena, 0, UNBOUNDED)).toBe(anyBody(arena));
});

test('a free body may have any well-formed escapes', () => {
  const arena = new ExpressionArena();
  const expression = freeBody(arena, 0, 3);
  for (const text of ['', '\\/', '\\u0041', '\\ud83d\\ude00', '\\u000Aab', '\\"']) {
    expect(accepts(arena, expression, text)).toBe(true);
  }
  for (const text of ['"', '\\', '\\x', '\\ud83d', '\\ude00', 'abcd', '\n']) {
    expect(accepts(arena, expression, text)).toBe(false);
  }
});
