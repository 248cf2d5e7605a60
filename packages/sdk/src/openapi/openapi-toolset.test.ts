import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCallValidator } from '../toolset/index.js';
import { OpenApiError, openApiToolset, toRequest } from './index.js';

const pets = {
  openapi: '3.0.3',
  info: { title: 'Pets', version: '1' },
  servers: [{ url: 'https://pets.example/v1/' }],
  paths: {
    '/pets/{petId}': {
      parameters: [{ $ref: '#/components/parameters/petId' }],
      get: {
        operationId: 'getPet',
        summary: 'Get a pet.',
        tags: ['read'],
        parameters: [{ name: 'fields', in: 'query', schema: { type: 'array', items: { type: 'string' } } }],
      },
      put: {
        operationId: 'getPet',
        description: 'Change a pet.\n\nMore of it.',
        requestBody: {
          required: true,
          content: { 'application/json': { schema: { $ref: '#/components/schemas/Pet' } } },
        },
      },
      delete: { deprecated: true },
    },
    '/pets': {
      get: {
        parameters: [
          {
            name: 'limit',
            in: 'query',
            schema: { type: 'integer', format: 'int32', minimum: 0, exclusiveMinimum: true, example: 5 },
          },
          {
            name: 'filter',
            in: 'query',
            style: 'deepObject',
            schema: { type: 'object', properties: { kind: { type: 'string' } } },
          },
          { name: 'Authorization', in: 'header', schema: { type: 'string' } },
          { name: 'X-Trace', in: 'header', schema: { type: 'string', nullable: true } },
        ],
      },
      post: {
        operationId: 'add pets!',
        requestBody: {
          content: { 'application/json': { schema: { type: 'array', items: { $ref: '#/components/schemas/Pet' } } } },
        },
      },
    },
    '/pets/{petId}/photo': {
      post: { operationId: 'upload', requestBody: { required: true, content: { 'image/png': {} } } },
    },
    '/form': {
      post: {
        operationId: 'form',
        requestBody: {
          content: {
            'application/x-www-form-urlencoded': {
              schema: { type: 'object', properties: { a: { type: 'string' }, b: { type: 'integer' } } },
            },
          },
        },
      },
    },
    '/broken': { get: { operationId: 'broken', parameters: [{ $ref: 'other.json#/x' }] } },
  },
  components: {
    parameters: {
      petId: { name: 'petId', in: 'path', required: true, description: 'Which pet.', schema: { type: 'integer' } },
    },
    schemas: {
      Pet: {
        type: 'object',
        required: ['id', 'name'],
        properties: {
          id: { type: 'integer', readOnly: true },
          name: { type: 'string' },
          kind: { type: 'string', enum: ['cat', 'dog'], nullable: true },
          mother: { $ref: '#/components/schemas/Pet' },
        },
      },
    },
  },
};

const made = openApiToolset(pets);
const toolOf = (name: string) => made.toolset.tools.find((tool) => tool.name === name)!;
const requestOf = (name: string, values: object) =>
  toRequest(made.operations[name]!, { arguments: values as never }, made.server!);

describe('openApiToolset', () => {
  it('makes a tool of each operation, with names that are valid and unique, and says what it leaves out', () => {
    expect(made.toolset.tools.map(({ name }) => name)).toEqual(['getPet', 'getPet_2', 'get_pets', 'add_pets', 'form']);
    expect(made.skipped).toEqual([
      {
        method: 'POST',
        path: '/pets/{petId}/photo',
        reason: 'its body is image/png; only JSON and forms can be written',
      },
      {
        method: 'GET',
        path: '/broken',
        reason: '"other.json#/x" leads out of the document; bundle it into one file first',
      },
    ]);
  });

  it('takes parameters of path and operation, with their descriptions', () => {
    expect(toolOf('getPet')).toEqual({
      name: 'getPet',
      description: 'Get a pet.',
      parameters: {
        type: 'object',
        properties: {
          petId: { type: 'integer', description: 'Which pet.' },
          fields: { type: 'array', items: { type: 'string' } },
        },
        required: ['petId'],
        additionalProperties: false,
      },
    });
  });

  it('makes the properties of a body arguments, but for those that only answers have; recursion stays', () => {
    const { description, parameters } = toolOf('getPet_2');
    expect(description).toBe('Change a pet.');
    expect(parameters.required).toEqual(['petId', 'name']);
    expect(parameters.properties).toEqual({
      petId: { type: 'integer', description: 'Which pet.' },
      name: { type: 'string' },
      kind: { type: ['string', 'null'], enum: ['cat', 'dog', null] },
      mother: { $ref: '#/$defs/Pet' },
    });
    const validate = createCallValidator(made.toolset);
    const call = (values: object) => validate({ name: 'getPet_2', arguments: values as never });
    expect(call({ petId: 1, name: 'Tom', mother: { name: 'Ada', mother: { name: 'Eva' } } })).toEqual([]);
    expect(call({ petId: 1, name: 'Tom', mother: { name: 'Ada', mother: { name: 7 } } })).toHaveLength(1);
  });

  it('writes what 3.0 has of its own as JSON Schema 2020-12', () => {
    expect(toolOf('get_pets').parameters.properties).toMatchObject({
      limit: { type: 'integer', exclusiveMinimum: 0, examples: [5] },
      'X-Trace': { type: ['string', 'null'] },
    });
    expect(Object.keys(toolOf('get_pets').parameters.properties as object)).toEqual(['limit', 'filter', 'X-Trace']);
  });

  it('chooses operations', () => {
    expect(openApiToolset(pets, { include: ({ tags }) => tags.includes('read') }).toolset.tools).toHaveLength(1);
    expect(openApiToolset(pets, { deprecated: true }).toolset.tools.map(({ name }) => name)).toContain(
      'delete_pets_petId',
    );
  });

  it.each([
    [null, 'api.json: '],
    [{ swagger: '2.0' }, 'api.json#/swagger: '],
    [{ openapi: '4.0.0' }, 'api.json#/openapi: '],
    [{ openapi: '3.1.0', paths: {} }, 'api.json#/paths: '],
  ])('refuses %j', (description, place) => {
    expect(() => openApiToolset(description, { file: 'api.json' })).toThrow(OpenApiError);
    expect(() => openApiToolset(description, { file: 'api.json' })).toThrow(place);
  });

  it('gives any operation a name, each its own', () => {
    fc.assert(
      fc.property(fc.array(fc.string({ maxLength: 90, unit: 'binary' }), { minLength: 1, maxLength: 30 }), (ids) => {
        const paths = Object.fromEntries(ids.map((operationId, index) => [`/${index}`, { get: { operationId } }]));
        const { tools } = openApiToolset({ openapi: '3.1.0', paths }).toolset;
        expect(new Set(tools.map(({ name }) => name)).size).toBe(ids.length);
        for (const { name } of tools) expect(name).toMatch(/^[A-Za-z0-9_.-]{1,64}$/);
      }),
      { numRuns: 50 },
    );
  });
});

describe('toRequest', () => {
  it('puts every argument in its place', () => {
    expect(requestOf('getPet', { petId: 7, fields: ['a b', 'c'] })).toEqual({
      method: 'GET',
      url: 'https://pets.example/v1/pets/7?fields=a%20b&fields=c',
      headers: {},
    });
    expect(requestOf('get_pets', { limit: 3, filter: { kind: 'cat' }, 'X-Trace': 'on' })).toEqual({
      method: 'GET',
      url: 'https://pets.example/v1/pets?limit=3&filter%5Bkind%5D=cat',
      headers: { 'X-Trace': 'on' },
    });
    expect(requestOf('getPet_2', { petId: 7, name: 'Tom' })).toEqual({
      method: 'PUT',
      url: 'https://pets.example/v1/pets/7',
      headers: { 'content-type': 'application/json' },
      body: '{"name":"Tom"}',
    });
    expect(requestOf('add_pets', { body: [{ name: 'Tom' }] })).toMatchObject({
      method: 'POST',
      body: '[{"name":"Tom"}]',
    });
    expect(requestOf('form', { a: 'x y', b: 2 })).toMatchObject({
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: 'a=x+y&b=2',
    });
  });
});
