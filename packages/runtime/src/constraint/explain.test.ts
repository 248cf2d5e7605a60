import type { JsonSchema } from '@tooltune/sdk';
import { expect, test } from 'vitest';
import { explain, type SchemaOptions } from './index.js';

/** Pointer, status and reason of each row. */
function rows(schema: JsonSchema, options?: SchemaOptions): string[] {
  return explain(schema, options).map(({ pointer, status, reason }) => {
    return `${pointer} ${status}${reason === undefined ? '' : `: ${reason}`}`;
  });
}

test('every keyword of the schema has its row', () => {
  const schema: JsonSchema = {
    type: 'object',
    title: 'Timer',
    properties: { 'a/b': { $ref: '#/$defs/time' }, tags: { type: 'array', uniqueItems: true } },
    required: ['a/b'],
    $defs: { time: { type: 'string', format: 'time', 'x-grounded': 'span' }, unused: { type: 'null' } },
  };
  expect(explain(schema)).toEqual([
    { pointer: '/type', keyword: 'type', status: 'enforced' },
    { pointer: '/title', keyword: 'title', status: 'annotation' },
    { pointer: '/properties', keyword: 'properties', status: 'enforced' },
    { pointer: '/required', keyword: 'required', status: 'enforced' },
    { pointer: '/$defs', keyword: '$defs', status: 'annotation' },
    { pointer: '/properties/a~1b/$ref', keyword: '$ref', status: 'enforced' },
    { pointer: '/properties/tags/type', keyword: 'type', status: 'enforced' },
    { pointer: '/properties/tags/uniqueItems', keyword: 'uniqueItems', status: 'checked' },
    { pointer: '/$defs/time/type', keyword: 'type', status: 'enforced' },
    { pointer: '/$defs/time/format', keyword: 'format', status: 'enforced' },
    { pointer: '/$defs/time/x-grounded', keyword: 'x-grounded', status: 'enforced' },
  ]);
});

test.each<[name: string, schema: JsonSchema, expected: string[], options?: SchemaOptions]>([
  [
    'closed objects and bounded strings',
    { type: 'object', properties: { a: { type: 'string' }, b: { type: 'string', maxLength: 3 } } },
    [
      '/type enforced',
      '/properties narrowed: only declared properties are written',
      '/properties/a/type narrowed: strings have at most 20 characters',
      '/properties/b/type enforced',
      '/properties/b/maxLength enforced',
    ],
    { undeclaredProperties: 'closed', maximumStringLength: 20 },
  ],
  [
    'objects that say what else they may have are not closed',
    { properties: { a: true }, additionalProperties: true },
    ['/properties enforced', '/additionalProperties enforced'],
    { undeclaredProperties: 'closed' },
  ],
  [
    'bounds of strings that have a minLength, a pattern or a form of their own',
    {
      prefixItems: [
        { type: 'string', minLength: 30 },
        { type: 'string', pattern: 'a' },
        { type: 'string', 'x-grounded': 'optional' },
      ],
    },
    [
      '/prefixItems enforced',
      '/prefixItems/0/type enforced',
      '/prefixItems/0/minLength narrowed: strings have at most 30 characters',
      '/prefixItems/1/type enforced',
      '/prefixItems/1/pattern enforced',
      '/prefixItems/2/type narrowed: strings have at most 20 characters',
      '/prefixItems/2/x-grounded annotation: pieces of the texts are preferred, other strings are allowed too',
    ],
    { maximumStringLength: 20 },
  ],
  [
    'numbers beyond what is exact',
    { type: 'number', maximum: 2 ** 63, multipleOf: 3 },
    [
      '/type enforced',
      '/maximum narrowed: above 2^53 a bound may be rounded, so the next number inwards is taken',
      '/multipleOf narrowed: numbers have at most 15 digits before the point',
    ],
  ],
  [
    'numbers without exponents',
    { prefixItems: [{ type: ['string', 'number'] }, { type: 'integer' }, { type: 'integer', minimum: 0, maximum: 9 }] },
    [
      '/prefixItems enforced',
      '/prefixItems/0/type narrowed: strings have at most 9 characters; numbers are written without an exponent',
      '/prefixItems/1/type narrowed: numbers are written without an exponent',
      '/prefixItems/2/type enforced',
      '/prefixItems/2/minimum enforced',
      '/prefixItems/2/maximum enforced',
    ],
    { exponents: false, maximumStringLength: 9 },
  ],
  [
    'multiples within bounds',
    { multipleOf: 0.5, minimum: 0, exclusiveMaximum: 10 },
    ['/multipleOf enforced', '/minimum enforced', '/exclusiveMaximum enforced'],
  ],
  [
    'keywords that say nothing where they stand',
    { maxContains: 1, additionalItems: false, format: 'colour', required: true },
    [
      '/maxContains annotation: without `contains` it says nothing',
      '/additionalItems annotation: without a list of `items` it says nothing',
      '/format annotation: the format "colour" is not known',
      '/required annotation: no list of names',
    ],
  ],
  [
    'then alone',
    { type: 'null', then: false, else: false },
    [
      '/type enforced',
      '/then annotation: without `if` it says nothing',
      '/else annotation: without `if` it says nothing',
    ],
  ],
  ['if alone', { if: false }, ['/if annotation: without `then` and `else` it says nothing']],
  [
    'beside $ref in draft 7',
    {
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { a: { type: 'null', prefixItems: [true] } },
      items: { $ref: '#/definitions/a', type: 'string' },
    },
    [
      '/$schema annotation',
      '/definitions annotation',
      '/items enforced',
      '/items/$ref enforced',
      '/items/type annotation: in this draft nothing counts beside `$ref`',
      '/definitions/a/type enforced',
      '/definitions/a/prefixItems annotation: not a keyword of this draft',
    ],
  ],
  [
    'formats as annotations',
    { type: 'string', format: 'date' },
    ['/type enforced', '/format annotation: the options say so'],
    { formats: 'annotation' },
  ],
  [
    'what cannot be turned round is told of the keyword that asks for it',
    { properties: { a: { not: { items: { uniqueItems: true } } }, b: { not: { type: 'null' } } } },
    [
      '/properties enforced',
      '/properties/a/not checked',
      '/properties/b/not enforced',
      '/properties/a/not/items enforced',
      '/properties/b/not/type enforced',
      '/properties/a/not/items/uniqueItems enforced',
    ],
  ],
  [
    'patterns that are no regular language',
    { type: 'string', pattern: '(a)\\1' },
    ['/type enforced', '/pattern checked'],
  ],
  [
    'one place for several schemas',
    {
      $id: 'https://example.com/strict',
      $ref: 'tree',
      $dynamicAnchor: 'node',
      $defs: { tree: { $id: 'tree', $dynamicAnchor: 'node', items: { $dynamicRef: '#node' }, uniqueItems: true } },
    },
    [
      '/$id annotation',
      '/$ref enforced',
      '/$dynamicAnchor annotation',
      '/$defs annotation',
      '/$defs/tree/$id annotation',
      '/$defs/tree/$dynamicAnchor annotation',
      '/$defs/tree/items enforced',
      '/$defs/tree/uniqueItems checked',
      '/$defs/tree/items/$dynamicRef enforced',
    ],
  ],
  [
    'a schema that nothing satisfies',
    { type: 'null', enum: [1] },
    [' refused: no value can satisfy the schema', '/type enforced', '/enum enforced'],
  ],
])('%s', (_, schema, expected, options) => {
  expect(rows(schema, options)).toEqual(expected);
});
