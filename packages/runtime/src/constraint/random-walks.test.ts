import type { JsonObject, JsonSchema, JsonValue, TokenConstraint } from '@tooltune/sdk';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type BytePairTokenizer, createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { compileSchema, createVocabulary, type PropertyOrder } from './index.js';

const tokenizers = [createBytePairTokenizer(0), createBytePairTokenizer(40), createBytePairTokenizer()];
const vocabularies = new Map(tokenizers.map((tokenizer) => [tokenizer, createVocabulary(tokenizer)]));
const anyTokenizer = fc.constantFrom(...tokenizers);
const ajv = new Ajv2020({ strict: false, validateSchema: false, addUsedSchema: false });

/** A schema together with values that are valid for it. */
interface Subject {
  schema: JsonSchema;
  value: fc.Arbitrary<JsonValue>;
}

const text = fc.string({ unit: 'grapheme', maxLength: 6 });
const codePointCount = (value: string) => Array.from(value).length;
const wellFormed = (value: string) => !/\p{Cs}/u.test(value);

const strings: fc.Arbitrary<Subject> = fc
  .tuple(fc.option(fc.nat(3), { nil: undefined }), fc.option(fc.nat(4), { nil: undefined }))
  .map(([minLength, extra]) => {
    const maxLength = extra === undefined ? undefined : (minLength ?? 0) + extra;
    const valid = (value: string) =>
      codePointCount(value) >= (minLength ?? 0) && codePointCount(value) <= (maxLength ?? 10_000) && wellFormed(value);
    const units = fc.array(fc.string({ unit: 'binary', minLength: 1, maxLength: 1 }), {
      minLength: minLength ?? 0,
      maxLength: maxLength ?? 8,
    });
    return {
      schema: {
        type: 'string',
        ...(minLength === undefined ? {} : { minLength }),
        ...(maxLength === undefined ? {} : { maxLength }),
      },
      value: units.map((parts) => parts.join('')).filter(valid),
    };
  });

const integers: fc.Arbitrary<Subject> = fc
  .tuple(fc.option(fc.integer(), { nil: undefined }), fc.option(fc.nat(100_000), { nil: undefined }), fc.boolean())
  .map(([minimum, extra, exclusive]) => {
    const low = minimum ?? -1e6;
    const high = extra === undefined ? low + 2e6 : low + extra + 1;
    const schema: JsonObject = { type: 'integer' };
    if (minimum !== undefined) schema[exclusive ? 'exclusiveMinimum' : 'minimum'] = exclusive ? low - 1 : low;
    if (extra !== undefined) schema[exclusive ? 'exclusiveMaximum' : 'maximum'] = exclusive ? high + 1 : high;
    return { schema, value: fc.integer({ min: low, max: high }) };
  });

const decimal = fc
  .tuple(fc.integer({ min: -99_999, max: 99_999 }), fc.nat(5))
  .map(([digits, power]) => digits / 10 ** power);

const numbers: fc.Arbitrary<Subject> = fc.oneof(
  fc.constant<Subject>({
    schema: { type: 'number' },
    value: fc.double({ noNaN: true, min: -1e300, max: 1e300 }).map((value) => (value === 0 ? 0 : value)),
  }),
  fc.tuple(decimal, decimal, fc.boolean(), fc.boolean()).map(([one, other, exclusiveLow, exclusiveHigh]): Subject => {
    const [low, high] = one < other ? [one, other] : [other, one + 1];
    const schema = {
      type: 'number',
      [exclusiveLow ? 'exclusiveMinimum' : 'minimum']: low,
      [exclusiveHigh ? 'exclusiveMaximum' : 'maximum']: high,
    };
    const value = fc
      .integer({ min: 1, max: 999 })
      .map((share) => Number((low + ((high - low) * share) / 1000).toFixed(9)))
      .map((value) => (value === 0 ? 0 : value))
      .filter((value) => value > low && value < high && !/e/.test(JSON.stringify(value)));
    return { schema, value: low + 1e-6 < high ? value : fc.constant(Number(((low + high) / 2).toFixed(9))) };
  }),
);

const finite: fc.Arbitrary<Subject> = fc
  .uniqueArray(fc.oneof(text.filter(wellFormed), fc.integer(), fc.boolean(), fc.constant(null)), {
    minLength: 1,
    maxLength: 4,
  })
  .map((values) => ({ schema: { enum: values }, value: fc.constantFrom(...values) }));

const patterns: fc.Arbitrary<Subject> = fc
  .constantFrom(
    '^[a-c]{2,3}$',
    '^(on|off|\\d+%)$',
    '^[^"\\\\]+x$',
    '^([01][0-9]|2[0-3]):[0-5][0-9]$',
    '^é?(?:\\s|😀){1,2}\\w*$',
  )
  .map((pattern) => ({
    schema: { type: 'string', pattern },
    value: fc.stringMatching(new RegExp(pattern, 'u'), { size: 'xsmall' }).filter(wellFormed),
  }));

const scalars: fc.Arbitrary<Subject> = fc.oneof(
  strings,
  integers,
  numbers,
  finite,
  patterns,
  fc.constant<Subject>({ schema: { type: 'boolean' }, value: fc.boolean() }),
  fc.constant<Subject>({ schema: { type: ['null', 'boolean'] }, value: fc.constantFrom(null, true) }),
);

const { subject } = fc.letrec<{ subject: Subject; array: Subject; object: Subject; anyOf: Subject }>((tie) => ({
  subject: fc.oneof({ maxDepth: 3, withCrossShrink: true }, scalars, tie('object'), tie('array'), tie('anyOf')),
  array: fc
    .tuple(tie('subject'), fc.nat(2), fc.option(fc.nat(2), { nil: undefined }))
    .map(([item, minItems, extra]) => {
      const maxItems = extra === undefined ? undefined : minItems + extra;
      return {
        schema: { type: 'array', items: item.schema, minItems, ...(maxItems === undefined ? {} : { maxItems }) },
        value: fc.array(item.value, { minLength: minItems, maxLength: maxItems ?? minItems + 2 }),
      };
    }),
  object: fc
    .uniqueArray(fc.tuple(text.filter(wellFormed), tie('subject'), fc.boolean()), {
      maxLength: 4,
      selector: ([name]) => name,
    })
    .map((properties) => {
      const kept = properties.filter(([name]) => name !== '__proto__');
      return {
        schema: {
          type: 'object',
          properties: Object.fromEntries(kept.map(([name, { schema }]) => [name, schema])),
          required: kept.filter(([, , required]) => required).map(([name]) => name),
          additionalProperties: false,
        },
        value: fc.record(Object.fromEntries(kept.map(([name, { value }]) => [name, value])), {
          requiredKeys: kept.filter(([, , required]) => required).map(([name]) => name),
        }) as fc.Arbitrary<JsonValue>,
      };
    }),
  anyOf: fc.array(tie('subject'), { minLength: 1, maxLength: 3 }).map((options) => ({
    schema: { anyOf: options.map(({ schema }) => schema) },
    value: fc.oneof(...options.map(({ value }) => value)),
  })),
}));

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

function allowedTokens(walk: TokenConstraint, size: number): number[] {
  const mask = new Uint32Array(Math.ceil(size / 32));
  walk.fillMask(mask);
  return Array.from({ length: size }, (_, token) => token).filter((token) => (mask[token >>> 5]! >>> (token & 31)) & 1);
}

/** Takes allowed tokens by the choices until an end token; undefined when that takes more than `most`. */
function randomWalk(
  walk: TokenConstraint,
  tokenizer: BytePairTokenizer,
  choice: Iterator<number>,
  most: number,
): number[] | undefined {
  const taken: number[] = [];
  while (taken.length <= most) {
    const allowed = allowedTokens(walk, tokenizer.vocabularySize);
    expect(allowed.length, 'a dead end').toBeGreaterThan(0);
    const token = allowed[choice.next().value! % allowed.length]!;
    walk.advance(token);
    if (tokenizer.endTokens.includes(token)) return taken;
    taken.push(token);
  }
  return undefined;
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
        const taken: number[] = [];
        for (let step = 0; step < steps; step++) {
          const allowed = allowedTokens(walk, tokenizer.vocabularySize).filter((t) => !tokenizer.endTokens.includes(t));
          if (allowed.length === 0) break;
          taken.push(allowed[choice.next().value! % allowed.length]!);
          walk.advance(taken.at(-1)!);
        }
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

/** The text in tokens that are drawn at each place from all that begin it. */
function randomTokens(json: string, tokenizer: BytePairTokenizer, choice: Iterator<number>): number[] {
  const bytes = new TextEncoder().encode(json);
  const tokens: number[] = [];
  for (let position = 0; position < bytes.length; ) {
    const fitting: number[] = [];
    for (let token = 0; token < tokenizer.vocabularySize; token++) {
      const own = tokenizer.tokenBytes(token);
      if (own.length > 0 && own.every((byte, index) => byte === bytes[position + index])) fitting.push(token);
    }
    const token = fitting[choice.next().value! % fitting.length]!;
    tokens.push(token);
    position += tokenizer.tokenBytes(token).length;
  }
  return tokens;
}
