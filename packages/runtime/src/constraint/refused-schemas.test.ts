import type { JsonSchema, JsonValue } from '@tooltune/sdk';
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

test.each<[keyword: string, pointer: string, schema: JsonSchema]>([
  ['$ref', '/properties/a~1b/$ref', object({ $ref: '#/$defs/x' })],
  ['allOf', '/allOf', { type: 'string', allOf: [] }],
  ['not', '/items/not', { type: 'array', items: { type: 'string', not: { const: 'x' } } }],
  ['format', '/format', { type: 'string', format: 'date' }],
  ['multipleOf', '/multipleOf', { type: 'integer', multipleOf: 5 }],
  ['uniqueItems', '/uniqueItems', { type: 'array', items: { type: 'null' }, uniqueItems: true }],
  ['prefixItems', '/prefixItems', { type: 'array', items: { type: 'null' }, prefixItems: [] }],
  ['oneOf', '/anyOf/1/oneOf', { anyOf: [{ type: 'null' }, { oneOf: [] }] }],
  ['patternProperties', '/patternProperties', { type: 'object', properties: {}, patternProperties: {} }],
  ['additionalProperties', '/additionalProperties', { type: 'object', properties: {}, additionalProperties: true }],
  ['properties', '', { type: 'object' }],
  ['__proto__', '/properties/__proto__', { type: 'object', properties: { ['__proto__']: { type: 'null' } } }],
  ['items', '', { type: 'array' }],
  ['items', '/items', { type: 'array', items: [{ type: 'null' }] }],
  ['type', '', { description: 'anything' }],
  ['items', '/items', { type: 'array', items: true }],
  ['required', '/required', { type: 'object', properties: {}, required: ['x'] }],
  ['pattern', '/pattern', { type: 'string', pattern: '(?=a)b' }],
  ['pattern', '/pattern', { type: 'string', pattern: '(a)\\1' }],
  ['pattern', '/pattern', { type: 'string', pattern: '\\bx' }],
  ['pattern', '/pattern', { type: 'string', pattern: 'a^b' }],
  ['maxLength', '/maxLength', { type: 'string', pattern: 'a', maxLength: 3 }],
  ['pattern', '/pattern', { type: 'string', 'x-grounded': 'span', pattern: 'a' }],
  ['anyOf', '/anyOf', { type: 'string', anyOf: [{ const: 'a' }] }],
  ['exclusiveMinimum', '/exclusiveMinimum', { type: 'integer', exclusiveMinimum: 1e300 }],
  ['maximum', '/maximum', { type: 'number', maximum: 1e300 }],
])('%s is refused by name at %s', (keyword, pointer, schema) => {
  const error = refusal(() => compileSchema(schema, { schemaName: 'tools.json' }));
  expect(error).toMatchObject({ code: 'constraint/unsupported-keyword', keyword, pointer });
  expect(error.message).toContain('tools.json');
  expect(TooltuneError.isInstance(error)).toBe(true);
  const refused = explain(schema).filter(({ status }) => status === 'refused');
  expect(refused).toContainEqual({ pointer, keyword, status: 'refused', reason: expect.any(String) });
});

test.each<[pointer: string, schema: JsonSchema]>([
  ['/type', { type: 'text' }],
  ['/minLength', { type: 'string', minLength: -1 }],
  ['/maximum', { type: 'integer', maximum: '3' }],
  ['/exclusiveMinimum', { type: 'number', exclusiveMinimum: true }],
  ['/required', { type: 'object', properties: {}, required: 'x' }],
  ['/properties', { type: 'object', properties: [] }],
  ['/properties/x', { type: 'object', properties: { x: 3 } }],
  ['/pattern', { type: 'string', pattern: '(' }],
  ['/anyOf', { anyOf: [] }],
  ['/enum', { enum: 'x' }],
  ['/x-grounded', { type: 'string', 'x-grounded': 'yes' }],
])('a wrong schema is named at %s', (pointer, schema) => {
  expect(refusal(() => compileSchema(schema))).toMatchObject({ code: 'constraint/invalid-schema', pointer });
});

test.each<[string, JsonSchema]>([
  ['false', false],
  ['bounds that cross', { type: 'integer', minimum: 3, maximum: 2 }],
  ['no whole number between', { type: 'integer', exclusiveMinimum: 1, exclusiveMaximum: 2 }],
  ['no number between', { type: 'number', minimum: 2, exclusiveMaximum: 2 }],
  ['lengths that cross', { type: 'string', minLength: 3, maxLength: 2 }],
  ['an empty enum', { enum: [] }],
  ['an enum of another type', { type: 'null', enum: ['x'] }],
  ['a required property without a value', { type: 'object', properties: { a: false }, required: ['a'] }],
  ['items that cannot be', { type: 'array', items: false, minItems: 1 }],
])('%s: nothing can satisfy it', (_, schema) => {
  expect(refusal(() => compileSchema(schema)).code).toBe('constraint/unsatisfiable');
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

test('explain tells what happens to each keyword', () => {
  const schema: JsonSchema = {
    type: 'object',
    title: 'Timer',
    properties: { at: { type: 'string', format: 'time', 'x-grounded': 'span' }, n: { type: 'integer', minimum: 1 } },
    required: ['n'],
  };
  expect(explain(schema)).toEqual([
    { pointer: '/type', keyword: 'type', status: 'enforced' },
    { pointer: '/title', keyword: 'title', status: 'annotation' },
    { pointer: '/properties', keyword: 'properties', status: 'narrowed', reason: expect.stringContaining('declared') },
    { pointer: '/required', keyword: 'required', status: 'enforced' },
    { pointer: '/properties/at/type', keyword: 'type', status: 'enforced' },
    { pointer: '/properties/at/format', keyword: 'format', status: 'refused', reason: '`format` is not supported' },
    { pointer: '/properties/at/x-grounded', keyword: 'x-grounded', status: 'enforced' },
    { pointer: '/properties/n/type', keyword: 'type', status: 'enforced' },
    { pointer: '/properties/n/minimum', keyword: 'minimum', status: 'enforced' },
  ]);
});
