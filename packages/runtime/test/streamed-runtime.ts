import { parseToolset } from '@tooltune/sdk';
import type { ToolStreamEvent } from '../src/stream/index.js';
import { type StreamOptions, ToolCalls, type ToolRuntime, toolNames } from '../src/tool-runtime/index.js';
import homeTools from './fixtures/home-tools.json' with { type: 'json' };

/** A runtime whose model is these events: what is built on a stream needs no more. */
export function runtimeOf(
  stream: (request: StreamOptions) => AsyncGenerator<ToolStreamEvent, void, void>,
): ToolRuntime {
  const toolset = parseToolset(homeTools);
  return {
    toolset,
    promptFormat: { tools: 'none', callFormat: 'json-in-tags', system: null },
    adapter: undefined,
    ...new ToolCalls(stream, () => toolNames(toolset), { hasAdapter: false }).methods(),
    dispose: async () => {},
  };
}

export const finish = (reason: 'stop' | 'length' | 'tool-calls' | 'aborted', repairs?: number): ToolStreamEvent => ({
  type: 'finish',
  reason,
  usage: {
    ...{ promptTokens: 40, cachedPromptTokens: 30, completionTokens: 12, forcedTokens: 5 },
    ...(repairs === undefined ? {} : { repairs }),
  },
  timings: { queueMs: 0, promptMs: 3, firstTokenMs: 4, totalMs: 20 },
});

export const lightOff: ToolStreamEvent[] = [
  { type: 'tool-call-start', id: 'call_1', index: 0, name: 'set_light' },
  { type: 'arguments-delta', index: 0, text: '{"room":"kitchen","state":"off"}' },
  {
    ...{ type: 'tool-call', id: 'call_1', index: 0, name: 'set_light' },
    arguments: { room: 'kitchen', state: 'off' },
  },
];

/** Streams of calls that come to nothing. */
export const refusedCalls: [name: string, events: ToolStreamEvent[]][] = [
  [
    'cut off',
    [
      { type: 'tool-call-start', id: 'call_1', index: 0, name: 'set_light' },
      { type: 'arguments-delta', index: 0, text: '{"room":"kit' },
      {
        ...{ type: 'tool-call-error', id: 'call_1', index: 0, name: 'set_light', code: 'incomplete' },
        ...{ message: 'the answer ended within it', text: '<tool_call>{"name":"set_light","arguments":{"room":"kit' },
      },
    ],
  ],
  [
    'arguments that are not valid',
    [
      { type: 'tool-call-start', id: 'call_1', index: 0, name: 'set_light' },
      { type: 'arguments-delta', index: 0, text: '{"room":"moon"}' },
      {
        ...{ type: 'tool-call-error', id: 'call_1', index: 0, name: 'set_light', code: 'invalid-arguments' },
        ...{ message: '/arguments/room: is not one of these', text: '<tool_call>…</tool_call>' },
      },
    ],
  ],
  [
    'no call at all',
    [
      {
        ...{ type: 'tool-call-error', id: 'call_1', index: 0, name: null, code: 'malformed' },
        ...{ message: 'no JSON', text: '<tool_call>light' },
      },
    ],
  ],
];
