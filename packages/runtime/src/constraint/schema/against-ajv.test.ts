import { type JsonSchema, type JsonValue, TooltuneError } from '@tooltune/sdk';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isValid } from './evaluate-schema.js';
import { loadSchema } from './load-schema.js';
import type { SchemaNode } from './schema-node.js';

const name = fc.constantFrom('a', 'b', 'ab', 'ba');
const count = fc.nat(3);
const number = fc.constantFrom(-2, -0.5, 0, 1, 1.5, 2, 3);

const values = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<JsonValue>(null, true, false, '', 'a', 'ab', '😀', '1'),
    number,
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(name, tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

/**
 * Ajv 8 is wrong about `contains` beside `prefixItems` for an empty list; and about what failed options evaluate, which
 * is why no unevaluated keyword is here.
 */
function withoutFaults(keywords: string[]): string[] {
  return keywords.filter((keyword) => keyword !== 'contains' || !keywords.includes('prefixItems'));
}

const schemas = fc.letrec<{ schema: JsonSchema; object: JsonSchema }>((tie) => {
  const schema = tie('schema') as fc.Arbitrary<JsonValue & JsonSchema>;
  const list = fc.array(schema, { minLength: 1, maxLength: 3 });
  const named = fc.dictionary(name, schema, { maxKeys: 3, noNullPrototype: true });
  const type = fc.constantFrom('null', 'boolean', 'integer', 'number', 'string', 'array', 'object');
  const keywords: Record<string, fc.Arbitrary<JsonValue>> = {
    type: fc.oneof(type, fc.uniqueArray(type, { minLength: 1, maxLength: 4 })),
    enum: fc.uniqueArray(values, { minLength: 1, maxLength: 4, selector: (value) => JSON.stringify(value) }),
    const: values,
    minimum: number,
    exclusiveMaximum: number,
    multipleOf: fc.constantFrom(0.5, 1, 2),
    minLength: count,
    maxLength: count,
    pattern: fc.constantFrom('^a', 'b$', '.'),
    prefixItems: list,
    items: schema,
    minItems: count,
    maxItems: count,
    uniqueItems: fc.boolean(),
    contains: schema,
    minContains: count,
    maxContains: count,
    properties: named,
    patternProperties: fc.dictionary(fc.constantFrom('^a', 'b$'), schema, { maxKeys: 2, noNullPrototype: true }),
    additionalProperties: schema,
    propertyNames: schema,
    required: fc.uniqueArray(name, { maxLength: 2 }),
    minProperties: count,
    maxProperties: count,
    dependentRequired: fc.dictionary(name, fc.uniqueArray(name, { maxLength: 2 }), { noNullPrototype: true }),
    dependentSchemas: named,
    allOf: list,
    anyOf: list,
    oneOf: list,
    not: schema,
    if: schema,
    then: schema,
    else: schema,
    $ref: fc.constantFrom('#', '#/$defs/a', '#/$defs/b'),
  };
  const some = fc
    .subarray(Object.keys(keywords), { minLength: 1, maxLength: 5 })
    .map(withoutFaults)
    .chain((chosen) => fc.record(Object.fromEntries(chosen.map((keyword) => [keyword, keywords[keyword]!]))));
  return {
    object: some as fc.Arbitrary<JsonSchema>,
    schema: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.boolean(),
      type.map((type) => ({ type })),
      tie('object'),
    ),
  };
});

const documents = fc
  .tuple(schemas.object, schemas.object, schemas.object)
  .map(([schema, a, b]) => ({ ...(schema as object), $defs: { a, b } }) as JsonSchema);

/** Undefined where the code that Ajv makes crashes. */
function verdictsOfAjv(schema: JsonSchema, instances: readonly JsonValue[]): boolean[] | undefined {
  const validate = new Ajv2020({ strict: false, validateFormats: false }).compile(schema);
  try {
    return instances.map((value) => validate(value));
  } catch {
    return undefined;
  }
}

test('verdicts are those of Ajv', () => {
  const checked = fc.property(documents, fc.array(values, { minLength: 1, maxLength: 12 }), (schema, instances) => {
    let root: SchemaNode;
    try {
      root = loadSchema(schema).root;
    } catch (error) {
      // Ajv would not end.
      fc.pre(!(TooltuneError.isInstance(error) && error.code === 'constraint/infinite-reference'));
      throw error;
    }
    const expected = verdictsOfAjv(schema, instances);
    fc.pre(expected !== undefined);
    expect(instances.map((value) => isValid(root, value, { formats: 'annotation' }))).toEqual(expected);
  });
  fc.assert(checked, { numRuns: 200 });
});
