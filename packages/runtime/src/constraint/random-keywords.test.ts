import type { JsonObject, JsonValue, TokenConstraint } from '@tooltune/sdk';
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { anySchema, anyValue } from '../../test/random-keywords.js';
import { allowedTokens, randomTokens, randomWalk } from '../../test/random-walk.js';
import { ConstraintError, compileSchema, createVocabulary, type SchemaConstraint } from './index.js';

const tokenizers = [createBytePairTokenizer(0), createBytePairTokenizer(40), createBytePairTokenizer()];
const vocabularies = new Map(tokenizers.map((tokenizer) => [tokenizer, createVocabulary(tokenizer)]));
const anyTokenizer = fc.constantFrom(...tokenizers);
const choices = fc.infiniteStream(fc.nat(1_000_000));
const ajv = new Ajv2020({ strict: false, validateSchema: false, addUsedSchema: false });

/** Undefined where nothing satisfies the schema, or it refers to itself at the same place. */
function compiled(schema: JsonObject): SchemaConstraint | ConstraintError {
  try {
    return compileSchema(schema);
  } catch (error) {
    if (error instanceof ConstraintError) return error;
    throw error;
  }
}

function takes(walk: TokenConstraint, tokens: readonly number[]): boolean {
  for (const token of tokens) {
    if (!walk.allows(token)) return false;
    walk.advance(token);
  }
  return walk.canEnd();
}

function expectValid(isValid: ValidateFunction, json: string): void {
  expect(isValid(JSON.parse(json)), `${json}: ${ajv.errorsText(isValid.errors)}`).toBe(true);
}

describe('for schemas of all kinds of keywords', () => {
  test('documents are accepted exactly where Ajv accepts them, in any tokenization', () => {
    const subjects = fc.tuple(anySchema, fc.array(anyValue, { minLength: 10, maxLength: 20 }), anyTokenizer, choices);
    fc.assert(
      fc.property(subjects, ([schema, values, tokenizer, choice]) => {
        const constraint = compiled(schema);
        if (constraint instanceof ConstraintError && constraint.code !== 'constraint/unsatisfiable') return;
        const isValid = ajv.compile(schema);
        for (const value of values) {
          const expected = isValid(value);
          const json = JSON.stringify(value);
          if (constraint instanceof ConstraintError) {
            expect(expected, json).toBe(false);
            continue;
          }
          expect(constraint.check(value), json).toBe(expected);
          if (!expected && constraint.deferred().length > 0) continue;
          const vocabulary = vocabularies.get(tokenizer)!;
          const tokens = expected ? randomTokens(json, tokenizer, choice) : tokenizer.encode(json);
          expect(takes(constraint.start({ vocabulary }), tokens), json).toBe(expected);
        }
      }),
      { numRuns: 400 },
    );
  });

  test('walks within a budget end in documents that Ajv accepts, and so does the shortest completion', () => {
    fc.assert(
      fc.property(
        anySchema,
        anyTokenizer,
        fc.nat(40),
        fc.nat(20),
        choices,
        (schema, tokenizer, extra, steps, choice) => {
          const constraint = compiled(schema);
          if (constraint instanceof ConstraintError || constraint.deferred().length > 0) return;
          const isValid = ajv.compile<JsonValue>(schema);
          const vocabulary = vocabularies.get(tokenizer)!;
          const least = constraint.start({ vocabulary }).shortestCompletion();
          expectValid(isValid, tokenizer.decode(least));
          const maxTokens = least.length + extra;
          const walk = constraint.start({ vocabulary, maxTokens });
          const begun: number[] = [];
          const fork = walk.fork();
          for (let step = 0; step < steps; step++) {
            const allowed = allowedTokens(fork, tokenizer.vocabularySize).filter(
              (t) => !tokenizer.endTokens.includes(t),
            );
            if (allowed.length === 0) break;
            begun.push(allowed[choice.next().value! % allowed.length]!);
            fork.advance(begun.at(-1)!);
          }
          const completion = [...begun, ...fork.shortestCompletion()];
          expect(completion.length).toBeLessThanOrEqual(maxTokens);
          expect(takes(constraint.start({ vocabulary, maxTokens }), completion), tokenizer.decode(completion)).toBe(
            true,
          );
          expectValid(isValid, tokenizer.decode(completion));
          const tokens = randomWalk(walk, tokenizer, choice, maxTokens);
          expect(tokens).toBeDefined();
          expectValid(isValid, tokenizer.decode(tokens!));
        },
      ),
      { numRuns: 200 },
    );
  });
});
