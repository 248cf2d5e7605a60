import { describe, expect, expectTypeOf, it } from 'vitest';
import { z } from 'zod';
import { parseToolset, ToolsetError } from '../toolset/index.js';
import { defineTools, ToolCallError } from './index.js';

const tools = defineTools({
  set_light: {
    description: 'Turn a light on or off.',
    parameters: z.object({ room: z.enum(['kitchen', 'hall']), on: z.boolean(), level: z.number().int().default(100) }),
  },
  get_weather: {
    parameters: {
      type: 'object',
      properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
      required: ['city'],
      additionalProperties: false,
    },
  },
  stop: {},
});

describe('defineTools', () => {
  it('makes the toolset that its JSON Schemas make', () => {
    expect(tools.toolset).toEqual(
      parseToolset([
        {
          name: 'set_light',
          description: 'Turn a light on or off.',
          parameters: {
            type: 'object',
            properties: {
              room: { type: 'string', enum: ['kitchen', 'hall'] },
              on: { type: 'boolean' },
              level: { default: 100, type: 'integer' },
            },
            required: ['room', 'on'],
          },
        },
        {
          name: 'get_weather',
          parameters: {
            type: 'object',
            properties: { city: { type: 'string' }, days: { type: 'integer', minimum: 1 } },
            required: ['city'],
            additionalProperties: false,
          },
        },
        { name: 'stop' },
      ]),
    );
  });

  it('hands calls to their handlers, checked and with defaults', async () => {
    const handlers = {
      set_light: ({ room, on, level }: { room: string; on: boolean; level: number }) => `${room} ${on} ${level}`,
      get_weather: async ({ city, days }: { city: string; days?: number | undefined }) => `${city} ${days}`,
      stop: () => 'stopped',
    };
    expect(await tools.handle({ name: 'set_light', arguments: { room: 'hall', on: true } }, handlers)).toBe(
      'hall true 100',
    );
    expect(await tools.handle({ name: 'get_weather', arguments: { city: 'Oslo' } }, handlers)).toBe('Oslo undefined');
    expect(await tools.handle({ name: 'stop', arguments: {} }, handlers)).toBe('stopped');
  });

  it('refuses calls by name and by what is wrong in them', async () => {
    const refused = (name: string, values: object) =>
      tools.parse({ name, arguments: values as never }).catch((error: unknown) => error);
    expect(await refused('set_lihgt', {})).toMatchObject({
      code: 'tool-call/unknown-tool',
      message: 'call#/name: This call cannot be carried out: no tool is called "set_lihgt"; did you mean "set_light"?',
    });
    expect(await refused('toString', {})).toBeInstanceOf(ToolCallError);
    expect(await refused('set_light', { room: 'hall', on: 'yes' })).toMatchObject({
      code: 'tool-call/invalid-arguments',
      problems: [{ location: { file: 'set_light', pointer: '/arguments/on' } }],
    });
    expect(await refused('get_weather', { city: 'Oslo', days: 0 })).toMatchObject({
      problems: [{ location: { file: 'get_weather', pointer: '/arguments/days' } }],
    });
    expect(await refused('stop', { now: true })).toBeInstanceOf(ToolCallError);
  });

  it('says which tool cannot be described', () => {
    const standard = { version: 1, vendor: 'old-library', validate: (value: unknown) => ({ value }) } as const;
    expect(() => defineTools({ a: { parameters: { '~standard': standard } as never } })).toThrow(
      /defineTools#\/a\/parameters: .*old-library gives no JSON Schema/,
    );
    expect(() => defineTools({ a: { parameters: z.object({ when: z.date() }) } })).toThrow(ToolsetError);
    expect(() => defineTools({ a: { parameters: z.string() } })).toThrow(/must be "object"/);
  });

  it('types calls and handlers', async () => {
    const call = await tools.parse({ name: 'set_light', arguments: { room: 'hall', on: true } });
    if (call.name === 'set_light')
      expectTypeOf(call.arguments).toEqualTypeOf<{ room: 'kitchen' | 'hall'; on: boolean; level: number }>();
    else if (call.name === 'get_weather') expectTypeOf(call.arguments.city).toEqualTypeOf<string>();
    else expectTypeOf(call.name).toEqualTypeOf<'stop'>();
    // Never run: what must not compile.
    const wrong = () => [
      // @ts-expect-error: a room that there is not
      call.name === 'set_light' && call.arguments.room === 'garden',
      // @ts-expect-error: a tool that there is not
      call.name === 'set_lamp',
      // @ts-expect-error: no handler for stop
      tools.handle(call, { set_light: () => 1, get_weather: () => 2 }),
      // @ts-expect-error: days is a number
      tools.handle(call, { set_light: () => 1, get_weather: ({ days }: { days: string }) => days, stop: () => 3 }),
    ];
    expect(wrong).toBeTypeOf('function');
  });
});
