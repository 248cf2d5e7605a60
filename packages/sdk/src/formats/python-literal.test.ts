import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseJsonOrPython, parsePythonLiteral } from './python-literal.js';
import { pythonTypeSchema } from './python-type.js';

/** As Python's repr writes a value that JSON could hold. */
function repr(value: unknown): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Object.is(value, -0) ? '-0.0' : String(value);
  if (typeof value === 'string') {
    const quote = value.includes("'") && !value.includes('"') ? '"' : "'";
    const inside = value
      .replaceAll('\\', '\\\\')
      .replaceAll(quote, `\\${quote}`)
      .replace(/\p{Cc}/gu, (character) => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`);
    return `${quote}${inside}${quote}`;
  }
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  return `{${Object.entries(value as object)
    .map(([name, inside]) => `${repr(name)}: ${repr(inside)}`)
    .join(', ')}}`;
}

describe('parsePythonLiteral', () => {
  it('reads what repr writes', () => {
    fc.assert(
      fc.property(fc.jsonValue({ stringUnit: 'grapheme' }), (value) => {
        // JSON writes -0 as 0.
        const plain = (one: unknown) => JSON.parse(JSON.stringify(one));
        expect(plain(parsePythonLiteral(repr(value)))).toEqual(plain(value));
      }),
    );
  });

  it.each([
    [
      "{'a': (1, 2.5, -3e2), \"b\": [True, None,], 'c': 'it\\'s \\u00e9 \\x41'}",
      { a: [1, 2.5, -300], b: [true, null], c: "it's é A" },
    ],
    ['1_000', 1000],
    ["' '", ' '],
  ])('reads %s', (text, value) => expect(parsePythonLiteral(text)).toEqual(value));

  it.each(["{'a'}", '{1: 2}', "'open", '[1', 'name', 'nan', "{'a': 1} x", '', '[1 2]', "'\\x4'", `${'['.repeat(400)}`])(
    'does not read %s',
    (text) => expect(parsePythonLiteral(text)).toBeUndefined(),
  );

  it('is JSON first, and tells where JSON goes wrong', () => {
    expect(parseJsonOrPython('{"a": true}')).toEqual({ value: { a: true } });
    expect(parseJsonOrPython("{'a': true}")).toEqual({ value: { a: true } });
    expect(parseJsonOrPython('{"a"').problem).toMatchObject({ column: 5 });
  });
});

describe('pythonTypeSchema', () => {
  it.each([
    ['str', { type: 'string' }, false],
    ['int, optional', { type: 'integer' }, true],
    ['Optional[float]', { type: 'number' }, true],
    ['List[int]', { type: 'array', items: { type: 'integer' } }, false],
    ['List[List[str]], optional', { type: 'array', items: { type: 'array', items: { type: 'string' } } }, true],
    ['List[Union[int, float]]', { type: 'array', items: { anyOf: [{ type: 'integer' }, { type: 'number' }] } }, false],
    ['Dict[str, float]', { type: 'object', additionalProperties: { type: 'number' } }, false],
    ['dict', { type: 'object', additionalProperties: true }, false],
    ['Set[str]', { type: 'array', uniqueItems: true, items: { type: 'string' } }, false],
    ['Tuple[int, ...]', { type: 'array', items: { type: 'integer' } }, false],
    [
      'Tuple[int, str]',
      { type: 'array', prefixItems: [{ type: 'integer' }, { type: 'string' }], minItems: 2, maxItems: 2 },
      false,
    ],
    ['Callable[[float], float]', { type: 'string' }, false],
    ['Any', {}, false],
  ])('reads %s', (type, schema, optional) => expect(pythonTypeSchema(type)).toEqual({ schema, optional }));

  it.each(['Widget', 'List[Widget]', '', 'int[str]'])('does not read "%s"', (type) =>
    expect(pythonTypeSchema(type)).toBeUndefined(),
  );
});
