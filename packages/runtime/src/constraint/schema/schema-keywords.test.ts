import type { JsonSchema } from '@tooltune/sdk';
import { expect, test } from 'vitest';
import { loadSchema } from './load-schema.js';
import { isEnforced } from './schema-keywords.js';
import { isObject } from './schema-object.js';

test.each<[schema: JsonSchema, enforced: string[]]>([
  [{ type: 'null', title: 'x', 'x-note': 1, constructor: 1 }, ['type']],
  [{ $ref: '#/$defs/a', type: 'null', $defs: { a: true } }, ['$ref', 'type']],
  [{ $schema: 'http://json-schema.org/draft-07/schema#', $ref: '#/x', type: 'null', x: true }, ['$ref']],
  [{ $schema: 'http://json-schema.org/draft-04/schema#', const: 1, enum: [1] }, ['enum']],
  [{ then: true, minContains: 1, additionalItems: false, items: true, required: true }, ['items']],
  [{ if: true }, []],
  [{ if: true, else: true, contains: true, minContains: 1 }, ['if', 'else', 'contains', 'minContains']],
])('what of %j is enforced', (schema, enforced) => {
  const { root } = loadSchema(schema);
  const keywords = isObject(root.source) ? Object.keys(root.source) : [];
  expect(keywords.filter((keyword) => isEnforced(root, keyword))).toEqual(enforced);
});
