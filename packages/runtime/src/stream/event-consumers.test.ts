import { describe, expect, it } from 'vitest';
import { forEachEvent } from './for-each-event.js';
import { PartialCalls } from './partial-calls.js';
import { toReadableStream } from './readable-stream.js';
import type { ToolStreamEvent } from './tool-stream-event.js';

const finish: ToolStreamEvent = {
  type: 'finish',
  reason: 'tool-calls',
  usage: { promptTokens: 1, cachedPromptTokens: 0, completionTokens: 1, forcedTokens: 0 },
  timings: { queueMs: 0, promptMs: 0, firstTokenMs: 0, totalMs: 0 },
};
const answer: ToolStreamEvent[] = [
  { type: 'tool-call-start', id: 'a', index: 0, name: 'play' },
  { type: 'arguments-delta', index: 0, text: '{"title": "Für' },
  { type: 'arguments-delta', index: 0, text: ' Elise"}' },
  { type: 'argument', id: 'a', index: 0, pointer: '/title', value: 'Für Elise' },
  { type: 'tool-call', id: 'a', index: 0, name: 'play', arguments: { title: 'Für Elise' } },
  finish,
];

/** Events, how many of them were asked for, and whether they were left before their end. */
function source(events: readonly ToolStreamEvent[], failure?: Error) {
  const state = { asked: 0, left: false };
  async function* generate() {
    try {
      for (const event of events) {
        state.asked++;
        yield event;
      }
      if (failure !== undefined) throw failure;
    } finally {
      state.left = state.asked < events.length;
    }
  }
  return { events: generate(), state };
}

describe('toReadableStream', () => {
  it('gives all events and ends', async () => {
    const read: ToolStreamEvent[] = [];
    for await (const event of toReadableStream(source(answer).events)) read.push(event);
    expect(read).toEqual(answer);
  });

  it('asks for an event only when the reader wants one', async () => {
    const { events, state } = source(answer);
    const reader = toReadableStream(events).getReader();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(state.asked).toBe(0);
    await reader.read();
    await reader.read();
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(state.asked).toBe(2);
    await reader.cancel();
    expect(state.left).toBe(true);
  });

  it('fails as the events do', async () => {
    const reader = toReadableStream(source([], new Error('no room')).events).getReader();
    await expect(reader.read()).rejects.toThrow('no room');
  });
});

describe('forEachEvent', () => {
  it('calls the functions in order and waits for each', async () => {
    const seen: string[] = [];
    const { events, state } = source(answer);
    await forEachEvent(events, {
      onEvent: async (event) => {
        await new Promise((resolve) => setTimeout(resolve, 1));
        seen.push(`any ${event.type} ${state.asked}`);
      },
      'tool-call': (event) => seen.push(event.name),
    });
    expect(seen).toEqual([
      'any tool-call-start 1',
      'any arguments-delta 2',
      'any arguments-delta 3',
      'any argument 4',
      'any tool-call 5',
      'play',
      'any finish 6',
    ]);
  });

  it('ends the answer when a function fails', async () => {
    const { events, state } = source(answer);
    const fails = () => Promise.reject(new Error('not now'));
    await expect(forEachEvent(events, { 'arguments-delta': fails })).rejects.toThrow('not now');
    expect(state).toEqual({ asked: 2, left: true });
  });
});

describe('PartialCalls', () => {
  it('shows the calls as far as they have come', () => {
    const calls = new PartialCalls();
    const seen = answer.map((event) => {
      calls.add(event);
      const [call] = calls.snapshot();
      return [call?.state, call?.arguments.title];
    });
    expect(seen).toEqual([
      ['open', undefined],
      ['open', 'Für'],
      ['open', 'Für Elise'],
      ['open', 'Für Elise'],
      ['complete', 'Für Elise'],
      ['complete', 'Für Elise'],
    ]);
  });
});
