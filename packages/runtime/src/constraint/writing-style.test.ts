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
    name: "the schema's order: undeclared properties come after what is required",
    schema: { type: 'object', properties: { b: {}, a: {} }, required: ['a'] },
    options: { propertyOrder: 'schema' },
    accepted: ['{"b":1,"a":2}', '{"a":2}', '{"b":1,"a":2,"c":3}'],
    rejected: ['{"a":2,"b":1}', '{"c":3,"a":2}'],
  },
  {
    name: "the schema's order: inside of others",
    schema: { type: 'array', items: { type: 'object', properties: { y: {}, x: {} }, additionalProperties: false } },
    options: { propertyOrder: 'schema' },
    accepted: ['[{"y":1,"x":2},{"x":1}]'],
    rejected: ['[{"x":1,"y":2}]'],
  },
  {
    name: 'no name twice: declared',
    schema: { type: 'object', properties: { a: {}, b: {} } },
    accepted: ['{"a":1,"b":2}'],
    rejected: ['{"a":1,"a":2}', '{"a":1,"b":2,"a":3}'],
  },
  {
    name: 'no name twice: not declared',
    schema: { type: 'object' },
    accepted: ['{"a":1,"aa":2,"":3}', '{"é":1,"e":2}'],
    rejected: ['{"a":1,"a":2}', '{"":1,"":2}', '{"aa":1,"a":2,"aa":3}', '{"é":1,"b":2,"é":3}'],
  },
  {
    name: 'no name twice: not even with escapes',
    schema: { type: 'object', properties: { a: {} } },
    accepted: [String.raw`{"a":1,"\n":2,"\"":3,"\\":4}`],
    rejected: [
      String.raw`{"a":1,"\u0061":2}`,
      String.raw`{"b":1,"\u0062":2}`,
      String.raw`{"/":1,"\/":2}`,
      String.raw`{"\n":1,"\u000a":2}`,
      String.raw`{"\n":1,"\n":2}`,
      String.raw`{"\"":1,"\"":2}`,
    ],
  },
  {
    name: 'no name twice: with a pattern',
    schema: {
      type: 'object',
      patternProperties: { '^a': { type: 'integer' } },
      additionalProperties: { type: 'null' },
    },
    accepted: ['{"a":1,"ab":2,"b":null}'],
    rejected: ['{"a":1,"a":2}', '{"b":null,"a":1,"b":null}'],
  },
  {
    name: 'no name twice: nested objects have names of their own',
    schema: {},
    accepted: ['{"a":{"a":{"a":1}}}', '[{"a":1},{"a":1}]'],
    rejected: ['{"a":{"a":1,"a":2}}', '{"a":{"b":1},"a":2}', '[{"a":1,"a":2}]'],
  },
  {
    name: 'names are written as JSON.stringify writes them',
    schema: { type: 'object', properties: { 'é\t/': {} }, additionalProperties: false },
    accepted: [String.raw`{"é\t/":1}`],
    rejected: [String.raw`{"\u00e9\t/":1}`, String.raw`{"é\u0009/":1}`, String.raw`{"é\t\/":1}`],
  },
  {
    name: 'whitespace: none',
    schema: { type: 'array', items: { type: 'object' } },
    accepted: ['[{"a":1},{}]'],
    rejected: ['[ {}]', '[{"a": 1}]', '[{}, {}]', ' []', '[]\n'],
  },
  {
    name: 'whitespace: single',
    schema: { type: ['array', 'object'] },
    options: { whitespace: 'single' },
    accepted: ['[1, 2]', '[1,2]', '{"a": 1, "b":2}', '{"a":[1, {"b": null}]}'],
    rejected: ['[1,  2]', '[ 1]', '[1 ,2]', '{"a" :1}', '{ "a":1}', '[1,\n2]', '[1] ', ' []'],
  },
  {
    name: 'whitespace: bounded',
    schema: { type: ['array', 'object'] },
    options: { whitespace: { maximum: 3 } },
    accepted: ['[1]', '[ 1,\n\t2\r\n]', '{ "a" : 1 ,\n  "b":{   }}', '[   ]'],
    rejected: ['[    1]', '[1,\n\n\n\n2]', '{"a    ":1,    "b":2}', '[\u00a01]'],
  },
  {
    name: 'whitespace: bounded, about finite values',
    schema: { type: 'array', items: { enum: [1, 'a b', { c: [2] }] }, uniqueItems: true, minItems: 1 },
    options: { whitespace: { maximum: 1 } },
    accepted: ['[ 1 , "a b" ]', '[{ "c" : [ 2 ] }]'],
    rejected: ['[1,1]', '[ 1 , 1 ]', '["a  b"]', '[  1]'],
    deferred: ['/uniqueItems'],
  },
  {
    name: 'whitespace: inside of constants',
    schema: { const: { a: [1, 2] } },
    options: { whitespace: 'single' },
    accepted: ['{"a": [1, 2]}', '{"a":[1,2]}'],
    rejected: ['{"a":[1,  2]}', '{"a": [1,3]}'],
  },
]);
