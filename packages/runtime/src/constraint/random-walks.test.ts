import type { JsonObject, JsonSchema, JsonValue, TokenConstraint } from '@tooltune/sdk';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BytePairTokenizer, createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { subject } from '../../test/random-schemas.js';
import { allowedTokens, randomTokens, randomWalk, someTokens } from '../../test/random-walk.js';
import { compileSchema, createVocabulary, type PropertyOrder } from './index.js';

const tokenizers = [createBytePairTokenizer(0), createBytePairTokenizer(40), createBytePairTokenizer()];
const vocabularies = new Map(tokenizers.map((tokenizer) => [tokenizer, createVocabulary(tokenizer)]));
const anyTokenizer = fc.nat(2).map((index) => tokenizers[index]!);
const ajv = new Ajv2020({ strict: false, validateSchema: false, addUsedSchema: false });

const pairs = subject.chain(({ schema, value }) => fc.tuple(fc.constant(schema), value));
const schemas = subject.map(({ schema }) => schema);
const choices = fc.infiniteStream(fc.nat(1_000_000));

function starter(schema: JsonSchema, tokenizer: BytePairTokenizer, propertyOrder: PropertyOrder = 'any') {
  const compiled = compileSchema(schema, { propertyOrder, maximumStringLength: 30 });
  const vocabulary = vocabularies.get(tokenizer)!;
  const start = (maxTokens = Number.POSITIVE_INFINITY) => compiled.start({ vocabulary, maxTokens });
  /** The smallest budget that a walk can be started with. */
  const fewest = () => {
    for (let budget = 0; ; budget++) {
      try {
        start(budget);
        return budget;
      } catch (error) {
        if (budget > 5000) throw error;
      }
    }
  };
  return { start, fewest };
}

function expectValid(schema: JsonSchema, json: string): void {
  const value = JSON.parse(json) as JsonValue;
  expect(ajv.validate(schema, value), `${json} for ${JSON.stringify(schema)}: ${ajv.errorsText()}`).toBe(true);
}

describe('for any supported schema', () => {
  test('every valid document is accepted, in every tokenization', () => {
    fc.assert(
      fc.property(pairs, anyTokenizer, choices, ([schema, value], tokenizer, choice) => {
        fc.pre(ajv.validate(schema, value));
        const json = JSON.stringify(value);
        const { start } = starter(schema, tokenizer);
        const canonical = start();
        for (const token of tokenizer.encode(json)) canonical.advance(token);
        expect(canonical.canEnd()).toBe(true);
        const cut = start();
        for (const token of randomTokens(json, tokenizer, choice)) cut.advance(token);
        expect(cut.canEnd()).toBe(true);
      }),
      { numRuns: 150 },
    );
  });

  test('every walk of allowed tokens within a budget ends in a valid document', () => {
    fc.assert(
      fc.property(schemas, anyTokenizer, fc.nat(40), choices, (schema, tokenizer, extra, choice) => {
        const { start, fewest } = starter(schema, tokenizer);
        const budget = fewest() + extra;
        const tokens = randomWalk(start(budget), tokenizer, choice, budget);
        expect(tokens).toBeDefined();
        expectValid(schema, tokenizer.decode(tokens!));
      }),
      { numRuns: 150 },
    );
  });

  test('the shortest completion is valid from any place, and fits the budget', () => {
    fc.assert(
      fc.property(schemas, anyTokenizer, fc.nat(30), fc.nat(20), choices, (schema, tokenizer, steps, extra, choice) => {
        const { start, fewest } = starter(schema, tokenizer);
        const budget = fewest() + extra;
        const walk = start(budget);
        const taken = someTokens(walk, tokenizer, choice, steps);
        const completion = walk.shortestCompletion();
        expect(taken.length + completion.length).toBeLessThanOrEqual(budget);
        for (const token of completion) walk.advance(token);
        expect(walk.canEnd()).toBe(true);
        expectValid(schema, tokenizer.decode([...taken, ...completion]));
      }),
      { numRuns: 100 },
    );
  });

  test('mask and allows agree on every token; rollback and fork equal a fresh walk; forced tokens are canonical', () => {
    fc.assert(
      fc.property(
        pairs,
        anyTokenizer,
        fc.boolean(),
        fc.nat(5),
        choices,
        ([schema, value], tokenizer, tight, back, choice) => {
          fc.pre(ajv.validate(schema, value));
          const { start, fewest } = starter(schema, tokenizer);
          const tokens = tokenizer.encode(JSON.stringify(value));
          const budget = tight ? Math.max(tokens.length, fewest()) : Number.POSITIVE_INFINITY;
          const walk = start(budget);
          const history: number[][] = [];
          const observe = (one: TokenConstraint) => allowedTokens(one, tokenizer.vocabularySize);
          for (let position = 0; position <= tokens.length; position++) {
            const allowed = observe(walk);
            history.push(allowed);
            const set = new Set(allowed);
            for (let token = 0; token < tokenizer.vocabularySize; token++) {
              if (walk.allows(token) !== set.has(token)) expect.fail(`token ${token} at ${position}`);
            }
            const forced = walk.forced();
            expect(tokens.slice(position, position + forced.length)).toEqual(forced);
            if (position === tokens.length || !walk.allows(tokens[position]!)) break;
            walk.advance(tokens[position]!);
          }
          const reached = history.length - 1;
          const count = Math.min(back, reached);
          const fork = walk.fork();
          walk.rollback(count);
          expect(observe(walk)).toEqual(history[reached - count]);
          expect(observe(fork)).toEqual(history[reached]);
          randomWalk(fork, tokenizer, choice, 3);
          expect(observe(walk)).toEqual(history[reached - count]);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("the schema's own property order is kept when asked for", () => {
    fc.assert(
      fc.property(pairs, anyTokenizer, choices, ([schema, value], tokenizer, choice) => {
        fc.pre(ajv.validate(schema, value));
        const { start, fewest } = starter(schema, tokenizer, 'schema');
        const budget = fewest() + 60;
        const tokens = randomWalk(start(budget), tokenizer, choice, budget);
        const json = tokenizer.decode(tokens!);
        expectValid(schema, json);
        if (typeof schema === 'object' && schema.type === 'object') {
          const written = Object.keys(JSON.parse(json) as JsonObject);
          expect(written).toEqual(
            Object.keys(schema.properties as JsonObject).filter((name) => written.includes(name)),
          );
        }
      }),
      { numRuns: 60 },
    );
  });
});
