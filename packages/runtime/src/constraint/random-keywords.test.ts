import type { JsonObject, JsonValue, TokenConstraint } from '@tooltune/sdk';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { anySchema, anyValue } from '../../test/random-keywords.js';
import { randomTokens, randomWalk, someTokens } from '../../test/random-walk.js';
import { ConstraintError, compileSchema, createVocabulary, type SchemaConstraint } from './index.js';

const tokenizers = [createBytePairTokenizer(0), createBytePairTokenizer(40), createBytePairTokenizer()];
const vocabularies = new Map(tokenizers.map((tokenizer) => [tokenizer, createVocabulary(tokenizer)]));
const anyTokenizer = fc.nat(2).map((index) => tokenizers[index]!);
const choices = fc.infiniteStream(fc.nat(1_000_000));
const ajv = new Ajv2020({ strict: false, validateSchema: false, addUsedSchema: false });
// Ajv's count of what is evaluated throws where `patternProperties` stand beside an `if`; the others do not need it.
ajv.opts.unevaluated = false;

/** Unless it counts, Ajv takes for an empty array's verdict on `contains` that of the array before. */
function counting<Schema extends JsonValue>(schema: Schema): Schema {
  if (typeof schema !== 'object' || schema === null) return schema;
  if (Array.isArray(schema)) return schema.map(counting) as Schema;
  const keywords = Object.fromEntries(Object.entries(schema).map(([keyword, value]) => [keyword, counting(value)]));
  return ('contains' in schema ? { maxContains: Number.MAX_SAFE_INTEGER, ...keywords } : keywords) as Schema;
}

/** A constraint, or why there is none. */
function compiled(schema: JsonObject): SchemaConstraint | ConstraintError {
  try {
    return compileSchema(schema);
  } catch (error) {
    if (error instanceof ConstraintError) return error;
    throw error;
  }
}

/**
 * Ajv's verdicts. Where it goes wrong (what is evaluated through `anyOf`, `oneOf` and `if`) our own check of the whole
 * value, which the official suite is run on.
 */
function judge(schema: JsonObject, constraint: SchemaConstraint): (value: JsonValue) => boolean {
  if (JSON.stringify(schema).includes('unevaluated')) return (value) => constraint.check(value);
  return ajv.compile<JsonValue>(counting(schema));
}

function takes(walk: TokenConstraint, tokens: readonly number[]): boolean {
  for (const token of tokens) {
    if (!walk.allows(token)) return false;
    walk.advance(token);
  }
  return walk.canEnd();
}

describe('for schemas of all kinds of keywords', () => {
  test('documents are accepted exactly where they are valid, in any tokenization', () => {
    const subjects = fc.tuple(anySchema, fc.array(anyValue, { minLength: 10, maxLength: 20 }), anyTokenizer, choices);
    fc.assert(
      fc.property(subjects, ([schema, values, tokenizer, choice]) => {
        const constraint = compiled(schema);
        if (constraint instanceof ConstraintError) {
          if (constraint.code !== 'constraint/unsatisfiable' || JSON.stringify(schema).includes('unevaluated')) return;
          const isValid = ajv.compile(counting(schema));
          expect(values.filter((value) => isValid(value))).toEqual([]);
          return;
        }
        const isValid = judge(schema, constraint);
        const vocabulary = vocabularies.get(tokenizer)!;
        for (const value of values) {
          const expected = isValid(value);
          const json = JSON.stringify(value);
          expect(constraint.check(value), json).toBe(expected);
          if (!expected && constraint.deferred().length > 0) continue;
          const tokens = expected ? randomTokens(json, tokenizer, choice) : tokenizer.encode(json);
          expect(takes(constraint.start({ vocabulary }), tokens), json).toBe(expected);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('walks within a budget end in valid documents, and so does the shortest completion', () => {
    const subjects = fc.tuple(anySchema, anyTokenizer, fc.nat(40), fc.nat(20), choices);
    fc.assert(
      fc.property(subjects, ([schema, tokenizer, extra, steps, choice]) => {
        const constraint = compiled(schema);
        if (constraint instanceof ConstraintError || constraint.deferred().length > 0) return;
        const isValid = judge(schema, constraint);
        const vocabulary = vocabularies.get(tokenizer)!;
        const expectValid = (tokens: readonly number[]) => {
          const json = tokenizer.decode(tokens);
          expect(isValid(JSON.parse(json)), json).toBe(true);
        };
        const least = constraint.start({ vocabulary }).shortestCompletion();
        expectValid(least);
        const maxTokens = least.length + extra;
        const walk = constraint.start({ vocabulary, maxTokens });
        const begun = someTokens(walk.fork(), tokenizer, choice, steps);
        const completed = constraint.start({ vocabulary, maxTokens });
        for (const token of begun) completed.advance(token);
        const completion = completed.shortestCompletion();
        expect(takes(completed, completion)).toBe(true);
        expect(begun.length + completion.length).toBeLessThanOrEqual(maxTokens);
        expectValid([...begun, ...completion]);
        const tokens = randomWalk(walk, tokenizer, choice, maxTokens);
        expect(tokens).toBeDefined();
        expectValid(tokens!);
      }),
      { numRuns: 200 },
    );
  });
});

describe('with the tightest budgets walks end in valid documents', () => {
  const node = { patternProperties: { '^a': { type: ['null'] } } };
  const schemas: JsonObject[] = [
    {
      patternProperties: { '^.?$': { $ref: '#/$defs/node' } },
      not: { minProperties: 2 },
      if: { type: 'object', then: { enum: [null] } },
      else: { properties: { a: { enum: [{}] } } },
      $defs: { node },
    },
    { type: 'object', minProperties: 3 },
    { type: 'object', patternProperties: { '^.?$': { $ref: '#/$defs/node' } }, minProperties: 2, $defs: { node } },
    { type: 'object', propertyNames: { pattern: '^[ab]{1,2}$' }, additionalProperties: { const: 1 }, minProperties: 4 },
    { type: 'object', not: { additionalProperties: { type: 'integer' } }, properties: { a: {} }, minProperties: 2 },
  ];
  // Some of its tokens end one name and begin, or hold, the next.
  const corpus = '{"a":1,"b":1,"":0,"aa":1,"bb":1,"ab":1}{"a":1,"":1,"b":0,"ba":{"a":null,"":1}}'.repeat(3);
  const crossing = createBytePairTokenizer(200, corpus);
  const all = [...vocabularies, [crossing, createVocabulary(crossing)] as const];

  test.each(schemas.map((schema) => [JSON.stringify(schema), schema] as const))('%s', (_, schema) => {
    const constraint = compileSchema(schema);
    const isValid = ajv.compile(counting(schema));
    for (const [tokenizer, vocabulary] of all) {
      const fewest = constraint.start({ vocabulary }).shortestCompletion().length;
      for (const [index, choice] of fc.sample(choices, { seed: 16, numRuns: 24 }).entries()) {
        const maxTokens = fewest + (index % 4);
        const tokens = randomWalk(constraint.start({ vocabulary, maxTokens }), tokenizer, choice, maxTokens);
        const json = tokenizer.decode(tokens!);
        expect(isValid(JSON.parse(json)), json).toBe(true);
      }
    }
  });
});
