import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson, parseJson } from './index.js';

/** JSON values whose strings are whole characters, as RFC 8785 wants. */
const values = fc.jsonValue({ stringUnit: 'grapheme' });

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .reverse()
      .map(([name, inside]) => [name, reversed(inside)]),
  );
}

describe('canonicalJson', () => {
  it('writes the example of RFC 8785 section 3.2.2', () => {
    const value = JSON.parse(
      '{"numbers":[333333333.33333329,1E30,4.50,2e-3,0.000000000000000000000000001],' +
        '"string":"\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/","literals":[null,true,false]}',
    );
    expect(canonicalJson(value)).toBe(
      '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],' +
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}',
    );
  });

  it('sorts by UTF-16 code units (RFC 8785 section 3.2.3)', () => {
    const value = { '\u20ac': 1, '\r': 2, '\ufb33': 3, '1': 4, '\u{1f600}': 5, '\u0080': 6, ö: 7 };
    expect([...canonicalJson(value).matchAll(/:(\d)/g)].map((match) => match[1]).join('')).toBe('2467153');
  });

  it('means the same as what it was given', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(JSON.parse(canonicalJson(value))).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  it('does not depend on the order of properties', () => {
    fc.assert(
      fc.property(values, (value) => {
        expect(canonicalJson(reversed(value))).toBe(canonicalJson(value));
      }),
    );
  });

  it('leaves out what is undefined', () => {
    expect(canonicalJson({ b: 1, a: undefined })).toBe('{"b":1}');
  });

  it.each([
    [{ a: [1, Number.NaN] }, 'value#/a/1'],
    [{ 'a/b': '\ud83d' }, 'value#/a~1b'],
    [[1n], 'value#/0'],
  ])('refuses what JSON cannot hold', (value, place) => {
    expect(() => canonicalJson(value)).toThrow(place);
  });
});

describe('parseJson', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(parseJson(text)).toEqual({ value: JSON.parse(text) });
      }),
    );
    expect(parseJson('\uFEFF{"a":1}')).toEqual({ value: { a: 1 } });
  });

  it('refuses what is nested so deep that it could not be worked with, saying where', () => {
    const nested = (depth: number) => `["]\\"}",\n${'{"a":['.repeat(depth)}${']}'.repeat(depth)}]`;
    expect(parseJson(nested(127)).problem).toBeUndefined();
    const problem = { line: 2, column: 6 * 127 + 6, message: 'nested more than 256 deep' };
    expect(parseJson(nested(128))).toEqual({ problem });
    expect(parseJson(nested(50_000))).toEqual({ problem });
  });

  it.each([
    ['', 1, 1, 'expected a value, found the end of the text'],
    ['{"a":1,}', 1, 8, 'expected a property name in double quotes, found "}"'],
    ["{'a':1}", 1, 2, 'expected a property name in double quotes or "}", found "\'"'],
    ['[1,\n 2\n 3]', 3, 2, 'expected "," or "]", found "3"'],
    ['{"a" 1}', 1, 6, 'expected ":", found "1"'],
    ['{"a":tru}', 1, 6, 'expected a value, found "t"'],
    ['{}{}', 1, 3, 'expected the end of the text, found "{"'],
    ['["a\tb"]', 1, 4, 'a string that is closed, without raw control characters, found "\\t"'],
    ['["abc', 1, 6, 'a string that is closed, without raw control characters, found the end of the text'],
  ])('tells where %j goes wrong', (text, line, column, message) => {
    expect(parseJson(text).problem).toEqual({ line, column, message: expect.stringContaining(message) });
  });

  it('finds a place in every text that is not JSON, at or before the damage', () => {
    const damaged = fc.tuple(fc.json(), fc.nat(), fc.constantFrom('"', '{', ']', ',', ':', 'x', '\\', '\n'));
    fc.assert(
      fc.property(damaged, ([text, position, character]) => {
        const place = position % (text.length + 1);
        const { problem } = parseJson(text.slice(0, place) + character + text.slice(place));
        if (problem === undefined) return;
        expect(problem.line).toBeGreaterThanOrEqual(1);
        expect(problem.column).toBeGreaterThanOrEqual(1);
        expect(problem.message).toMatch(/^not JSON: expected .+, found /);
      }),
    );
  });
});
