import type { ChatMessage, JsonObject } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import type { ToolStreamEvent } from '../stream/index.js';
import { runTools } from './run-tools.js';
import type { RunFinishEvent, RunOptions, ToolRunEvent } from './tool-run.js';
import type { StreamOptions } from './tool-runtime.js';

type Said = { text?: string; calls?: [name: string, args: JsonObject][]; reason?: 'length' };

/** Answers one after the other, whatever is asked; an abort ends an answer as a runtime ends it. */
function scripted(answers: readonly Said[]) {
  const asked: (readonly ChatMessage[])[] = [];
  async function* stream({ messages, signal }: StreamOptions): AsyncGenerator<ToolStreamEvent, void, void> {
    const { text, calls = [], reason } = answers[asked.length] ?? {};
    asked.push(messages);
    if (text !== undefined) yield { type: 'text-delta', text };
    for (const [index, [name, args]] of calls.entries()) {
      if (signal?.aborted) break;
      const id = `${asked.length}-${index}`;
      yield { type: 'tool-call-start', id, index, name };
      yield { type: 'tool-call', id, index, name, arguments: args };
    }
    const ended = reason ?? (calls.length > 0 ? 'tool-calls' : 'stop');
    yield {
      type: 'finish',
      reason: signal?.aborted ? 'aborted' : ended,
      usage: { promptTokens: 10, cachedPromptTokens: 5, completionTokens: 2, forcedTokens: 1 },
      timings: { queueMs: 0, promptMs: 0, firstTokenMs: 0, totalMs: 1 },
    };
  }
  return { stream, asked };
}

const question: ChatMessage = { role: 'user', content: 'How warm is it, and is it late?' };
const names = ['weather', 'clock'];

async function run(answers: readonly Said[], options: Partial<RunOptions>) {
  const { stream, asked } = scripted(answers);
  const handlers = { weather: () => ({ degrees: 21 }), clock: () => 'ten' };
  const events: ToolRunEvent[] = [];
  for await (const event of runTools(stream, names, { messages: [question], handlers, ...options })) events.push(event);
  return { events, asked, finish: events.at(-1) as RunFinishEvent };
}

describe('runTools', () => {
  it('tells the model what the handlers gave and lets it go on', async () => {
    const answers: Said[] = [
      {
        calls: [
          ['weather', { city: 'Oslo' }],
          ['clock', {}],
        ],
      },
      { text: '21 degrees, at ten.' },
    ];
    const { events, asked, finish } = await run(answers, {});
    const results: ChatMessage[] = [
      {
        role: 'assistant',
        content: null,
        toolCalls: [
          { id: '1-0', name: 'weather', arguments: { city: 'Oslo' } },
          { id: '1-1', name: 'clock', arguments: {} },
        ],
      },
      { role: 'tool', toolCallId: '1-0', content: '{"degrees":21}' },
      { role: 'tool', toolCallId: '1-1', content: 'ten' },
    ];
    expect(asked).toEqual([[question], [question, ...results]]);
    expect(finish).toEqual({
      type: 'finish',
      reason: 'stop',
      steps: 2,
      usage: { promptTokens: 20, cachedPromptTokens: 10, completionTokens: 4, forcedTokens: 2 },
      messages: [...results, { role: 'assistant', content: '21 degrees, at ten.' }],
    });
    expect(events.map(({ type }) => type)).toEqual([
      'step-start',
      ...['tool-call-start', 'tool-call', 'tool-call-start', 'tool-call'],
      ...['step-finish', 'tool-result', 'tool-result', 'step-start', 'text-delta', 'step-finish', 'finish'],
    ]);
  });

  it('runs the handlers of one answer at the same time', async () => {
    const waiting: (() => void)[] = [];
    const meet = () =>
      new Promise<void>((resolve) => {
        waiting.push(resolve);
        if (waiting.length === 2) for (const go of waiting) go();
      });
    const calls: Said['calls'] = [
      ['weather', {}],
      ['clock', {}],
    ];
    const { finish } = await run([{ calls }], { handlers: { weather: meet, clock: meet } });
    expect(finish.reason).toBe('stop');
  });

  it('stops after so many steps', async () => {
    const calling: Said = { calls: [['clock', {}]] };
    const { asked, finish } = await run([calling, calling, calling], { maxSteps: 2 });
    expect([asked.length, finish.reason, finish.steps, finish.messages.length]).toEqual([2, 'max-steps', 2, 4]);
    await expect(run([], { maxSteps: 0 })).rejects.toMatchObject({ code: 'runtime/bad-options' });
  });

  it('tells the model of a failing handler, or fails with it', async () => {
    const broken = { weather: () => Promise.reject(new Error('no network')), clock: () => 'ten' };
    const answers: Said[] = [{ calls: [['weather', {}]] }, { text: 'Sorry.' }];
    const { asked, events } = await run(answers, { handlers: broken });
    expect(asked[1]?.at(-1)).toEqual({ role: 'tool', toolCallId: '1-0', content: 'Error: no network' });
    expect(events.find(({ type }) => type === 'tool-result')).toMatchObject({ isError: true });
    await expect(run(answers, { handlers: broken, onHandlerError: 'throw' })).rejects.toThrow('no network');
  });

  it('refuses tools without a handler', async () => {
    await expect(run([], { handlers: { clock: () => 'ten' } })).rejects.toThrow(/weather/);
  });

  it('ends at an abort while the model answers, and while a handler works', async () => {
    const answers: Said[] = [{ calls: [['clock', {}]] }, { text: 'never said' }];
    const early = await run(answers, { signal: AbortSignal.abort() });
    expect([early.finish.reason, early.finish.messages]).toEqual(['aborted', []]);
    const controller = new AbortController();
    let seen: AbortSignal | undefined;
    const { asked, finish } = await run(answers, {
      signal: controller.signal,
      handlers: {
        weather: () => '',
        clock: (_args, { signal }) => {
          seen = signal;
          setTimeout(() => controller.abort(), 1);
          return new Promise(() => {});
        },
      },
    });
    expect([asked.length, finish.reason, finish.messages]).toEqual([1, 'aborted', []]);
    expect(seen?.aborted).toBe(true);
  });

  it('aborts the handlers when it is left early', async () => {
    const { stream } = scripted([{ calls: [['clock', {}]] }]);
    let seen: AbortSignal | undefined;
    const clock = (_args: JsonObject, { signal }: { signal: AbortSignal }) => {
      seen = signal;
      return new Promise(() => {});
    };
    for await (const event of runTools(stream, ['clock'], { messages: [question], handlers: { clock } })) {
      if (event.type === 'step-finish') break;
    }
    expect(seen?.aborted).toBe(true);
  });
});
