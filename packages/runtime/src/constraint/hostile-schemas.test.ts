import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { describe, expect, test } from 'vitest';
import { createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { ConstraintError, compileSchema, createVocabulary } from './index.js';

const vocabulary = createVocabulary(createBytePairTokenizer(0));

/** Each takes at most 100 ms, on a quiet machine and without Vitest's own import calls; ten times that is no accident. */
const TIME_LIMIT = 1000;

const count = (length: number) => Array.from({ length }, (_, index) => index);

/** What becomes of a schema: an error's code, or `ok` when a first mask and the shortest value could be had. */
function outcome(schema: JsonSchema): { code: string; milliseconds: number } {
  const started = performance.now();
  const after = (code: string) => ({ code, milliseconds: performance.now() - started });
  try {
    const walk = compileSchema(schema, { vocabulary }).start({ vocabulary });
    const mask = new Uint32Array((vocabulary.size + 31) >>> 5);
    walk.fillMask(mask);
    const completion = walk.shortestCompletion();
    const result = after('ok');
    expect(mask.some((word) => word !== 0)).toBe(true);
    for (const token of completion) walk.advance(token);
    expect(walk.canEnd()).toBe(true);
    return result;
  } catch (error) {
    if (error instanceof ConstraintError) return after(error.code);
    throw error;
  }
}

function nested(depth: number, wrap: (inner: JsonSchema) => JsonSchema): JsonSchema {
  return count(depth).reduce<JsonSchema>((inner) => wrap(inner), { type: 'string' });
}

const named = (length: number, value: JsonValue) => Object.fromEntries(count(length).map((i) => [`p${i}`, value]));
const doubling = Object.fromEntries(
  count(40).map((i) => [
    `d${i}`,
    { anyOf: [{ $ref: `#/$defs/d${i + 1}` }, { $ref: `#/$defs/d${i + 1}`, title: 'again' }] },
  ]),
);
const mutual = Object.fromEntries(
  count(30).map((i) => [
    `d${i}`,
    {
      anyOf: [
        { type: 'null' },
        {
          type: 'object',
          properties: Object.fromEntries(count(30).map((j) => [`p${j}`, { $ref: `#/$defs/d${j}` }])),
          required: [`p${(i + 1) % 30}`],
        },
      ],
    },
  ]),
);

const chain = (length: number) => Object.fromEntries(count(length).map((i) => [`p${i}`, [`p${i + 1}`]]));
const chainOfSchemas = (length: number) =>
  Object.fromEntries(count(length).map((i) => [`p${i}`, { required: [`p${i + 1}`] }]));
const distinct = (length: number): JsonSchema => {
  return { type: 'array', items: { enum: count(length).map((i) => `v${i}`) }, uniqueItems: true, minItems: length / 2 };
};

const cases: [name: string, schema: JsonSchema, outcome: string][] = [
  ['items nested 60,000 deep', nested(60_000, (items) => ({ items })), 'constraint/too-deep'],
  ['allOf nested 60,000 deep', nested(60_000, (inner) => ({ allOf: [inner] })), 'constraint/too-deep'],
  ['10,000 strings in an enum', { enum: count(10_000).map((i) => `value ${i}`) }, 'ok'],
  ['10,000 objects in an enum', { enum: count(10_000).map((i) => ({ a: i })) }, 'ok'],
  ['10,000 strings excluded', { type: 'string', not: { enum: count(10_000).map((i) => `v${i}`) } }, 'ok'],
  ['oneOf of 10,000 constants', { oneOf: count(10_000).map((i) => ({ const: `v${i}` })) }, 'ok'],
  ['anyOf of 10,000 constants', { anyOf: count(10_000).map((i) => ({ const: `v${i}` })) }, 'ok'],
  [
    'oneOf of 10,000 constants and a type',
    { oneOf: [{ type: 'null' }, ...count(10_000).map((i) => ({ const: i }))] },
    'ok',
  ],
  [
    'oneOf of 1,000 objects',
    { oneOf: count(1000).map((i) => ({ properties: { kind: { const: i } }, required: ['kind'] })) },
    'constraint/too-large',
  ],
  [
    'oneOf of 200 that overlap',
    { oneOf: count(200).map((i) => ({ properties: { [`p${i}`]: { type: 'null' } } })) },
    'ok',
  ],
  ['oneOf of 100 patterns', { oneOf: count(100).map((i) => ({ type: 'string', pattern: `a${i}` })) }, 'ok'],
  ['allOf of 100 anyOf', { allOf: count(100).map((i) => ({ anyOf: [{ minLength: i }, { maximum: i }] })) }, 'ok'],
  ['anyOf that doubles 40 times', { $ref: '#/$defs/d0', $defs: { ...doubling, d40: { type: 'string' } } }, 'ok'],
  ['30 schemas that need each other', { $ref: '#/$defs/d0', $defs: mutual }, 'ok'],
  ['6,000 properties', { type: 'object', properties: named(6000, { type: 'integer' }) }, 'ok'],
  ['20,000 properties', { type: 'object', properties: named(20_000, { type: 'integer' }) }, 'constraint/too-large'],
  ['700 required names', { type: 'object', required: count(700).map((i) => `p${i}`) }, 'ok'],
  ['2,000 required names', { type: 'object', required: count(2000).map((i) => `p${i}`) }, 'constraint/too-large'],
  ['a chain of 700 dependent names', { type: 'object', dependentRequired: chain(700) }, 'ok'],
  ['a chain of 2,000 dependent names', { type: 'object', dependentRequired: chain(2000) }, 'constraint/too-large'],
  ['a chain of 200 dependent schemas', { dependentSchemas: chainOfSchemas(200) }, 'constraint/too-large'],
  [
    '100 names of 3,000 characters',
    { type: 'object', required: count(100).map((i) => `${'x'.repeat(3000)}${i}`) },
    'constraint/too-large',
  ],
  ['minProperties of 64', { type: 'object', minProperties: 64 }, 'ok'],
  ['minProperties of 65', { type: 'object', minProperties: 65 }, 'constraint/too-large'],
  [
    'minProperties of 300 that are required',
    { type: 'object', required: count(300).map((i) => `p${i}`), minProperties: 300 },
    'ok',
  ],
  ['minProperties of 100,000', { type: 'object', minProperties: 100_000 }, 'constraint/too-large'],
  ['minItems of 1,000,000', { type: 'array', minItems: 1_000_000 }, 'constraint/too-large'],
  ['3,000 items', { type: 'array', minItems: 3000 }, 'ok'],
  ['100 of 200 values, each once', distinct(200), 'ok'],
  ['1,000 of 2,000 values, each once', distinct(2000), 'constraint/too-large'],
  ['contains 100,000 times', { contains: { type: 'string' }, minContains: 100_000 }, 'ok'],
  ['20 different contains', { allOf: count(20).map((i) => ({ contains: { const: i } })) }, 'ok'],
  ['maxLength of 1,000,000', { type: 'string', maxLength: 1_000_000 }, 'ok'],
  ['minLength of 19,000', { type: 'string', minLength: 19_000 }, 'ok'],
  ['minLength of 1e15', { type: 'string', minLength: 1e15 }, 'constraint/too-large'],
  ['maxLength of 1e300', { type: 'string', maxLength: 1e300 }, 'ok'],
  ['a pattern with 2^20 states', { type: 'string', pattern: '(a|b)*a(a|b){20}' }, 'ok'],
  ['a pattern of 25 gaps', { type: 'string', pattern: '(.*a){25}' }, 'ok'],
  ['counts in counts', { type: 'string', pattern: '((a{1000}){1000}){1000}' }, 'constraint/too-large'],
  ['a pattern that backtracks', { enum: [`${'a'.repeat(40)}b`, 'aa'], pattern: '^(a+)+$' }, 'ok'],
  ['a bound of 1e308', { type: 'number', minimum: 1e308 }, 'ok'],
  ['steps of 5e-324', { type: 'number', multipleOf: 5e-324 }, 'ok'],
  ['a reference to itself', { $ref: '#' }, 'constraint/infinite-reference'],
  [
    'a value that needs itself',
    { type: 'object', properties: { a: { $ref: '#' } }, required: ['a'] },
    'constraint/unsatisfiable',
  ],
  ['another document', { $ref: 'https://example.com/schema' }, 'constraint/unsupported-keyword'],
  ['no JSON: undefined', { const: undefined } as unknown as JsonSchema, 'constraint/invalid-schema'],
  ['no JSON: a bigint', { enum: [10n] } as unknown as JsonSchema, 'constraint/invalid-schema'],
];

describe('hostile schemas are handled, or refused by a code', () => {
  test.each(cases)('%s', (_, schema, expected) => {
    const { code, milliseconds } = outcome(schema);
    expect(code).toBe(expected);
    expect(milliseconds).toBeLessThan(TIME_LIMIT);
  });
});

describe('tokens of hostile values', () => {
  test('a value nested 20,000 deep is followed', () => {
    const walk = compileSchema({
      $ref: '#/$defs/a',
      $defs: { a: { type: 'array', items: { $ref: '#/$defs/a' } } },
    }).start({
      vocabulary,
    });
    const open = createBytePairTokenizer(0).encode('[')[0]!;
    for (let depth = 0; depth < 20_000; depth++) walk.advance(open);
    expect(walk.canEnd()).toBe(false);
    expect(walk.shortestCompletion()).toHaveLength(20_000);
  });
});
