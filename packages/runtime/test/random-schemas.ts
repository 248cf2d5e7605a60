import type { JsonObject, JsonSchema, JsonValue } from '@tooltune/sdk';
import fc from 'fast-check';

/** A schema together with values that are valid for it. */
export interface Subject {
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

/** Schemas of closed objects, lists and scalars, each with a way to make values for it. */
export const { subject } = fc.letrec<{ subject: Subject; array: Subject; object: Subject; anyOf: Subject }>((tie) => ({
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
