import { type ChatMessage, createCallValidator, parseToolset } from '@tooltune/sdk';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { StreamOptions, ToolRuntime, ToolStreamEvent } from '../../src/index.js';

/** The tools of the suite. */
export const suiteTools = parseToolset([
  {
    name: 'set_light',
    description: 'Switches a light on or off.',
    parameters: {
      type: 'object',
      properties: { room: { enum: ['kitchen', 'bedroom'] }, state: { enum: ['on', 'off'] } },
      required: ['room', 'state'],
      additionalProperties: false,
    },
  },
  {
    name: 'play_media',
    description: 'Plays a song.',
    parameters: {
      type: 'object',
      properties: {
        title: { type: 'string', minLength: 1, maxLength: 40 },
        volume: { type: 'integer', minimum: 0, maximum: 100 },
      },
      required: ['title'],
      additionalProperties: false,
    },
  },
]);
const checkCall = createCallValidator(suiteTools);

export const ask = (content: string): ChatMessage[] => [{ role: 'user', content }];

export async function collect(stream: AsyncIterable<ToolStreamEvent>): Promise<ToolStreamEvent[]> {
  const events: ToolStreamEvent[] = [];
  for await (const event of stream) events.push(event);
  return events;
}

/** Events without ids, counts and times. */
export function content(events: readonly ToolStreamEvent[]) {
  return events.map((event) => {
    if (event.type === 'finish') return { type: 'finish', reason: event.reason };
    return 'id' in event ? { ...event, id: '' } : event;
  });
}

/** What every stream of events must be, whatever answered. */
export function checkEvents(events: readonly ToolStreamEvent[]): void {
  const deltas = new Map<number, string>();
  const started = new Map<number, { id: string; name: string }>();
  const ended = new Set<number>();
  let calls = 0;
  expect(events.filter(({ type }) => type === 'finish')).toHaveLength(1);
  const last = events.at(-1)!;
  if (last.type !== 'finish') throw new Error('the last event is not finish');
  for (const event of events) {
    switch (event.type) {
      case 'tool-call-start':
        expect(started.has(event.index)).toBe(false);
        started.set(event.index, event);
        break;
      case 'arguments-delta':
        expect(started.has(event.index) && !ended.has(event.index)).toBe(true);
        deltas.set(event.index, (deltas.get(event.index) ?? '') + event.text);
        break;
      case 'argument':
        expect(started.get(event.index)?.id).toBe(event.id);
        break;
      case 'tool-call': {
        calls++;
        const { index, id, name, arguments: values } = event;
        expect(started.get(index)).toMatchObject({ id, name });
        expect(JSON.parse(deltas.get(index)!)).toEqual(values);
        expect(checkCall({ name, arguments: values })).toEqual([]);
        ended.add(index);
        break;
      }
      case 'tool-call-error':
        ended.add(event.index);
        break;
    }
  }
  expect([...started.keys()].filter((index) => !ended.has(index))).toEqual([]);
  expect(last.reason === 'tool-calls' ? calls > 0 : last.reason !== 'stop' || calls === 0).toBe(true);
}

/**
 * What every engine must do, in this process or far away: answer `required` with a valid call, `none` with words, stop when it
 * is told to, and answer the next request as ever.
 */
export function describeConformance(name: string, open: () => Promise<ToolRuntime>): void {
  describe(name, () => {
    let runtime: ToolRuntime;
    beforeAll(async () => {
      runtime = await open();
    });
    afterAll(() => runtime?.dispose());

    const stream = (options: Partial<StreamOptions> = {}) =>
      runtime.stream({ messages: ask('turn on the kitchen light'), toolChoice: 'required', ...options });

    it('streams a valid call where one is required', async () => {
      const events = await collect(stream());
      checkEvents(events);
      expect(events.filter(({ type }) => type === 'tool-call').length).toBeGreaterThan(0);
      expect(events.filter(({ type }) => type === 'tool-call-error' || type === 'text-delta')).toEqual([]);
      expect(events.at(-1)).toMatchObject({ reason: 'tool-calls' });
      const { usage, timings } = events.at(-1) as Extract<ToolStreamEvent, { type: 'finish' }>;
      expect(usage.promptTokens).toBeGreaterThan(5);
      expect(usage.completionTokens).toBeGreaterThan(5);
      expect(timings.firstTokenMs).toBeLessThanOrEqual(timings.totalMs);
    });

    it('tells each argument once it is whole', async () => {
      const events = await collect(stream());
      for (const call of events) {
        if (call.type !== 'tool-call') continue;
        const told = events.flatMap((event) =>
          event.type === 'argument' && event.index === call.index && !event.pointer.slice(1).includes('/')
            ? [[event.pointer.slice(1), event.value]]
            : [],
        );
        expect(Object.fromEntries(told)).toEqual(call.arguments);
      }
    });

    it('says words where no call may be made', async () => {
      const events = await collect(stream({ messages: ask('thank you'), toolChoice: 'none', maxTokens: 20 }));
      checkEvents(events);
      expect(new Set(events.map(({ type }) => type))).toEqual(new Set(['text-delta', 'finish']));
    });

    it('calls the tool that is named', async () => {
      const events = await collect(stream({ toolChoice: { name: 'set_light' } }));
      checkEvents(events);
      const names = events.flatMap((event) => (event.type === 'tool-call' ? [event.name] : []));
      expect(new Set(names)).toEqual(new Set(['set_light']));
    });

    it('gives the whole answer', async () => {
      const answer = await runtime.asToolCaller({ toolChoice: 'required' }).call(ask('turn on the kitchen light'));
      expect(answer.malformed).toBe(false);
      expect(answer.calls.length).toBeGreaterThan(0);
      for (const call of answer.calls) expect(checkCall(call)).toEqual([]);
      expect(answer.completionTokens).toBeGreaterThan(5);
    });

    it('stops when it is aborted, and answers the next request as ever', async () => {
      const before = content(await collect(stream()));
      const controller = new AbortController();
      const events: ToolStreamEvent[] = [];
      for await (const event of stream({ signal: controller.signal })) {
        events.push(event);
        if (event.type === 'arguments-delta') controller.abort();
      }
      checkEvents(events);
      expect(events.at(-1)).toMatchObject({ reason: 'aborted' });
      expect(events.filter(({ type }) => type === 'tool-call')).toEqual([]);
      await expect(runtime.call(ask('x'), { signal: AbortSignal.abort() })).rejects.toMatchObject({
        name: 'AbortError',
      });
      expect(content(await collect(stream()))).toEqual(before);
    });

    it('may be left in the middle', async () => {
      for await (const event of stream()) if (event.type === 'arguments-delta') break;
      checkEvents(await collect(stream()));
    });

    it('answers requests that come at once', async () => {
      const alone = content(await collect(stream()));
      const together = await Promise.all([collect(stream()), collect(stream()), collect(stream())]);
      expect(together.map(content)).toEqual([alone, alone, alone]);
    });

    it('refuses a tool choice without a constraint', async () => {
      await expect(collect(stream({ constrained: false }))).rejects.toMatchObject({ code: 'runtime/bad-options' });
    });
  });
}
