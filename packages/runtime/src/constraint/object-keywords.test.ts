import type { JsonSchema } from '@tooltune/sdk';
import { testKeywordCases } from '../../test/keyword-cases.js';

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

testKeywordCases([
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
    name: 'properties say nothing of other types',
    schema: { properties: { a: { type: 'null' } }, required: ['a'] },
    accepted: ['{"a":null}', '1', '[]', '{"b":1,"a":null}'],
    rejected: ['{}', '{"a":1}'],
  },
  {
    name: 'required: not declared',
    schema: { type: 'object', required: ['a', 'b'] },
    accepted: ['{"a":1,"b":2}', '{"b":2,"c":3,"a":1}'],
    rejected: ['{"a":1}', '{}', '{"c":1,"a":2}'],
  },
  {
    name: '__proto__ and constructor are names as any other',
    schema: {
      type: 'object',
      properties: { ['__proto__']: { type: 'null' }, constructor: { type: 'integer' } },
      required: ['constructor'],
    },
    accepted: ['{"constructor":1}', '{"__proto__":null,"constructor":1}'],
    rejected: ['{}', '{"constructor":1,"__proto__":1}', '{"constructor":"x"}'],
  },
  {
    name: 'additionalProperties: not given',
    schema: { type: 'object', properties: { a: { type: 'integer' } } },
    accepted: ['{}', '{"b":"x"}', '{"a":1,"ab":{"c":[]}}', '{"":1}'],
    rejected: ['{"a":"x"}', '{"b":1,"a":null}'],
  },
  {
    name: 'additionalProperties: a schema',
    schema: { type: 'object', properties: { a: { type: 'integer' } }, additionalProperties: { type: 'boolean' } },
    accepted: ['{"a":1,"b":true}', '{"c":false,"aa":true}'],
    rejected: ['{"a":true}', '{"b":1}', '{"aa":1}'],
  },
  {
    name: 'additionalProperties: false',
    schema: { type: 'object', properties: { a: {} }, additionalProperties: false },
    accepted: ['{}', '{"a":[]}'],
    rejected: ['{"b":1}', '{"a":1,"aa":1}', '{"":1}'],
  },
  {
    name: 'patternProperties',
    schema: { type: 'object', patternProperties: { '^x-': { type: 'string' }, y$: { type: ['string', 'integer'] } } },
    accepted: ['{}', '{"x-a":"b"}', '{"ay":3}', '{"x-y":"s"}', '{"z":null}'],
    rejected: ['{"x-a":1}', '{"ay":null}', '{"x-y":3}'],
  },
  {
    name: 'patternProperties and properties',
    schema: { type: 'object', properties: { ab: { minimum: 3 } }, patternProperties: { '^a': { type: 'integer' } } },
    accepted: ['{"ab":3,"ac":1}'],
    rejected: ['{"ab":2}', '{"ab":"x"}', '{"ac":"x"}'],
  },
  {
    name: 'patternProperties and additionalProperties',
    schema: {
      type: 'object',
      properties: { a: {} },
      patternProperties: { '^b': { type: 'null' } },
      additionalProperties: false,
    },
    accepted: ['{"a":1}', '{"b":null,"bc":null}'],
    rejected: ['{"c":1}', '{"b":1}', '{"ab":null}'],
  },
  {
    name: 'patternProperties: false keeps names out',
    schema: { type: 'object', patternProperties: { '^_': false } },
    accepted: ['{"a":1}', '{"a_":1}'],
    rejected: ['{"_":1}', '{"a":1,"_a":2}'],
  },
  {
    name: 'propertyNames: a pattern',
    schema: { type: 'object', propertyNames: { pattern: '^[a-z]+$', maxLength: 3 } },
    accepted: ['{}', '{"abc":1,"d":2}'],
    rejected: ['{"A":1}', '{"abcd":1}', '{"":1}'],
  },
  {
    name: 'propertyNames: an enum',
    schema: { type: 'object', propertyNames: { enum: ['a', 'bc'] }, additionalProperties: { type: 'integer' } },
    accepted: ['{"a":1}', '{"bc":1,"a":2}'],
    rejected: ['{"b":1}', '{"a":"x"}', '{"a":1,"a":2}'],
  },
  {
    name: 'propertyNames: with declared properties',
    schema: { type: 'object', properties: { a: {}, B: {} }, propertyNames: { pattern: '^[a-z]*$' } },
    accepted: ['{"a":1}', '{"a":1,"c":2}'],
    rejected: ['{"B":1}', '{"C":1}'],
  },
  {
    name: 'minProperties',
    schema: { type: 'object', minProperties: 2 },
    accepted: ['{"a":1,"b":2}', '{"a":1,"b":2,"c":3}'],
    rejected: ['{}', '{"a":1}', '{"a":1,"a":2}'],
  },
  {
    name: 'maxProperties',
    schema: { type: 'object', maxProperties: 2 },
    accepted: ['{}', '{"a":1,"b":2}'],
    rejected: ['{"a":1,"b":2,"c":3}'],
  },
  {
    name: 'maxProperties leaves room for what is required',
    schema: { type: 'object', properties: { a: {}, b: {}, c: {} }, required: ['c'], maxProperties: 2 },
    accepted: ['{"c":1}', '{"a":1,"c":1}', '{"c":1,"d":1}'],
    rejected: ['{"a":1,"b":1}', '{"a":1,"b":1,"c":1}', '{}'],
  },
  {
    name: 'minProperties of declared properties only',
    schema: {
      type: 'object',
      properties: { a: { type: 'null' }, b: { type: 'null' } },
      additionalProperties: false,
      minProperties: 2,
    },
    accepted: ['{"a":null,"b":null}', '{"b":null,"a":null}'],
    rejected: ['{"a":null}', '{}'],
  },
  {
    name: 'minProperties and maxProperties: 0',
    schema: { minProperties: 1, maxProperties: 1 },
    accepted: ['{"a":{}}', '[]', '"ab"'],
    rejected: ['{}', '{"a":1,"b":1}'],
  },
  {
    name: 'dependentRequired',
    schema: { type: 'object', dependentRequired: { card: ['address', 'name'] } },
    accepted: ['{}', '{"name":1}', '{"card":1,"address":2,"name":3}', '{"name":1,"address":1,"card":2}'],
    rejected: ['{"card":1}', '{"card":1,"name":2}', '{"address":1,"card":1}'],
  },
  {
    name: 'dependentRequired: in a chain',
    schema: {
      type: 'object',
      properties: { a: {}, b: {}, c: {} },
      dependentRequired: { a: ['b'], b: ['c'] },
      additionalProperties: false,
    },
    accepted: ['{"c":1}', '{"b":1,"c":1}', '{"a":1,"c":1,"b":1}'],
    rejected: ['{"a":1,"b":1}', '{"b":1}', '{"a":1}'],
  },
  {
    name: 'dependentRequired: what cannot be keeps its cause out',
    schema: { type: 'object', properties: { a: {}, b: false }, dependentRequired: { a: ['b'] } },
    accepted: ['{}', '{"c":1}'],
    rejected: ['{"a":1}', '{"b":1}'],
  },
  {
    name: 'dependentSchemas',
    schema: {
      type: 'object',
      properties: { a: {} },
      dependentSchemas: { a: { required: ['b'], properties: { b: { type: 'integer' } } } },
    },
    accepted: ['{}', '{"b":"x"}', '{"a":1,"b":2}', '{"b":2,"a":1}'],
    rejected: ['{"a":1}', '{"a":1,"b":"x"}', '{"b":"x","a":1}'],
  },
  {
    name: 'dependencies of draft 7',
    schema: { type: 'object', dependencies: { a: ['b'], c: { maxProperties: 1 } } },
    accepted: ['{"a":1,"b":1}', '{"c":1}', '{"b":1,"d":1}'],
    rejected: ['{"a":1}', '{"c":1,"d":1}', '{"a":1,"b":1,"c":1}'],
  },
  {
    name: 'unevaluatedProperties: false',
    schema: { type: 'object', properties: { a: {} }, allOf: [{ properties: { b: {} } }], unevaluatedProperties: false },
    accepted: ['{"a":1,"b":2}', '{"b":1}', '{}'],
    rejected: ['{"c":1}', '{"a":1,"c":1}'],
  },
  {
    name: 'unevaluatedProperties: a schema',
    schema: { type: 'object', patternProperties: { '^x': {} }, unevaluatedProperties: { type: 'null' } },
    accepted: ['{"x":1}', '{"y":null}'],
    rejected: ['{"y":1}'],
  },
  {
    name: 'unevaluatedProperties: what the chosen way leaves',
    schema: {
      type: 'object',
      properties: { kind: { enum: ['dog', 'cat'] } },
      required: ['kind'],
      oneOf: [
        { properties: { kind: { const: 'dog' }, bark: {} } },
        { properties: { kind: { const: 'cat' }, purr: {} } },
      ],
      unevaluatedProperties: false,
    },
    accepted: ['{"kind":"dog","bark":1}', '{"kind":"cat","purr":1}', '{"purr":1,"kind":"cat"}'],
    rejected: ['{"kind":"dog","purr":1}', '{"bark":1,"kind":"cat"}', '{"kind":"dog","x":1}'],
  },
  {
    name: 'unevaluatedProperties: if, then and else',
    schema: {
      type: 'object',
      if: { properties: { a: { const: 1 } }, required: ['a'] },
      then: { properties: { b: {} } },
      else: { properties: { c: {} } },
      unevaluatedProperties: false,
    },
    accepted: ['{"a":1,"b":2}', '{"c":1}', '{}', '{"b":1,"a":1}'],
    rejected: ['{"b":1}', '{"a":1,"c":1}', '{"a":2}'],
  },
  {
    name: 'unevaluatedProperties: through a reference',
    schema: {
      type: 'object',
      $ref: '#/$defs/base',
      properties: { b: {} },
      unevaluatedProperties: false,
      $defs: { base: { properties: { a: { type: 'integer' } } } },
    },
    accepted: ['{"a":1,"b":1}'],
    rejected: ['{"a":"x"}', '{"c":1}'],
  },
]);
