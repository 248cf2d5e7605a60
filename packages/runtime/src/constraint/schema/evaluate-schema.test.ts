import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { expect, test } from 'vitest';
import { evaluateSchema, isValid } from './evaluate-schema.js';
import { loadSchema } from './load-schema.js';

const cases: [keyword: string, schema: JsonSchema, valid: JsonValue[], invalid: JsonValue[]][] = [
  ['true', true, [null, 1, {}], []],
  ['false', false, [], [null, 1, {}]],
  ['type', { type: ['integer', 'object'] }, [1, 1.0, -0, 1e300, {}], [1.5, null, [], '1', true]],
  ['type number', { type: 'number' }, [1, 1.5], ['1']],
  ['enum', { enum: [1, false, { a: 1, b: [2] }] }, [1, 1.0, false, { b: [2], a: 1 }], [0, true, '1', { a: 1 }, [1]]],
  ['enum: []', { enum: [] }, [], [null, 0]],
  ['const', { const: { a: null } }, [{ a: null }], [{}, { b: null }, null]],
  ['const: null', { const: null }, [null], [0, false, '']],
  ['minimum', { minimum: 1.5 }, [1.5, 2, 'x'], [1.4]],
  ['maximum', { maximum: -1 }, [-1, -2], [0]],
  ['exclusiveMinimum', { exclusiveMinimum: 0 }, [0.001], [0, -1]],
  ['exclusiveMaximum', { exclusiveMaximum: 0 }, [-0.001], [0, -0, 1]],
  ['multipleOf', { multipleOf: 0.1 }, [0.3, 1, -0.7, 1.1, 1e308, 0, 'x'], [0.35, 1e-9]],
  ['multipleOf: large', { multipleOf: 0.5 }, [1e308, 4.5], [4.25]],
  ['multipleOf: small', { multipleOf: 1e-8 }, [12391239123, 3e-8], [1.5e-8, 5e-324]],
  ['minLength', { minLength: 2 }, ['ab', '😀é', 3], ['a', '😀']],
  ['maxLength', { maxLength: 2 }, ['😀😀', '\ud83d'], ['abc']],
  ['pattern', { pattern: 'b+$' }, ['abb', 1], ['ba']],
  ['pattern: Unicode', { pattern: '^\\p{L}.$' }, ['é😀'], ['1a']],
  ['pattern: only without the u flag', { pattern: '^a\\-b$' }, ['a-b'], ['ab']],
  ['minItems', { minItems: 1 }, [[0], {}], [[]]],
  ['maxItems', { maxItems: 1 }, [[0]], [[0, 1]]],
  [
    'uniqueItems',
    { uniqueItems: true },
    [
      [0, false, '0', null, ''],
      [[1], [true]],
      [{ a: 1 }, { a: 2 }, '{"a":1}'],
    ],
    [
      [1, 1.0],
      [0, -0],
      [
        { a: 1, b: 2 },
        { b: 2, a: 1 },
      ],
      [[{}], [{}]],
    ],
  ],
  ['items', { items: { type: 'null' } }, [[], [null, null], 'x'], [[null, 1]]],
  [
    'prefixItems',
    { prefixItems: [{ type: 'null' }, true], items: false },
    [[], [null], [null, 1]],
    [[1], [null, 1, 2]],
  ],
  ['contains', { contains: { const: 1 } }, [[1], [0, 1]], [[], [0]]],
  [
    'contains counted',
    { contains: { const: 1 }, minContains: 2, maxContains: 3 },
    [
      [1, 1, 0],
      [1, 1, 1],
    ],
    [[1], [1, 1, 1, 1]],
  ],
  ['minContains: 0', { contains: { const: 1 }, minContains: 0 }, [[], [0]], []],
  ['required', { required: ['a', '__proto__'] }, [JSON.parse('{"a":1,"__proto__":1}'), []], [{ a: 1 }, {}]],
  ['required: toString', { required: ['toString'] }, [{ toString: 1 }], [{}]],
  [
    'properties',
    {
      properties: { a: { type: 'null' }, constructor: false },
      patternProperties: { '^x': { type: 'integer' } },
      additionalProperties: { type: 'string' },
    },
    [{}, { a: null, x: 1, z: '' }],
    [{ a: 1 }, { constructor: null }, { x: '' }, { z: 1 }],
  ],
  ['propertyNames', { propertyNames: { maxLength: 1 } }, [{ a: 1 }], [{ ab: 1 }]],
  ['minProperties', { minProperties: 1 }, [{ a: 1 }], [{}]],
  ['maxProperties', { maxProperties: 1 }, [{ a: 1 }], [{ a: 1, b: 1 }]],
  ['dependentRequired', { dependentRequired: { a: ['b'] } }, [{}, { b: 1 }, { a: 1, b: 1 }], [{ a: 1 }]],
  ['dependentSchemas', { dependentSchemas: { a: { maxProperties: 1 } } }, [{ a: 1 }, { b: 1, c: 1 }], [{ a: 1, b: 1 }]],
  ['allOf', { allOf: [{ minimum: 1 }, { maximum: 2 }] }, [1, 2], [0, 3]],
  ['anyOf', { anyOf: [{ const: 1 }, { const: 2 }] }, [1, 2], [3]],
  ['oneOf', { oneOf: [{ minimum: 1 }, { maximum: 2 }] }, [0, 3], [1, 2]],
  ['not', { not: { type: 'null' } }, [0], [null]],
  ['if', { if: { minimum: 5 }, then: { maximum: 6 }, else: { const: 0 } }, [5, 0], [7, 1]],
  ['then without if', { then: false, else: false }, [1], []],
  [
    'recursion',
    { properties: { next: { $ref: '#' } }, additionalProperties: false },
    [{ next: { next: {} } }],
    [{ next: { x: 1 } }],
  ],
  [
    'unevaluatedProperties',
    {
      properties: { a: true },
      allOf: [{ $ref: '#/$defs/b' }],
      anyOf: [{ properties: { c: { const: 1 } }, required: ['c'] }, { properties: { d: true } }],
      if: { properties: { e: { const: 1 } }, required: ['e'] },
      not: { properties: { f: true }, required: ['f'] },
      dependentSchemas: { a: { patternProperties: { '^g': true } } },
      unevaluatedProperties: false,
      $defs: { b: { properties: { b: true } } },
    },
    [{ a: 1, b: 1, d: 1 }, { c: 1, d: 1 }, { e: 1 }, { a: 1, g: 1 }],
    [{ c: 2 }, { e: 2 }, { f: 1 }, { g: 1 }],
  ],
  [
    'unevaluatedProperties does not see its neighbours',
    { allOf: [{ properties: { a: true } }, { unevaluatedProperties: { type: 'null' } }] },
    [{ a: null }],
    [{ a: 1 }],
  ],
  [
    'unevaluatedProperties inside counts outside',
    { allOf: [{ unevaluatedProperties: true }], unevaluatedProperties: false },
    [{ a: 1 }],
    [],
  ],
  [
    'unevaluatedItems',
    {
      prefixItems: [true],
      anyOf: [{ prefixItems: [true, { const: 2 }] }, true],
      contains: { const: 9 },
      minContains: 0,
      unevaluatedItems: false,
    },
    [[1], [1, 2], [1, 2, 9, 9], [1, 9]],
    [
      [1, 3],
      [1, 2, 9, 3],
    ],
  ],
];

test.each(cases)('%s', (_, schema, valid, invalid) => {
  const { root } = loadSchema(schema);
  const accepts = (value: JsonValue) => isValid(root, value, { formats: 'assert' });
  expect({ refused: valid.filter((value) => !accepts(value)), accepted: invalid.filter(accepts) }).toEqual({
    refused: [],
    accepted: [],
  });
  for (const value of valid) expect(evaluateSchema(root, value, { formats: 'assert' })).toBeUndefined();
  for (const value of invalid) expect(evaluateSchema(root, value, { formats: 'assert' })).toBeDefined();
});

test('formats are asserted on demand, and unknown ones never', () => {
  const { root } = loadSchema({ properties: { at: { format: 'date' }, sku: { format: 'x-sku' } } });
  expect(isValid(root, { at: 'soon' }, { formats: 'annotation' })).toBe(true);
  expect(isValid(root, { at: '2024-02-29', sku: '?' }, { formats: 'assert' })).toBe(true);
  expect(evaluateSchema(root, { at: '2023-02-29' }, { formats: 'assert' })).toEqual({
    schemaPointer: '/properties/at/format',
    keyword: 'format',
    instancePointer: '/at',
  });
});

test.each<[schema: JsonSchema, value: JsonValue, schemaPointer: string, keyword: string, instancePointer: string]>([
  [{ type: 'null' }, 1, '/type', 'type', ''],
  [false, 1, '', '', ''],
  [
    { properties: { 'a/b': { items: { $ref: '#/$defs/small' } } }, $defs: { small: { maximum: 1 } } },
    { 'a/b': [0, 2] },
    '/$defs/small/maximum',
    'maximum',
    '/a~1b/1',
  ],
  [{ anyOf: [{ type: 'null' }, { type: 'string' }] }, 1, '/anyOf', 'anyOf', ''],
  [{ if: { type: 'null' }, else: { minimum: 2 } }, 1, '/else/minimum', 'minimum', ''],
  [{ additionalProperties: false }, { x: 1 }, '/additionalProperties', 'additionalProperties', '/x'],
  [{ items: [true], additionalItems: false }, [1, 2], '/additionalItems', 'additionalItems', '/1'],
  [{ dependencies: { a: ['b'] } }, { a: 1 }, '/dependencies', 'dependencies', ''],
  [{ propertyNames: { maxLength: 1 } }, { xy: 1 }, '/propertyNames/maxLength', 'maxLength', '/xy'],
])('%j names what is wrong with %j', (schema, value, schemaPointer, keyword, instancePointer) => {
  const violation = evaluateSchema(loadSchema(schema).root, value, { formats: 'assert' });
  expect(violation).toEqual({ schemaPointer, keyword, instancePointer });
});

test('values that are nested too deeply are refused, not crashed on', () => {
  let deep: JsonValue = [];
  for (let level = 0; level < 60_000; level++) deep = [deep];
  const check = (schema: JsonSchema) => isValid(loadSchema(schema).root, deep, { formats: 'assert' });
  expect(() => check({ items: { $ref: '#' } })).toThrow(expect.objectContaining({ code: 'constraint/too-deep' }));
  expect(() => check({ uniqueItems: true })).toThrow(expect.objectContaining({ code: 'constraint/too-deep' }));
  expect(check({ const: [[1]] })).toBe(false);
  expect(check({ type: 'array' })).toBe(true);
});
