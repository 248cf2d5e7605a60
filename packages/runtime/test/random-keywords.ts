import type { JsonObject, JsonValue } from '@tooltune/sdk';
import fc from 'fast-check';

/** Few names, texts and numbers, so that random values often meet random schemas. */
const names = fc.constantFrom('a', 'b', 'ab', 'ba');
const patterns = fc.constantFrom('^a', 'b$', '^.?$', '^(?!a)', '^[ab]{2}$');
const scalars = fc.constantFrom<JsonValue>(
  null,
  true,
  false,
  0,
  1,
  2,
  3,
  6,
  -1,
  0.5,
  2.5,
  '',
  'a',
  'b',
  'ab',
  'abc',
  'é',
);

/** Values that the schemas below are about; names in any order. */
export const { value: anyValue } = fc.letrec<{ value: JsonValue; list: JsonValue; object: JsonValue }>((tie) => ({
  value: fc.oneof({ maxDepth: 2, depthIdentifier: 'value' }, scalars, tie('object'), tie('object'), tie('list')),
  list: fc.array(tie('value'), { maxLength: 3 }),
  object: fc
    .uniqueArray(fc.tuple(names, tie('value')), { maxLength: 4, selector: ([name]) => name })
    .map((properties) => Object.fromEntries(properties)),
}));

/** An object with some of the keywords. */
function some(keywords: Record<string, fc.Arbitrary<JsonValue>>): fc.Arbitrary<JsonObject> {
  const entries = Object.entries(keywords);
  return fc
    .subarray(entries, { minLength: 1, maxLength: Math.min(3, entries.length) })
    .chain((chosen) => fc.record(Object.fromEntries(chosen)) as fc.Arbitrary<JsonObject>);
}

const types = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');
const count = fc.nat(3);
const lengths = { type: fc.constant('array'), minItems: count, maxItems: count };

const assertions = fc.oneof(
  types.map((type) => ({ type })),
  fc.uniqueArray(types, { minLength: 1, maxLength: 3 }).map((type) => ({ type })),
  scalars.map((value) => ({ const: value })),
  fc.array(anyValue, { minLength: 1, maxLength: 3 }).map((values) => ({ enum: values })),
  some({ minLength: count, maxLength: count, pattern: patterns, type: fc.constant('string') }),
  some({
    minimum: fc.constantFrom(-1, 0, 0.5, 2),
    maximum: fc.constantFrom(1, 2.5, 6),
    exclusiveMinimum: fc.constantFrom(-1, 0, 2),
    exclusiveMaximum: fc.constantFrom(0.5, 3, 6),
    multipleOf: fc.constantFrom(1, 2, 3, 0.5),
    type: fc.constantFrom('integer', 'number'),
  }),
);

interface Tied {
  schema: JsonObject;
  inside: JsonValue;
  object: JsonObject;
  list: JsonObject;
  combined: JsonObject;
}

const { schema } = fc.letrec<Tied>((tie) => {
  const lists = (arbitrary: fc.Arbitrary<JsonValue>) => fc.array(arbitrary, { minLength: 1, maxLength: 3 });
  const byName = (arbitrary: fc.Arbitrary<JsonValue>) => fc.dictionary(names, arbitrary, { minKeys: 1, maxKeys: 3 });
  const sub = tie('schema') as fc.Arbitrary<JsonValue>;
  const inside = tie('inside') as fc.Arbitrary<JsonValue>;
  const object = tie('object') as fc.Arbitrary<JsonObject>;
  return {
    schema: fc.oneof(
      { maxDepth: 3 },
      assertions,
      object,
      object,
      tie('list'),
      tie('combined'),
    ) as fc.Arbitrary<JsonObject>,
    // Of a value inside, where a schema may refer to itself.
    inside: fc.oneof(
      { arbitrary: sub, weight: 6 },
      { arbitrary: fc.boolean(), weight: 1 },
      { arbitrary: fc.constant({ $ref: '#/$defs/node' }), weight: 1 },
    ),
    object: some({
      type: fc.constant('object'),
      properties: byName(inside),
      required: fc.uniqueArray(names, { minLength: 1, maxLength: 2 }),
      additionalProperties: fc.oneof(fc.constant(false), inside),
      patternProperties: fc.dictionary(patterns, inside, { minKeys: 1, maxKeys: 2 }),
      propertyNames: fc.oneof(
        patterns.map((pattern) => ({ pattern })),
        count.map((maxLength) => ({ maxLength })),
        fc.uniqueArray(names, { minLength: 1 }).map((values) => ({ enum: values })),
      ),
      minProperties: count,
      maxProperties: count,
      dependentRequired: byName(fc.uniqueArray(names, { maxLength: 2 })),
      dependentSchemas: byName(sub),
      unevaluatedProperties: fc.oneof(fc.constant(false), inside),
    }),
    list: fc.oneof(
      some({
        ...lengths,
        prefixItems: lists(inside),
        items: inside,
        unevaluatedItems: fc.oneof(fc.constant(false), inside),
      }),
      // Ajv 8 does not count what `contains` finds as evaluated, and forgets it beside `prefixItems`.
      some({
        ...lengths,
        items: inside,
        contains: inside,
        minContains: count,
        maxContains: count,
        uniqueItems: fc.boolean(),
      }),
    ),
    combined: fc
      .tuple(
        some({ allOf: lists(sub), anyOf: lists(sub), oneOf: lists(sub), not: sub, if: sub, then: sub, else: sub }),
        fc.oneof(assertions, object, fc.constant({})),
      )
      .map(([applicators, around]) => ({ ...around, ...applicators })),
  };
});

/** Schemas of all kinds of keywords, that may refer to themselves; few of them are sensible. */
export const anySchema: fc.Arbitrary<JsonObject> = fc.tuple(schema, schema).map(([root, node]) => {
  return { ...root, $defs: { node } };
});
