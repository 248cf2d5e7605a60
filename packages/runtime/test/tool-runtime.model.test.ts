import { type ChatMessage, createCallValidator, parseToolset } from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createToolRuntime, type StreamOptions, type ToolRuntime, type ToolStreamEvent } from '../src/index.js';

const toolset = parseToolset([
  {
    name: 'play_music',
    description: 'Play a song or an artist.',
    parameters: {
      type: 'object',
      properties: { title: { type: 'string', maxLength: 40 }, volume: { type: 'integer', minimum: 0, maximum: 100 } },
      required: ['title'],
      additionalProperties: false,
    },
  },
  {
    name: 'set_light',
    description: 'Switch a light on or off.',
    parameters: {
      type: 'object',
      properties: {
        room: { enum: ['kitchen', 'bedroom', 'bathroom'] },
        on: { type: 'boolean' },
        brightness: { type: ['number', 'null'] },
      },
      required: ['room', 'on'],
      additionalProperties: false,
    },
  },
]);
const isWrong = createCallValidator(toolset);
const ask = (content: string): ChatMessage[] => [{ role: 'user', content }];
const requests = ['Switch on the light in the kitchen.', 'Play "Für Elise" 🎹 quietly.', 'Good morning! How are you?'];

let runtime: ToolRuntime;
beforeAll(async () => {
  runtime = await createToolRuntime({ base: 'smollm2-135m', tools: toolset, contextSize: 1024, maxTokens: 90 });
});
afterAll(() => runtime.dispose());

async function collect(options: StreamOptions, on = runtime): Promise<ToolStreamEvent[]> {
  const events: ToolStreamEvent[] = [];
  for await (const event of on.stream(options)) events.push(event);
  return events;
}

/** What was said, without ids and times. */
function content(events: readonly ToolStreamEvent[]) {
  return events.map((event) => {
    if (event.type === 'finish') return { reason: event.reason, completionTokens: event.usage.completionTokens };
    return 'id' in event ? { ...event, id: '' } : event;
  });
}

const finish = (events: readonly ToolStreamEvent[]) => {
  const last = events.at(-1);
  if (last?.type !== 'finish') throw new Error('the stream has no finish');
  return last;
};

describe('a runtime on the base model', () => {
  it.each(requests)('streams valid calls when a call is required: %s', async (request) => {
    const events = await collect({ messages: ask(request), toolChoice: 'required' });
    const calls = events.filter((event) => event.type === 'tool-call');
    expect(calls.length).toBeGreaterThan(0);
    expect(events.filter((event) => event.type === 'tool-call-error' || event.type === 'text-delta')).toEqual([]);
    for (const call of calls) {
      expect(isWrong(call)).toEqual([]);
      const deltas = events.flatMap((event) =>
        event.type === 'arguments-delta' && event.index === call.index ? [event.text] : [],
      );
      expect(deltas.join('')).toBe(JSON.stringify(call.arguments));
    }
    expect(finish(events).reason).toBe('tool-calls');
    expect(finish(events).usage.forcedTokens).toBeGreaterThan(0);
  });

  it('is deterministic, whatever was asked before', async () => {
    const messages = ask(requests[0]!);
    const first = await collect({ messages, toolChoice: 'required' });
    await collect({ messages: ask(requests[1]!), toolChoice: 'required' });
    const again = await collect({ messages, toolChoice: 'required' });
    expect(content(again)).toEqual(content(first));
    expect(finish(again).usage.cachedPromptTokens).toBeGreaterThan(100);
    const fresh = await createToolRuntime({ base: 'smollm2-135m', tools: toolset, contextSize: 1024, maxTokens: 90 });
    expect(content(await collect({ messages, toolChoice: 'required' }, fresh))).toEqual(content(first));
    await fresh.dispose();
  });

  it('calls the tool that is named, and one only when several are not wanted', async () => {
    const single = await createToolRuntime({
      base: 'smollm2-135m',
      tools: toolset,
      contextSize: 1024,
      parallelCalls: false,
      toolChoice: { name: 'set_light' },
    });
    const answer = await single.call(ask(requests[1]!));
    expect(answer.calls.map(({ name }) => name)).toEqual(['set_light']);
    expect(answer.malformed).toBe(false);
    await single.dispose();
  });

  it('finishes every call within the smallest budget that allows one', async () => {
    const messages = ask(requests[1]!);
    await expect(collect({ messages, toolChoice: 'required', maxTokens: 3 })).rejects.toMatchObject({
      code: 'constraint/budget',
    });
    for (const maxTokens of [24, 30, 41]) {
      const events = await collect({ messages, toolChoice: 'required', maxTokens });
      expect(events.filter((event) => event.type === 'tool-call-error')).toEqual([]);
      expect(events.filter((event) => event.type === 'tool-call').length).toBeGreaterThan(0);
      expect(finish(events).usage.completionTokens).toBeLessThanOrEqual(maxTokens);
    }
  });

  it('says words where no call may be made', async () => {
    const answer = await runtime.asToolCaller({ toolChoice: 'none' }).call(ask(requests[2]!));
    expect(answer.calls).toEqual([]);
    expect(answer.content.length).toBeGreaterThan(5);
    expect(answer.completionTokens).toBeGreaterThan(1);
  });

  it('stops between tokens when aborted, and then answers as ever', async () => {
    const messages = ask(requests[1]!);
    const whole = await collect({ messages, toolChoice: 'required' });
    const controller = new AbortController();
    const events: ToolStreamEvent[] = [];
    for await (const event of runtime.stream({ messages, toolChoice: 'required', signal: controller.signal })) {
      events.push(event);
      if (event.type === 'arguments-delta') controller.abort();
    }
    expect(finish(events).reason).toBe('aborted');
    expect(events.filter((event) => event.type === 'tool-call')).toEqual([]);
    expect(finish(events).usage.completionTokens).toBeLessThan(finish(whole).usage.completionTokens);
    expect(content(await collect({ messages, toolChoice: 'required' }))).toEqual(content(whole));
    await expect(runtime.call(messages, { signal: AbortSignal.abort() })).rejects.toMatchObject({ name: 'AbortError' });
  });

  it('answers requests that come at once one after the other', async () => {
    const alone = [];
    for (const request of requests)
      alone.push(content(await collect({ messages: ask(request), toolChoice: 'required' })));
    const together = await Promise.all(
      requests.map((request) => collect({ messages: ask(request), toolChoice: 'required' })),
    );
    expect(together.map(content)).toEqual(alone);
  });

  it('reports what the model writes without a constraint as malformed when it is no call', async () => {
    const example = (room: string): ChatMessage[] => [
      { role: 'user', content: `Light on in the ${room}.` },
      { role: 'assistant', content: null, toolCalls: [{ name: 'set_light', arguments: { room, on: true } }] },
    ];
    const messages = [...example('kitchen'), ...example('bedroom'), ...ask('Light on in the bathroom.')];
    const free = runtime.asToolCaller({ constrained: false, maxTokens: 60 });
    const whole = await free.call(messages);
    expect([whole.calls.length > 0, whole.malformed]).toEqual([true, false]);
    const cut = await runtime.asToolCaller({ constrained: false, maxTokens: 12 }).call(messages);
    expect([cut.calls, cut.malformed, cut.completionTokens]).toEqual([[], true, 12]);
    const garden = [...example('garden'), ...example('garage'), ...ask('Light on in the attic.')];
    const wrong = await free.call(garden);
    expect([wrong.calls, wrong.malformed]).toEqual([[], true]);
  });

  it('copies grounded arguments from the request', async () => {
    const grounded = await createToolRuntime({
      base: 'smollm2-135m',
      tools: toolset,
      contextSize: 1024,
      toolChoice: { name: 'play_music' },
      parallelCalls: false,
      grounding: { play_music: { title: 'span' } },
    });
    const request = 'Please put on Escapada by Duo Lumbre';
    const answer = await grounded.call(ask(request));
    expect(answer.calls).toHaveLength(1);
    expect(request).toContain(answer.calls[0]?.arguments.title);
    await grounded.dispose();
  });

  it('refuses a request that cannot be as it is asked for', async () => {
    await expect(createToolRuntime({ base: 'smollm2-135m' })).rejects.toMatchObject({ code: 'runtime/bad-options' });
    await expect(createToolRuntime({ tools: toolset })).rejects.toMatchObject({ code: 'runtime/bad-options' });
    const messages = ask('Hello');
    await expect(collect({ messages, constrained: false, toolChoice: 'required' })).rejects.toMatchObject({
      code: 'runtime/bad-options',
    });
    const n = { type: 'integer', minimum: 2, maximum: 1 };
    const impossible = parseToolset([
      { name: 'x', parameters: { type: 'object', properties: { n }, required: ['n'] } },
    ]);
    await expect(createToolRuntime({ base: 'smollm2-135m', tools: impossible })).rejects.toMatchObject({
      code: 'constraint/unsatisfiable',
    });
  });
});
