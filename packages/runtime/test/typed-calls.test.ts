import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '@tooltune/sdk';
import { generateCode } from '@tooltune/sdk/codegen';
import { readToolset } from '@tooltune/sdk/files';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type {
  createToolRuntime,
  ToolCallHandlers,
  ToolRunEvent,
  ToolRuntime,
  ToolRuntimeAnswer,
  ToolStreamEvent,
} from '../src/index.js';
import type { PlayMusicArguments, SetLightArguments, ToolCall, ToolHandlers } from './fixtures/home-tools.js';

const fixture = (name: string) => fileURLToPath(new URL(`fixtures/${name}`, import.meta.url));

/** The formatter lays the fixture out anew. */
const withoutLayout = (code: string) => code.replace(/\s+/g, '').replaceAll(',]', ']');

/** `npm run typecheck` fails where a type below is another; the bodies only have to run. */
describe('types of tooltune codegen in the runtime', () => {
  it('are those that codegen writes today', async () => {
    const toolset = await readToolset(fixture('home-tools.json'));
    const written = await generateCode(toolset, { source: 'home-tools.json' });
    expect(withoutLayout(await readFile(fixture('home-tools.ts'), 'utf8'))).toBe(withoutLayout(written));
  });

  it('narrow the arguments by the name', () => {
    const read = (event: ToolStreamEvent<ToolCall>) => {
      if (event.type === 'tool-call-start') expectTypeOf(event.name).toEqualTypeOf<'set_light' | 'play_music'>();
      if (event.type !== 'tool-call') return undefined;
      if (event.name === 'set_light') {
        expectTypeOf(event.arguments).toEqualTypeOf<SetLightArguments>();
        return event.arguments.room;
      }
      expectTypeOf(event.arguments).toEqualTypeOf<PlayMusicArguments>();
      return event.arguments.title;
    };
    const event = { type: 'tool-call', id: 'a', index: 0, name: 'play_music', arguments: { title: 'x' } } as const;
    expect(read(event)).toBe('x');
  });

  it('reach through the runtime: stream, call and run', () => {
    expectTypeOf<Awaited<ReturnType<typeof createToolRuntime<ToolCall>>>>().toEqualTypeOf<ToolRuntime<ToolCall>>();
    expectTypeOf<ReturnType<ToolRuntime<ToolCall>['run']>>().toEqualTypeOf<
      AsyncGenerator<ToolRunEvent<ToolCall>, void, void>
    >();
    expectTypeOf<Awaited<ReturnType<ToolRuntime<ToolCall>['call']>>['calls']>().toEqualTypeOf<ToolCall[]>();
    const handlers: ToolCallHandlers<ToolCall> = {
      set_light: ({ room, state }, { signal }) => `${room} ${state} ${signal.aborted}`,
      play_music: ({ title }) => title.length,
    };
    expectTypeOf<ToolHandlers<string>>().toExtend<ToolCallHandlers<ToolCall>>();
    // @ts-expect-error a handler is missing
    const incomplete: ToolCallHandlers<ToolCall> = { play_music: handlers.play_music };
    // @ts-expect-error no such member
    const wrong: ToolCallHandlers<ToolCall> = { ...handlers, play_music: ({ artist }) => artist };
    expect([incomplete, wrong]).toHaveLength(2);
  });

  it('are any arguments where nothing is said', () => {
    expectTypeOf<Extract<ToolStreamEvent, { type: 'tool-call' }>['arguments']>().toEqualTypeOf<JsonObject>();
    expectTypeOf<ToolRuntimeAnswer['calls'][number]['arguments']>().toEqualTypeOf<JsonObject>();
  });
});
