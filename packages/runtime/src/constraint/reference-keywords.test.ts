import { testKeywordCases } from '../../test/keyword-cases.js';

testKeywordCases([
  {
    name: '$ref to $defs',
    schema: { $defs: { id: { type: 'integer', minimum: 1 } }, type: 'array', items: { $ref: '#/$defs/id' } },
    accepted: ['[1,2]', '[]'],
    rejected: ['[0]', '["a"]'],
  },
  {
    name: '$ref: what stands beside it counts too',
    schema: { $defs: { id: { type: 'integer' } }, $ref: '#/$defs/id', minimum: 3 },
    accepted: ['3'],
    rejected: ['2', '"x"'],
  },
  {
    name: '$ref: in draft 7 it stands alone',
    schema: {
      $schema: 'http://json-schema.org/draft-07/schema#',
      definitions: { id: { type: 'integer' } },
      allOf: [{ $ref: '#/definitions/id', minimum: 3 }],
    },
    accepted: ['2', '3'],
    rejected: ['"x"'],
  },
  {
    name: '$ref: with escapes in the pointer',
    schema: { $defs: { 'a/b~c d': { type: 'null' } }, $ref: '#/$defs/a~1b~0c%20d' },
    accepted: ['null'],
    rejected: ['1'],
  },
  {
    name: '$ref: to a schema in a list',
    schema: { type: 'array', prefixItems: [{ type: 'integer' }, { $ref: '#/prefixItems/0' }] },
    accepted: ['[1,2]'],
    rejected: ['[1,"a"]'],
  },
  {
    name: '$ref: recursive, a tree',
    schema: {
      type: 'object',
      properties: { value: { type: 'integer' }, children: { type: 'array', items: { $ref: '#' } } },
      required: ['value'],
      additionalProperties: false,
    },
    accepted: [
      '{"value":1}',
      '{"value":1,"children":[{"value":2,"children":[]}]}',
      '{"children":[{"value":2}],"value":1}',
    ],
    rejected: ['{"children":[]}', '{"value":1,"children":[{}]}', '{"value":1,"children":[{"value":"x"}]}'],
  },
  {
    name: '$ref: recursive, a list of cells',
    schema: {
      $ref: '#/$defs/list',
      $defs: {
        list: {
          anyOf: [
            { type: 'null' },
            { type: 'array', prefixItems: [{ type: 'integer' }, { $ref: '#/$defs/list' }], items: false, minItems: 2 },
          ],
        },
      },
    },
    accepted: ['null', '[1,null]', '[1,[2,[3,null]]]'],
    rejected: ['[]', '[1]', '[1,2]', '[1,[2]]'],
  },
  {
    name: '$ref: two schemas that name each other',
    schema: {
      $ref: '#/$defs/even',
      $defs: {
        even: { type: 'array', maxItems: 1, items: { $ref: '#/$defs/odd' } },
        odd: { type: 'array', maxItems: 1, minItems: 1, items: { $ref: '#/$defs/even' } },
      },
    },
    accepted: ['[]', '[[[]]]', '[[[[[]]]]]'],
    rejected: ['[[]]', '[[[[]]]]', '[1]'],
  },
  {
    name: '$ref: recursive, required and optional',
    schema: {
      type: 'object',
      properties: { next: { $ref: '#' }, id: { type: 'integer' } },
      required: ['id'],
      additionalProperties: false,
    },
    accepted: ['{"id":1,"next":{"next":{"id":3},"id":2}}'],
    rejected: ['{"next":{}}', '{"id":1,"next":{"next":{}}}'],
  },
  {
    name: '$ref: recursive under not',
    schema: { type: 'array', items: { not: { $ref: '#' } } },
    accepted: ['[]', '[1]', '[[[]]]', '[[1,[]]]'],
    rejected: ['[[]]', '[[1]]', '{}'],
  },
  {
    name: '$anchor',
    schema: { $defs: { a: { $anchor: 'count', type: 'integer' } }, type: 'array', items: { $ref: '#count' } },
    accepted: ['[1]'],
    rejected: ['["a"]'],
  },
  {
    name: '$id: a relative reference',
    schema: {
      $id: 'https://example.com/root.json',
      $defs: { a: { $id: 'item.json', type: 'integer', $defs: { b: { $anchor: 'b', type: 'null' } } } },
      type: 'array',
      prefixItems: [{ $ref: 'item.json' }, { $ref: 'item.json#b' }, { $ref: 'https://example.com/item.json#/$defs/b' }],
    },
    accepted: ['[1,null,null]'],
    rejected: ['["a"]', '[1,1]', '[1,null,1]'],
  },
  {
    name: '$id: a pointer counts from the nearest one',
    schema: {
      $id: 'https://example.com/a',
      $defs: { x: { type: 'integer' }, inner: { $id: 'b', $defs: { x: { type: 'string' } }, $ref: '#/$defs/x' } },
      $ref: 'b',
    },
    accepted: ['"x"'],
    rejected: ['1'],
  },
  {
    name: '$ref: other documents that are given',
    schema: { type: 'array', items: { $ref: 'https://example.com/other#/$defs/id' } },
    options: {
      remotes: new Map([
        ['https://example.com/other', { $defs: { id: { $ref: '#/$defs/n' }, n: { type: 'integer' } } }],
      ]),
    },
    accepted: ['[1]'],
    rejected: ['["a"]'],
  },
  {
    name: '$dynamicRef: the outermost anchor counts',
    schema: {
      $id: 'https://example.com/strict',
      $ref: 'tree',
      $dynamicAnchor: 'node',
      unevaluatedProperties: false,
      $defs: {
        tree: {
          $id: 'tree',
          $dynamicAnchor: 'node',
          type: 'object',
          properties: { data: true, children: { type: 'array', items: { $dynamicRef: '#node' } } },
        },
      },
    },
    accepted: ['{"children":[{"data":1}]}'],
    rejected: ['{"children":[{"daat":1}]}', '{"daat":1}'],
  },
  {
    name: 'definitions and $defs alone say nothing',
    schema: { $defs: { a: false }, definitions: { b: false }, type: 'null' },
    accepted: ['null'],
    rejected: ['1'],
  },
]);
