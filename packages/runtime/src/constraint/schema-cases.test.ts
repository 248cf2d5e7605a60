import type { JsonSchema } from '@tooltune/sdk';
import { expect, test } from 'vitest';
import { createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { compileSchema, createVocabulary, type SchemaOptions } from './index.js';

const tokenizer = createBytePairTokenizer();
const vocabulary = createVocabulary(tokenizer);

function accepts(
  schema: JsonSchema,
  text: string,
  options: SchemaOptions & { groundingTexts?: string[] } = {},
): boolean {
  const { groundingTexts = [], ...schemaOptions } = options;
  const walk = compileSchema(schema, schemaOptions).start({ vocabulary, groundingTexts });
  for (const token of tokenizer.encode(text)) {
    if (!walk.allows(token)) return false;
    walk.advance(token);
  }
  return walk.canEnd();
}

interface Case {
  name: string;
  schema: JsonSchema;
  accepted: string[];
  rejected: string[];
  options?: SchemaOptions & { groundingTexts?: string[] };
}

const person: JsonSchema = {
  type: 'object',
  properties: {
    name: { type: 'string' },
    age: { type: 'integer' },
    tags: { type: 'array', items: { type: 'string' } },
  },
  required: ['name'],
  additionalProperties: false,
};

const cases: Case[] = [
  { name: 'null', schema: { type: 'null' }, accepted: ['null'], rejected: ['', 'nul', 'nulll', 'Null', '0'] },
  { name: 'boolean', schema: { type: 'boolean' }, accepted: ['true', 'false'], rejected: ['True', '"true"', '1', ''] },
  {
    name: 'a list of types',
    schema: { type: ['string', 'null', 'integer'] },
    accepted: ['null', '"x"', '3'],
    rejected: ['3.5', 'true', '[]'],
  },
  {
    name: 'string: escapes and UTF-8',
    schema: { type: 'string' },
    accepted: [
      '""',
      '"a b"',
      '"é日😀"',
      String.raw`"\"\\\/\b\f\n\r\t"`,
      String.raw`"\u00e9\uD83D\ude00\ud7ff\uE000"`,
      '"\x7f"',
    ],
    rejected: [
      '"',
      'a',
      '"a',
      '"a"b',
      '"\n"',
      '"\u0000"',
      String.raw`"\x"`,
      String.raw`"\u12"`,
      String.raw`"\ud83d"`,
      String.raw`"\ude00"`,
      String.raw`"\ud83d\ud83d"`,
      String.raw`"\ud83da"`,
    ],
  },
  {
    name: 'string: minLength and maxLength count code points',
    schema: { type: 'string', minLength: 2, maxLength: 3 },
    accepted: ['"ab"', '"abc"', '"😀😀😀"', '"日本"', String.raw`"\n\ud83d\ude00"`],
    rejected: ['""', '"a"', '"abcd"', '"😀"', '"😀😀😀😀"', String.raw`"\n"`],
  },
  {
    name: 'string: a bound where the schema has none',
    schema: { type: 'string' },
    options: { maximumStringLength: 4 },
    accepted: ['"abcd"'],
    rejected: ['"abcde"'],
  },
  {
    name: 'pattern: a time of day',
    schema: { type: 'string', pattern: '^([01][0-9]|2[0-3]):[0-5][0-9]$' },
    accepted: ['"00:00"', '"19:59"', '"23:59"'],
    rejected: ['"24:00"', '"9:00"', '"12:60"', '"12:00 "', '"112:00"', '""'],
  },
  {
    name: 'pattern: not tied down, it stands anywhere',
    schema: { type: 'string', pattern: 'b+c' },
    accepted: ['"bc"', '"aabbbcé"', '"cbbcb"', String.raw`"\nbc\""`],
    rejected: ['""', '"b"', '"cb"', '"abab"'],
  },
  {
    name: 'pattern: classes, counts, alternatives and escapes',
    schema: { type: 'string', pattern: String.raw`^(?:\w{2,3}-[^a-z\d]|\$\.\u{e9}\x41?|"\\|.)$` },
    accepted: ['"ab-X"', '"a_9-é"', '"$.é"', '"$.éA"', String.raw`"\"\\"`, '"😀"'],
    rejected: ['"abcd-X"', '"ab-x"', '"ab-5"', '"$.e"', '""', '"xy"', String.raw`"\n"`],
  },
  {
    name: 'integer',
    schema: { type: 'integer' },
    accepted: ['0', '7', '-1', '120', '123456789012345678901'],
    rejected: ['-0', '00', '01', '-', '1.0', '1e3', '+1', '', '1234567890123456789012'],
  },
  {
    name: 'integer: minimum and maximum',
    schema: { type: 'integer', minimum: -12, maximum: 105 },
    accepted: ['-12', '-9', '-1', '0', '9', '10', '99', '100', '105'],
    rejected: ['-13', '-20', '-100', '106', '110', '200', '1000'],
  },
  {
    name: 'integer: exclusive and fractional bounds',
    schema: { type: 'integer', exclusiveMinimum: 0, maximum: 24.5 },
    accepted: ['1', '9', '10', '24'],
    rejected: ['0', '-1', '25', '30', '100'],
  },
  {
    name: 'integer: above only',
    schema: { type: 'integer', minimum: 18 },
    accepted: ['18', '19', '20', '99', '100', '5000'],
    rejected: ['17', '1', '0', '-18'],
  },
  {
    name: 'integer: below only, negative',
    schema: { type: 'integer', exclusiveMaximum: -5 },
    accepted: ['-6', '-10', '-999'],
    rejected: ['-5', '-1', '0', '6'],
  },
  {
    name: 'number',
    schema: { type: 'number' },
    accepted: [
      '0',
      '0.5',
      '-0.25',
      '3.14',
      '-12',
      '1e-7',
      '1.5e+300',
      '2.50',
      '0.30000000000000004',
      '1e+21',
      '1e+307',
    ],
    rejected: ['-0', '-0.0', '.5', '5.', '01', '1e', 'NaN', '1e+999', '2e+308', '--1'],
  },
  {
    name: 'number: minimum and maximum',
    schema: { type: 'number', minimum: -1.5, maximum: 10.25 },
    accepted: ['-1.5', '-1.50', '-1.49', '-0.001', '0', '0.0', '9.99', '10', '10.25', '10.250', '10.2'],
    rejected: ['-1.51', '-1.501', '-2', '10.26', '10.251', '10.3', '11', '-0', '-0.00', '2e1', '1e999'],
  },
  {
    name: 'number: exclusive bounds',
    schema: { type: 'number', exclusiveMinimum: 0, exclusiveMaximum: 1 },
    accepted: ['0.1', '0.5', '0.999', '0.01'],
    rejected: ['0', '0.0', '1', '1.0', '-0.5', '0.00', '0.9999999999999999999'],
  },
  {
    name: 'number: bounds with the same whole part',
    schema: { type: 'number', minimum: 2.25, exclusiveMaximum: 2.5 },
    accepted: ['2.25', '2.3', '2.4999'],
    rejected: ['2.5', '2.2', '2.249', '2', '2.50', '3'],
  },
  {
    name: 'enum of strings',
    schema: { type: 'string', enum: ['a', 'ab', 'é"x'] },
    accepted: ['"a"', '"ab"', String.raw`"é\"x"`],
    rejected: ['"b"', '"abc"', 'a', '""'],
  },
  {
    name: 'enum of mixed values, cut by type and bounds',
    schema: { type: ['integer', 'string', 'object'], enum: [1, 7, 'x', null, 2.5, { k: [1] }], minimum: 2 },
    accepted: ['7', '"x"', '{"k":[1]}'],
    rejected: ['1', 'null', '2.5', '{"k":[2]}'],
  },
  {
    name: 'const',
    schema: { const: { a: [true, null] } },
    accepted: ['{"a":[true,null]}'],
    rejected: ['{"a":[true]}', '{}'],
  },
  {
    name: 'anyOf',
    schema: { anyOf: [{ type: 'integer', minimum: 5 }, { type: 'string', maxLength: 1 }, { const: 'abc' }] },
    accepted: ['5', '"a"', '"abc"'],
    rejected: ['4', '"ab"', '"abcd"', 'null'],
  },
  {
    name: 'array',
    schema: { type: 'array', items: { type: 'integer' } },
    accepted: ['[]', '[1]', '[1,2,3]'],
    rejected: ['[1,]', '[,1]', '["a"]', '[1 ,2]', '[1', '1'],
  },
  {
    name: 'array: minItems and maxItems',
    schema: { type: 'array', items: { type: 'boolean' }, minItems: 1, maxItems: 2 },
    accepted: ['[true]', '[true,false]'],
    rejected: ['[]', '[true,true,true]'],
  },
  {
    name: 'array: none at all',
    schema: { type: 'array', maxItems: 0 },
    accepted: ['[]'],
    rejected: ['[1]', '[null]'],
  },
  {
    name: 'object: required and optional, any order, no key twice',
    schema: person,
    accepted: ['{"name":"x"}', '{"name":"x","age":3}', '{"age":3,"name":"x"}', '{"tags":["a"],"name":"","age":1}'],
    rejected: [
      '{}',
      '{"age":3}',
      '{"name":"x","name":"y"}',
      '{"name":"x",}',
      '{"name":"x","other":1}',
      '{ "name":"x"}',
      '{"name":3}',
      '{"age":1,"age":2,"name":"x"}',
    ],
  },
  {
    name: "object: the schema's order",
    schema: person,
    options: { propertyOrder: 'schema' },
    accepted: ['{"name":"x"}', '{"name":"x","age":3}', '{"name":"x","tags":[]}'],
    rejected: ['{"age":3,"name":"x"}', '{"name":"x","tags":[],"age":3}', '{"tags":[],"name":"x"}'],
  },
  {
    name: 'object: keys that begin alike, and that need escapes',
    schema: { type: 'object', properties: { a: { type: 'null' }, ab: { type: 'null' }, 'a"é': { type: 'null' } } },
    options: { undeclaredProperties: 'closed' },
    accepted: ['{}', '{"a":null}', '{"ab":null,"a":null}', String.raw`{"a\"é":null}`],
    rejected: ['{"abc":null}', '{"a":null,"a":null}', '{"":null}'],
  },
  {
    name: 'object: nested; nothing declared',
    schema: {
      type: 'object',
      properties: { in: { type: 'object', properties: { x: { type: 'integer' } }, required: ['x'] } },
      required: ['in'],
    },
    accepted: ['{"in":{"x":1}}'],
    rejected: ['{"in":{}}', '{"in":null}', '{"in":{"x":1}', '{"in":{"x":1}}}'],
  },
  {
    name: 'object: empty',
    schema: { type: 'object', additionalProperties: false },
    accepted: ['{}'],
    rejected: ['{"a":1}', '[]'],
  },
  {
    name: 'object: an optional property that can have no value is never written',
    schema: { type: 'object', properties: { a: false, b: { type: 'null' } }, additionalProperties: false },
    accepted: ['{}', '{"b":null}'],
    rejected: ['{"a":null}', '{"a":1}'],
  },
  {
    name: 'x-grounded: span',
    schema: { type: 'string', 'x-grounded': 'span' },
    options: { groundingTexts: ['Play "Escapada" by Río\tSul, pão_2.', 'naïve'] },
    accepted: [
      '"Play"',
      String.raw`"\"Escapada\""`,
      '"Escapada"',
      '"Río"',
      String.raw`"Río\tSul"`,
      '"pão_2"',
      '"naïve"',
      '"."',
      '" by "',
      '"Sul, pão_2"',
    ],
    rejected: [
      '""',
      '" "',
      String.raw`"\t"`,
      '"Escapad"',
      '"Escapes"',
      '"scapada"',
      '"pão"',
      '"escapada"',
      '"Sul,  pão_2"',
      '"Play naïve"',
      '"na"',
    ],
  },
  {
    name: 'x-grounded: span-ci',
    schema: { type: 'string', 'x-grounded': 'span-ci' },
    options: { groundingTexts: ['Café OLÉ straße'] },
    accepted: ['"café"', '"CAFÉ olé"', '"Café OLÉ"', '"straße"', '"STRAßE"'],
    rejected: ['"caf"', '"cafe"', '"STRASSE"', '"ole"'],
  },
  {
    name: 'x-grounded: with minLength and maxLength',
    schema: { type: 'string', 'x-grounded': 'span', minLength: 3, maxLength: 6 },
    options: { groundingTexts: ['é to São Paulo 😀!'] },
    accepted: ['"São"', '"Paulo"', '"é to"', '" São "', '" 😀!"', '"to São"'],
    rejected: ['"é"', '"to"', '"São Paulo"', '"Paul"', '"   "'],
  },
  {
    name: 'x-grounded: ordinary without texts, without words, or when optional',
    schema: { type: 'array', items: { type: 'string', 'x-grounded': 'span' } },
    options: { groundingTexts: [' ', '?!'] },
    accepted: ['["anything"]'],
    rejected: ['[1]'],
  },
  {
    name: 'x-grounded: optional',
    schema: { type: 'string', 'x-grounded': 'optional' },
    options: { groundingTexts: ['one two'] },
    accepted: ['"one"', '"three"'],
    rejected: ['1'],
  },
  {
    name: 'annotations',
    schema: {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $id: 'urn:x',
      $comment: 'c',
      title: 't',
      description: 'd',
      default: 1,
      examples: [2],
      deprecated: true,
      readOnly: true,
      writeOnly: false,
      'x-note': { any: 1 },
      type: 'integer',
    },
    accepted: ['3'],
    rejected: ['"3"'],
  },
];

test.each(cases)('$name', ({ schema, accepted, rejected, options }) => {
  const wronglyRejected = accepted.filter((text) => !accepts(schema, text, options));
  const wronglyAccepted = rejected.filter((text) => accepts(schema, text, options));
  expect({ wronglyRejected, wronglyAccepted }).toEqual({ wronglyRejected: [], wronglyAccepted: [] });
});
