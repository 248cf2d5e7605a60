import { type JsonSchema, type JsonValue, TooltuneError } from '@tooltune/sdk';
import { describe, expect, test } from 'vitest';
import type { ConstraintError } from '../constraint-error.js';
import { type LoadOptions, loadSchema } from './load-schema.js';
import { ALL_TYPES, INTEGER, NULL, NUMBER, STRING } from './schema-node.js';

const root = (schema: JsonSchema, options?: LoadOptions) => loadSchema(schema, options).root;

function refusal(schema: JsonSchema, options?: LoadOptions): ConstraintError {
  try {
    loadSchema(schema, options);
  } catch (error) {
    if (TooltuneError.isInstance(error)) return error as ConstraintError;
    throw error;
  }
  throw new Error('nothing was refused');
}

const DRAFT_04 = 'http://json-schema.org/draft-04/schema#';
const DRAFT_07 = 'http://json-schema.org/draft-07/schema#';
const DRAFT_2019 = 'https://json-schema.org/draft/2019-09/schema';
const DRAFT_2020 = 'https://json-schema.org/draft/2020-12/schema';

test('only what can be reached from the root becomes nodes', () => {
  const { nodes } = loadSchema({
    $defs: { unused: { type: 'text' }, used: { type: 'null' } },
    then: { type: 'text' },
    'x-unknown': { type: 'text' },
    properties: { a: { $ref: '#/$defs/used' }, b: { $ref: '#/$defs/used' } },
  });
  expect(nodes.map(({ pointer }) => pointer)).toEqual(['', '/properties/a', '/properties/b', '/$defs/used']);
  expect(nodes.map(({ id }) => id)).toEqual([0, 1, 2, 3]);
  expect(nodes[1]!.ref).toBe(nodes[2]!.ref);
});

test('types are bits', () => {
  expect(root({}).types).toBe(ALL_TYPES);
  expect(root({ type: 'integer' }).types).toBe(INTEGER);
  expect(root({ type: ['number', 'null'] }).types).toBe(NUMBER | INTEGER | NULL);
  expect(root({ type: 'any' }).types).toBe(ALL_TYPES);
  expect(root(false)).toMatchObject({ never: true, pointer: '' });
  expect(root(true)).toMatchObject({ never: false, types: ALL_TYPES });
});

describe('older drafts are brought to the form of 2020-12', () => {
  test('items lists', () => {
    const { prefixItems, items } = root({ items: [{ type: 'null' }, true], additionalItems: false });
    expect(prefixItems?.map(({ pointer }) => pointer)).toEqual(['/items/0', '/items/1']);
    expect(items).toMatchObject({ never: true, pointer: '/additionalItems' });
    expect(root({ items: { type: 'null' }, additionalItems: false }).items?.types).toBe(NULL);
  });

  test('dependencies', () => {
    const node = root({ dependencies: { a: ['b'], 'c/d': { type: 'null' } } });
    expect(node.dependentRequired).toEqual(new Map([['a', ['b']]]));
    expect(node.dependentSchemas?.get('c/d')?.pointer).toBe('/dependencies/c~1d');
  });

  test('boolean exclusive bounds', () => {
    expect(root({ minimum: 1, exclusiveMinimum: true, maximum: 5, exclusiveMaximum: false })).toMatchObject({
      minimum: undefined,
      exclusiveMinimum: 1,
      maximum: 5,
      exclusiveMaximum: undefined,
    });
  });

  test('$ref stands alone up to draft 7', () => {
    const schema = { $ref: '#/definitions/a', type: 'string', definitions: { a: {} } };
    expect(root({ ...schema, $schema: DRAFT_07 }).types).toBe(ALL_TYPES);
    expect(root(schema, { defaultDraft: 'draft-07' }).types).toBe(ALL_TYPES);
    expect(root({ ...schema, $schema: DRAFT_2019 }).types).toBe(STRING);
    expect(root(schema).types).toBe(STRING);
  });

  test('keywords count from the draft on that has them', () => {
    const schema = { const: 1, if: true, dependentRequired: { a: ['b'] }, prefixItems: [true] };
    const kept = ($schema: string) =>
      Object.entries(root({ ...schema, $schema })).flatMap(([key, value]) =>
        key in schema && value !== undefined ? [key] : [],
      );
    expect(kept(DRAFT_04)).toEqual([]);
    expect(kept(DRAFT_07)).toEqual(['const', 'if']);
    expect(kept(DRAFT_2019)).toEqual(['const', 'dependentRequired', 'if']);
    expect(kept(DRAFT_2020)).toEqual(['const', 'prefixItems', 'dependentRequired', 'if']);
  });

  test('`required: true` of draft 3 is an annotation', () => {
    expect(root({ required: true }).required).toBeUndefined();
  });
});

describe('references', () => {
  const text = { type: 'string' };
  test.each<[name: string, schema: { [keyword: string]: JsonValue }, pointer: string, options?: LoadOptions]>([
    ['escapes', { $ref: '#/$defs/a~1b~0c%25', $defs: { 'a/b~c%': text } }, '/$defs/a~1b~0c%'],
    ['list index', { $ref: '#/allOf/0', allOf: [text] }, '/allOf/0'],
    ['unknown keyword', { $ref: '#/x/y', x: { y: text } }, '/x/y'],
    ['anchor', { $ref: '#a', $defs: { x: { ...text, $anchor: 'a' } } }, '/$defs/x'],
    ['anchor of draft 6', { $ref: '#a', definitions: { x: { ...text, $id: '#a' } } }, '/definitions/x'],
    ['own address', { $id: 'http://x/y', $ref: 'http://x/y#/$defs/a', $defs: { a: text } }, '/$defs/a'],
    ['relative', { $id: 'http://x/y', $ref: 'z', $defs: { a: { ...text, $id: 'z' } } }, '/$defs/a'],
    ['relative to nothing', { $ref: 'z.json', $defs: { a: { ...text, $id: 'z.json' } } }, '/$defs/a'],
    ['urn', { $ref: 'urn:x:1#/$defs/b', $defs: { a: { $id: 'urn:x:1', $defs: { b: text } } } }, '/$defs/a/$defs/b'],
    ['id of draft 4', { $schema: DRAFT_04, $ref: 'z', definitions: { a: { ...text, id: 'z' } } }, '/definitions/a'],
    [
      'remote',
      { $ref: 'http://x/y#/$defs/a' },
      'http://x/y#/$defs/a',
      { remotes: new Map([['http://x/y', { $defs: { a: text } }]]) },
    ],
  ])('%s', (_, schema, pointer, options) => {
    expect(root(schema, options).ref).toMatchObject({ pointer, types: STRING });
  });

  test('a pointer is read from the resource that it is in, or else from the root of the document', () => {
    const { properties } = root({
      $defs: { a: { type: 'null' }, c: { type: 'integer' } },
      properties: {
        inner: { $id: 'inner', $defs: { a: text }, allOf: [{ $ref: '#/$defs/a' }, { $ref: '#/$defs/c' }] },
      },
    });
    expect(properties?.get('inner')?.allOf?.map(({ ref }) => ref?.types)).toEqual([STRING, INTEGER]);
  });

  test('identifiers in values and unknown keywords are none', () => {
    const schema = { $ref: 'x', enum: [{ $id: 'x' }], unknown: { $id: 'x' } };
    expect(refusal(schema)).toMatchObject({ code: 'constraint/unsupported-keyword', pointer: '/$ref' });
  });

  test('a recursive schema is a cycle of nodes', () => {
    const { nodes, root } = loadSchema({ properties: { next: { $ref: '#' } } });
    expect(nodes).toHaveLength(2);
    expect(root.properties?.get('next')?.ref).toBe(root);
  });

  test('dynamic references mean what the way to them says', () => {
    const tree = {
      $id: 'tree',
      $dynamicAnchor: 'node',
      type: 'object',
      properties: { next: { $dynamicRef: '#node' } },
    };
    const strict = { $id: 'strict', $dynamicAnchor: 'node', $ref: 'tree', maxProperties: 1 };
    const { root } = loadSchema({ anyOf: [{ $ref: 'tree' }, { $ref: 'strict' }], $defs: { tree, strict } });
    const next = root.anyOf!.map(({ ref }) => (ref!.ref ?? ref!).properties!.get('next')!.dynamicRef!.pointer);
    expect(next).toEqual(['/$defs/tree', '/$defs/strict']);
  });
});

test('names of Object.prototype are ordinary', () => {
  const schema = JSON.parse('{"properties":{"__proto__":{},"constructor":{"$ref":"#/properties/__proto__"}}}');
  const { properties } = root(schema);
  expect([...properties!.keys()]).toEqual(['__proto__', 'constructor']);
  expect(properties?.get('constructor')?.ref).toBe(properties?.get('__proto__'));
  expect(refusal({ $ref: '#/constructor' }).code).toBe('constraint/unsupported-keyword');
});

test.each<[pointer: string, schema: JsonSchema]>([
  ['/type', { type: 'text' }],
  ['/type', { type: [{ type: 'null' }] }],
  ['/minLength', { minLength: -1 }],
  ['/maxItems', { maxItems: 1.5 }],
  ['/maximum', { maximum: '3' }],
  ['/multipleOf', { multipleOf: 0 }],
  ['/properties/a/required', { properties: { a: { required: 'x' } } }],
  ['/required', { required: [1] }],
  ['/uniqueItems', { uniqueItems: 'yes' }],
  ['/properties', { properties: [] }],
  ['/properties/a~1b', { properties: { 'a/b': 3 } }],
  ['/items/0', { items: [null] }],
  ['/items', { items: [true], prefixItems: [true] }],
  ['/pattern', { pattern: '(' }],
  ['/patternProperties', { patternProperties: { '(': true } }],
  ['/anyOf', { anyOf: [] }],
  ['/enum', { enum: 'x' }],
  ['/format', { format: 1 }],
  ['/dependencies', { dependencies: { a: [1] } }],
  ['/$ref', { $ref: {} }],
  ['/$schema', { $schema: 7 }],
  ['/x-grounded', { 'x-grounded': 'yes' }],
])('a wrong value is refused at %s', (pointer, schema) => {
  expect(refusal(schema)).toMatchObject({ code: 'constraint/invalid-schema', pointer });
});

const custom = (vocabulary: JsonValue) => ({
  remotes: new Map<string, JsonValue>([['http://x/meta', { $schema: DRAFT_2020, $vocabulary: vocabulary }]]),
});
const VOCABULARY = 'https://json-schema.org/draft/2020-12/vocab';

test('a dialect of its own leaves vocabularies out', () => {
  const schema = { $schema: 'http://x/meta', type: 'null', items: false };
  const options = custom({ [`${VOCABULARY}/core`]: true, [`${VOCABULARY}/applicator`]: true, 'http://x/v': false });
  expect(root(schema, options)).toMatchObject({ types: ALL_TYPES, items: { never: true } });
});

test.each<[pointer: string, schema: JsonSchema, options?: LoadOptions]>([
  ['/$ref', { $ref: '#/$defs/x' }],
  ['/$ref', { $ref: '#x' }],
  ['/items/$ref', { items: { $ref: 'https://example.com/other.json' } }],
  ['/$schema', { $schema: 'http://example.com/meta' }],
  ['/$schema', { $schema: 'http://json-schema.org/draft-03/schema#' }],
  ['/$schema', { $schema: 'http://x/meta' }, custom({ 'http://x/units': true })],
])('what is not there is refused at %s', (pointer, schema, options) => {
  expect(refusal(schema, { schemaName: 'tools.json', ...options })).toMatchObject({
    code: 'constraint/unsupported-keyword',
    pointer,
    message: expect.stringContaining('tools.json'),
  });
});

test.each<[string, JsonSchema]>([
  ['/$ref', { $ref: '#' }],
  ['/allOf/0/$ref', { allOf: [{ $ref: '#' }] }],
  ['/$defs/a/not/$ref', { items: { $ref: '#/$defs/a' }, $defs: { a: { not: { $ref: '#/$defs/a' } } } }],
  ['/dependentSchemas/a/$ref', { dependentSchemas: { a: { $ref: '#' } } }],
])('a reference that never ends is refused at %s', (pointer, schema) => {
  expect(refusal(schema)).toMatchObject({ code: 'constraint/infinite-reference', pointer, keyword: '$ref' });
});

describe('hostile sizes', () => {
  const nested = (levels: number, wrap: (inner: JsonValue) => JsonValue) => {
    let value: JsonValue = true;
    for (let level = 0; level < levels; level++) value = wrap(value);
    return value as JsonSchema;
  };

  test.each<[string, JsonSchema]>([
    ['items', nested(60_000, (items) => ({ items }))],
    ['anyOf', nested(60_000, (inner) => ({ anyOf: [inner] }))],
    ['a value', { const: nested(60_000, (inner) => [inner]) as JsonValue }],
    [
      'a chain of references',
      {
        $ref: '#/$defs/0',
        $defs: Object.fromEntries(
          Array.from({ length: 2000 }, (_, index) => [
            String(index),
            index === 1999 ? true : { $ref: `#/$defs/${index + 1}` },
          ]),
        ),
      },
    ],
  ])('%s', (_, schema) => {
    expect(refusal(schema).code).toBe('constraint/too-deep');
  });

  test('what says nothing about values may be as deep as it likes', () => {
    const deep = nested(60_000, (inner) => ({ x: inner })) as JsonValue;
    expect(loadSchema({ examples: [deep], $defs: { deep } }).nodes).toHaveLength(1);
    expect(refusal({ $defs: { deep }, $ref: '#anchor' }).code).toBe('constraint/unsupported-keyword');
  });

  test('one object in very many places', () => {
    const schema = nested(30, (inner) => ({ prefixItems: [inner, inner] }));
    expect(refusal(schema).code).toBe('constraint/too-large');
    expect(loadSchema({ $ref: '#/$defs/a', $defs: { a: schema } }).nodes.length).toBeLessThan(100);
    expect(refusal({ $ref: '#anchor', $defs: { a: schema } }).code).toBe('constraint/unsupported-keyword');
  });

  test('long lists', () => {
    const any = Array.from({ length: 90_000 }, () => true);
    expect(loadSchema({ anyOf: any, items: { $ref: '#' } }).nodes).toHaveLength(90_002);
  });
});
