import { describe, expect, it } from 'vitest';
import type { Problem } from '../schemas/index.js';
import {
  createArgumentsValidator,
  createCallValidator,
  fingerprintToolset,
  nearestName,
  parseToolset,
  ToolsetError,
} from './index.js';

const weather = {
  name: 'get_weather',
  description: 'The weather.',
  parameters: {
    type: 'object',
    properties: {
      city: { type: 'string', 'x-grounded': 'span' },
      days: { type: 'integer', minimum: 1 },
      when: { type: 'string', format: 'date' },
    },
    required: ['city'],
    additionalProperties: false,
  },
};

function problemsOf(value: unknown): string[] {
  try {
    parseToolset(value, { file: 'my.json' });
  } catch (error) {
    if (!(error instanceof ToolsetError)) throw error;
    return error.problems.map(({ location, message }: Problem) => `${location.file}#${location.pointer} ${message}`);
  }
  return [];
}

describe('parseToolset', () => {
  it('reads an array, {tools} and the wrapping of OpenAI as the same toolset', () => {
    const plain = parseToolset([weather]);
    expect(plain.tools).toEqual([weather]);
    expect(parseToolset({ tools: [weather] })).toEqual(plain);
    expect(parseToolset([{ type: 'function', function: weather }])).toEqual(plain);
  });

  it('takes a tool without parameters as one without arguments', () => {
    const toolset = parseToolset([{ name: 'stop' }, { name: 'go', parameters: {} }]);
    const validate = createCallValidator(toolset);
    for (const name of ['stop', 'go']) {
      expect(validate({ name, arguments: {} })).toEqual([]);
      expect(validate({ name, arguments: { now: true } })).toHaveLength(1);
    }
  });

  it.each<[string, unknown, string[]]>([
    ['no list', {}, ['my.json# "tools" is missing; write an array of tools, or an object with "tools"']],
    ['no array', 'x', ['my.json# must be an array of tools']],
    ['no tool', { tools: [] }, ['my.json#/tools holds no tool; add at least one']],
    ['a name with a space', [{ name: 'a b' }], ['my.json#/0/name must match pattern "^[A-Za-z0-9_.-]{1,64}$"']],
    ['no name', [{ type: 'function', function: {} }], ['my.json#/0/function "name" is missing']],
    [
      'another kind of tool',
      [{ type: 'web', function: weather }],
      ['my.json#/0/type must be "function", which is the only kind of tool that tooltune knows'],
    ],
    ['a name twice', [weather, weather], ['my.json#/1 the tool "get_weather" is already at /0; names must be unique']],
    [
      'a schema by another name',
      [{ name: 'a', inputSchema: weather.parameters }],
      ['my.json#/0/inputSchema not read: name the JSON Schema of the arguments "parameters"'],
    ],
    [
      'arguments that are no object',
      [{ name: 'a', parameters: { type: 'string' } }],
      ['my.json#/0/parameters/type must be "object": the arguments of "a" are an object\'s properties'],
    ],
  ])('refuses %s, by file and JSON pointer', (_, value, problems) => {
    expect(problemsOf(value)).toEqual(problems);
  });

  it('tells everything that is wrong, not just the first', () => {
    const broken = {
      name: 'a',
      parameters: {
        type: 'object',
        properties: { x: { type: 'strin' }, y: { minLength: -1 }, 'p/q': { items: [{}] } },
      },
    };
    const problems = problemsOf({ tools: [broken, { name: '' }] });
    expect(problems).toHaveLength(4);
    expect(problems[0]).toMatch(
      /^my\.json#\/tools\/0\/parameters\/properties\/x\/type not a usable JSON Schema: must be/,
    );
    expect(problems[1]).toMatch(/\/properties\/y\/minLength .*must be >= 0/);
    expect(problems[2]).toMatch(/\/properties\/p~1q\/items .*write prefixItems, or name draft-07/);
    expect(problems[3]).toMatch(/^my\.json#\/tools\/1\/name /);
  });

  it.each([
    ['a reference that leads nowhere', { $ref: '#/definitions/none' }, /definitions\/none/],
    ['a pattern that is no regular expression', { pattern: '(' }, /Invalid regular expression/],
  ])('refuses %s', (_, x, message) => {
    expect(problemsOf([{ name: 'a', parameters: { type: 'object', properties: { x } } }]).join()).toMatch(message);
  });

  it('refuses a dialect that it does not know', () => {
    const parameters = { $schema: 'http://json-schema.org/draft-04/schema#', type: 'object' };
    expect(problemsOf([{ name: 'a', parameters }])[0]).toMatch(/parameters\/\$schema .*write draft-07 or 2020-12/);
  });
});

describe('createArgumentsValidator', () => {
  const validate = (parameters: object) =>
    createArgumentsValidator(parseToolset([{ name: 'a', parameters: { type: 'object', ...parameters } }]).tools[0]!);

  it('goes by the dialect that the schema names', () => {
    const $schema = 'http://json-schema.org/draft-07/schema#';
    const tuple = validate({ $schema, properties: { x: { items: [{ type: 'string' }, { type: 'number' }] } } });
    expect(tuple({ x: ['a', 1] })).toEqual([]);
    expect(tuple({ x: ['a', 'b'] })).toEqual([{ pointer: '/x/1', message: 'must be number' }]);
    const prefix = validate({ properties: { x: { prefixItems: [{ type: 'string' }, { type: 'number' }] } } });
    expect(prefix({ x: ['a', 'b'] })).toEqual([{ pointer: '/x/1', message: 'must be number' }]);
  });

  it('does not take what every object inherits for an argument', () => {
    const properties = { constructor: { type: 'integer' } };
    expect(validate({ properties })({})).toEqual([]);
    const required = validate({ properties, required: ['constructor'] });
    expect(required({})).toEqual([{ pointer: '', message: '"constructor" is missing' }]);
    expect(required({ constructor: 1 })).toEqual([]);
  });

  it('checks formats', () => {
    const date = validate({ properties: { when: { type: 'string', format: 'date' } } });
    expect(date({ when: '2024-02-29' })).toEqual([]);
    expect(date({ when: '2023-02-29' })).toHaveLength(1);
  });

  it('keeps the names inside two schemas apart', () => {
    const inside = (type: string) => ({
      $id: 'same',
      $defs: { it: { $id: 'it', type } },
      properties: { x: { $ref: 'it' } },
    });
    const [text, number] = [validate(inside('string')), validate(inside('number'))];
    expect(text({ x: 'a' })).toEqual([]);
    expect(number({ x: 'a' })).toHaveLength(1);
    expect(number({ x: 1 })).toEqual([]);
  });
});

describe('createCallValidator', () => {
  const validate = createCallValidator(parseToolset([weather, { name: 'stop' }]));

  it('accepts a valid call', () => {
    expect(validate({ name: 'get_weather', arguments: { city: 'Rome', days: 2 } })).toEqual([]);
  });

  it('points inside the call', () => {
    expect(validate({ name: 'get_weather', arguments: { days: 0, where: 'x' } })).toEqual([
      { pointer: '/arguments', message: '"city" is missing' },
      { pointer: '/arguments/where', message: '"where" is not known here; remove it' },
      { pointer: '/arguments/days', message: 'must be >= 1' },
    ]);
  });

  it('suggests the tool that was meant', () => {
    expect(validate({ name: 'get_wether', arguments: {} })).toEqual([
      { pointer: '/name', message: 'no tool is called "get_wether"; did you mean "get_weather"?' },
    ]);
    expect(nearestName('completely_other', ['get_weather', 'stop'])).toBeUndefined();
  });
});

describe('fingerprintToolset', () => {
  it('does not depend on how the file is written', () => {
    const { name, parameters, description } = weather;
    const rewritten = { parameters: Object.fromEntries(Object.entries(parameters).reverse()), description, name };
    expect(parseToolset([rewritten]).fingerprint).toBe(parseToolset([weather]).fingerprint);
    expect(parseToolset([{ name: 'a', parameters: {} }]).fingerprint).toBe(parseToolset([{ name: 'a' }]).fingerprint);
  });

  it('depends on all that a model sees', () => {
    const variants = [
      [weather],
      [{ ...weather, name: 'weather' }],
      [{ ...weather, description: 'Weather.' }],
      [{ name: weather.name, parameters: weather.parameters }],
      [{ ...weather, parameters: { ...weather.parameters, required: [] } }],
      [weather, { name: 'stop' }],
      [{ name: 'stop' }, weather],
    ];
    const fingerprints = variants.map((tools) => fingerprintToolset(parseToolset(tools)));
    expect(new Set(fingerprints).size).toBe(variants.length);
    expect(fingerprints[0]).toMatch(/^[0-9a-f]{64}$/);
  });
});
