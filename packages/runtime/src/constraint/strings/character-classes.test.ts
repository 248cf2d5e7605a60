import { expect, test } from 'vitest';
import { LINE_END, propertyRanges, SPACE, WORD } from './character-classes.js';
import { ALL_CODE_POINTS, type CodePointRanges, complement, hasCodePoint } from './code-points.js';

function disagreements(ranges: CodePointRanges, expression: RegExp, step: number): string[] {
  const codes: string[] = [];
  for (const [first, last] of ALL_CODE_POINTS) {
    for (let code = first; code <= last; code += step) {
      if (expression.test(String.fromCodePoint(code)) !== hasCodePoint(ranges, code)) codes.push(code.toString(16));
    }
  }
  return codes;
}

test.each([
  ['\\s', SPACE],
  ['\\w', WORD],
  ['.', complement(LINE_END, ALL_CODE_POINTS)],
])('%s is what RegExp takes it for', (source, ranges) => {
  expect(disagreements(ranges, new RegExp(`^${source}$`, 'u'), 1)).toEqual([]);
});

test.each(['L', 'Cn', 'Co', 'Script=Greek', 'Script_Extensions=Han', 'Emoji', 'Any', 'Noncharacter_Code_Point'])(
  '\\p{%s} is what RegExp takes it for',
  (property) => {
    const expression = new RegExp(`^\\p{${property}}$`, 'u');
    expect(disagreements(propertyRanges(property), expression, 7)).toEqual([]);
    for (let plane = 0; plane < 17; plane++) {
      for (const code of [0xfffd, 0xfffe, 0xffff].map((low) => (plane << 16) + low)) {
        expect(hasCodePoint(propertyRanges(property), code)).toBe(expression.test(String.fromCodePoint(code)));
      }
    }
  },
);
