import type { JsonObject, JsonSchema, JsonValue } from '@tooltune/sdk';
import { TooltuneError } from '@tooltune/sdk';
import { expect, test } from 'vitest';
import { createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { ConstraintError, compileSchema, compileToolConstraint, createVocabulary, explain } from './index.js';

function refusal(work: () => unknown): ConstraintError {
  try {
    work();
  } catch (error) {
    if (error instanceof ConstraintError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

const object = (property: JsonValue): JsonSchema => ({
  type: 'object',
  properties: { 'a/b': property },
  additionalProperties: false,
});
const anchored = { not: { $defs: { a: { $anchor: 'a', $dynamicAnchor: 'a' } } } };

test.each<[code: string, keyword: string, pointer: string, refused: JsonSchema, taken: JsonSchema]>([
  ['unsupported-keyword', '$ref', '/properties/a~1b/$ref', object({ $ref: '#/$defs/x' }), object({ $ref: '#' })],
  ['unsupported-keyword', '$ref', '/$ref', { $ref: 'https://example.com/x' }, { $ref: 'https://example.com/known' }],
  ['unsupported-keyword', '$ref', '/items/$ref', { items: { $ref: '#a' } }, { items: { $ref: '#a' }, not: anchored }],
  ['unsupported-keyword', '$dynamicRef', '/$dynamicRef', { $dynamicRef: '#a' }, { $dynamicRef: '#a', not: anchored }],
  ['unsupported-keyword', '$schema', '/$schema', { $schema: 'urn:own' }, { $schema: 'https://json-schema.org/schema' }],
  ['infinite-reference', '$ref', '/$ref', { $ref: '#' }, { items: { $ref: '#' } }],
  ['infinite-reference', '$ref', '/anyOf/1/$ref', { anyOf: [true, { $ref: '#' }] }, { not: { not: true } }],
  ['invalid-schema', 'allOf', '/allOf', { allOf: [] }, { allOf: [true] }],
  ['invalid-schema', 'prefixItems', '/prefixItems', { prefixItems: [] }, { prefixItems: [true] }],
  ['invalid-schema', 'oneOf', '/anyOf/1/oneOf', { anyOf: [{}, { oneOf: [] }] }, { anyOf: [{}, { oneOf: [{}] }] }],
  ['invalid-schema', 'items', '/items', { prefixItems: [true], items: [true] }, { items: [true] }],
  ['invalid-schema', 'properties', '/properties/x', { properties: { x: 3 } }, { properties: { x: {} } }],
  ['invalid-schema', 'properties', '/properties', { properties: [] }, { properties: {} }],
  ['invalid-schema', 'required', '/required', { required: 'x' }, { required: ['x'] }],
  ['invalid-schema', 'type', '/type', { type: 'text' }, { type: 'string' }],
  ['invalid-schema', 'minLength', '/minLength', { minLength: -1 }, { minLength: 0 }],
  ['invalid-schema', 'maximum', '/maximum', { maximum: '3' }, { maximum: 3 }],
  ['invalid-schema', 'exclusiveMinimum', '/exclusiveMinimum', { exclusiveMinimum: [] }, { exclusiveMinimum: true }],
  ['invalid-schema', 'multipleOf', '/multipleOf', { multipleOf: 0 }, { multipleOf: 0.1 }],
  ['invalid-schema', 'uniqueItems', '/uniqueItems', { uniqueItems: 1 }, { uniqueItems: false }],
  ['invalid-schema', 'pattern', '/pattern', { pattern: '(' }, { pattern: '(a)\\1' }],
  ['invalid-schema', 'patternProperties', '/patternProperties', { patternProperties: { '[': {} } }, object({})],
  ['invalid-schema', 'enum', '/enum', { enum: 'x' }, { enum: ['x', 'x'] }],
  ['invalid-schema', 'x-grounded', '/x-grounded', { 'x-grounded': 'yes' }, { 'x-grounded': 'span' }],
])('%s: %s at %s', (code, keyword, pointer, schema, taken) => {
  const options = { schemaName: 'tools.json', remotes: new Map([['https://example.com/known', true]]) };
  const error = refusal(() => compileSchema(schema, options));
  expect(error).toMatchObject({ code: `constraint/${code}`, keyword, pointer });
  expect(error.message).toContain(`tools.json#${pointer}`);
  expect(TooltuneError.isInstance(error)).toBe(true);
  expect(explain(schema)).toEqual([{ pointer, keyword, status: 'refused', reason: expect.any(String) }]);
  compileSchema(taken, options);
});

test.each<[name: string, unsatisfiable: JsonSchema, satisfiable: JsonSchema]>([
  ['false', false, true],
  ['bounds that cross', { type: 'integer', minimum: 3, maximum: 2 }, { type: 'integer', minimum: 3, maximum: 3 }],
  [
    'no whole number between',
    { type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 2 },
    { type: 'number', exclusiveMinimum: 1, exclusiveMaximum: 2 },
  ],
  [
    'no number between',
    { type: 'number', minimum: 2, exclusiveMaximum: 2 },
    { type: 'number', minimum: 2, exclusiveMaximum: 3 },
  ],
  ['no multiple between', { type: 'integer', multipleOf: 5, minimum: 1, maximum: 4 }, { multipleOf: 5, minimum: 1 }],
  ['lengths that cross', { type: 'string', minLength: 3, maxLength: 2 }, { minLength: 3, maxLength: 2 }],
  ['a pattern without strings', { type: 'string', pattern: '(?=a)b' }, { type: 'string', pattern: '(?=a)[ab]' }],
  ['a pattern of another length', { type: 'string', pattern: '^a$', minLength: 2 }, { pattern: '^a$', minLength: 2 }],
  ['an empty enum', { enum: [] }, { enum: [null] }],
  ['an enum of another type', { type: 'null', enum: ['x'] }, { type: ['null', 'string'], enum: ['x'] }],
  ['const and enum', { const: 1, enum: [2] }, { const: 1, enum: [2, 1] }],
  ['allOf of two types', { allOf: [{ type: 'null' }, { type: 'array' }] }, { allOf: [{ type: 'null' }, {}] }],
  ['oneOf of the same', { oneOf: [{ type: 'null' }, { const: null }] }, { oneOf: [{ type: 'null' }, { const: 1 }] }],
  ['not of everything', { not: {} }, { not: { type: 'null' } }],
  [
    'a condition that fails',
    { type: 'null', if: { type: 'null' }, then: false },
    { if: { type: 'null' }, then: false },
  ],
  [
    'a required property without a value',
    { type: 'object', properties: { a: false }, required: ['a'] },
    { type: 'object', properties: { a: false }, required: ['b'] },
  ],
  ['a required property too many', { type: 'object', required: ['a'], maxProperties: 0 }, { required: ['a'] }],
  [
    'a required name that is not allowed',
    { type: 'object', required: ['a'], propertyNames: { maxLength: 0 } },
    { type: 'object', required: [''], propertyNames: { maxLength: 0 } },
  ],
  ['items that cannot be', { type: 'array', items: false, minItems: 1 }, { type: 'array', items: false }],
  [
    'too few distinct items',
    { type: 'array', items: { enum: [1, 2] }, minItems: 3, uniqueItems: true },
    { type: 'array', items: { enum: [1, 2] }, minItems: 2, uniqueItems: true },
  ],
  [
    'contains what items cannot be',
    { type: 'array', items: { type: 'string' }, contains: { type: 'null' } },
    { type: 'array', items: { type: 'string' }, contains: { minLength: 3 } },
  ],
  [
    'recursion without an end',
    { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] },
    { type: ['object', 'null'], properties: { a: { $ref: '#' } }, required: ['a'] },
  ],
])('%s: nothing can satisfy it', (_, schema, satisfiable) => {
  expect(refusal(() => compileSchema(schema)).code).toBe('constraint/unsatisfiable');
  expect(explain(schema)[0]).toMatchObject({ pointer: '', keyword: '', status: 'refused' });
  compileSchema(satisfiable);
});

test.each<[pointer: string, schema: JsonSchema]>([
  ['', { type: 'string', minLength: 3, maxLength: 2 }],
  ['/properties/a~1b', { ...(object({ enum: [] }) as JsonObject), required: ['a/b'] }],
  ['/$defs/none', { $ref: '#/$defs/none', $defs: { none: { type: 'null', const: 1 } } }],
  [
    '/allOf/1/prefixItems/0',
    { type: 'array', minItems: 1, allOf: [{}, { type: 'array', prefixItems: [{ not: {} }], minItems: 1 }] },
  ],
  // Only optional, so it is not to blame.
  ['', { ...(object({ enum: [] }) as JsonObject), minProperties: 1 }],
])('what cannot be satisfied is at "%s"', (pointer, schema) => {
  const error = refusal(() => compileSchema(schema, { schemaName: 'tools.json' }));
  expect(error).toMatchObject({ code: 'constraint/unsatisfiable', pointer });
  expect(error.message).toContain(pointer === '' ? 'tools.json: ' : `tools.json#${pointer}: `);
  if (pointer !== '') expect(explain(schema)[0]!.reason).toContain(pointer);
  const tools = [{ name: 'impossible', parameters: { type: 'object', properties: { x: schema }, required: ['x'] } }];
  const options = { tools, callFormat: 'json-in-tags', toolChoice: 'auto', parallelCalls: true } as const;
  if (!JSON.stringify(schema).includes('$ref')) {
    expect(refusal(() => compileToolConstraint(options)).message).toContain(`/properties/x${pointer}`);
  }
});

test('a schema nested 60,000 deep is refused', () => {
  let schema: JsonSchema = { type: 'null' };
  for (let level = 0; level < 60_000; level++) schema = { type: 'array', items: schema };
  expect(refusal(() => compileSchema(schema)).code).toBe('constraint/too-deep');
  expect(refusal(() => compileSchema({ enum: [schema] })).code).toBe('constraint/too-deep');
  compileSchema({ type: 'null', examples: [schema] });
  const tools = [{ name: 'deep', parameters: { type: 'object', properties: { x: schema } } }];
  const options = { tools, callFormat: 'json-in-tags', toolChoice: 'auto', parallelCalls: true } as const;
  expect(refusal(() => compileToolConstraint(options)).code).toBe('constraint/too-deep');
});

test('a schema 100 arrays deep works', () => {
  const tokenizer = createBytePairTokenizer();
  let schema: JsonSchema = { type: 'null' };
  for (let level = 0; level < 100; level++) schema = { type: 'array', items: schema };
  const walk = compileSchema(schema).start({ vocabulary: createVocabulary(tokenizer) });
  const text = `${'['.repeat(100)}null${']'.repeat(100)}`;
  for (const token of tokenizer.encode(text)) walk.advance(token);
  expect(walk.canEnd()).toBe(true);
});

test('hostile sizes stay small', () => {
  const tokenizer = createBytePairTokenizer();
  const vocabulary = createVocabulary(tokenizer);
  const names = Array.from({ length: 10_000 }, (_, index) => `value ${index}`);
  const explosive = '^(a|aa|aaa|[ab]*)*([ab]*a[ab]{20}|(x+x+)+y)$';
  for (const [schema, text] of [
    [{ enum: names }, '"value 9999"'],
    [{ type: 'string', maxLength: 1_000_000 }, '"x"'],
    [{ type: 'string', minLength: 1_000_000, maxLength: 1_000_000 }, `"${'x'.repeat(1000)}`],
    [{ type: 'string', pattern: explosive }, `"${'ab'.repeat(200)}`],
    [{ type: 'array', items: { type: 'null' }, minItems: 1_000_000 }, '[null,null'],
  ] satisfies [JsonSchema, string][]) {
    const walk = compileSchema(schema).start({ vocabulary });
    const mask = new Uint32Array(Math.ceil(vocabulary.size / 32));
    for (const token of tokenizer.encode(text)) {
      walk.fillMask(mask);
      expect((mask[token >>> 5]! >>> (token & 31)) & 1).toBe(1);
      walk.advance(token);
    }
  }
});
