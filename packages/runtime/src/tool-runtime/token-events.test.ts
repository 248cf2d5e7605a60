import { createCallValidator, createRandom } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createScriptedEngine } from '../../test/scripted-engine.js';
import {
  weatherTokenizer as tokenizer,
  weatherToolset as toolset,
  weatherVocabulary as vocabulary,
} from '../../test/weather-toolset.js';
import { type TokenEvent, ToolOutputParser, type ToolStreamEvent } from '../stream/index.js';
import { ToolAnswerer } from './index.js';
import type { StreamOptions } from './tool-runtime.js';

async function answer(seed: number, request: Partial<StreamOptions>): Promise<ToolStreamEvent[]> {
  const engine = createScriptedEngine((tokens) => {
    const random = createRandom(`${seed}:${tokens.join()}`);
    return Array.from({ length: vocabulary.size }, () => random.next() * 9);
  });
  const renderer = { renderPrompt: () => [5, 6, 7] } as never;
  const answerer = new ToolAnswerer({
    toolset,
    tokenizer: tokenizer as never,
    vocabulary,
    renderer,
    grounding: {},
    maxTokens: 160,
  });
  const messages = [{ role: 'user' as const, content: 'x' }];
  const events: ToolStreamEvent[] = [];
  for await (const event of answerer.stream(engine, { messages, ...request })) events.push(event);
  return events;
}

const tokensOf = (events: readonly ToolStreamEvent[]): TokenEvent[] =>
  events.flatMap((event) => (event.type === 'token' ? [event] : []));

/** Events without what differs from one answer to the next. */
const told = (events: readonly ToolStreamEvent[]) =>
  events.flatMap((event) => (event.type === 'token' || event.type === 'finish' ? [] : [{ ...event, id: undefined }]));

describe('tokens of an answer', () => {
  it('are told before what they complete, and change nothing else', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(), fc.integer({ min: 0, max: 4 }), async (seed, top) => {
        const plain = await answer(seed, {});
        const events = await answer(seed, { tokens: { top } });
        expect(told(events)).toEqual(told(plain));
        const tokens = tokensOf(events);
        const { usage } = events.at(-1) as Extract<ToolStreamEvent, { type: 'finish' }>;
        expect(tokens.filter(({ forced }) => forced)).toHaveLength(usage.forcedTokens);
        for (const token of tokens) {
          expect(token.logProbability).toBeLessThanOrEqual(0);
          if (token.forced) expect(token).toMatchObject({ logProbability: 0, top: [] });
          else expect(token.top.length).toBeLessThanOrEqual(top);
          // The answer is greedy, so what was chosen is the likeliest.
          if (token.top.length > 0) expect(token.top[0]).toMatchObject({ token: token.token });
          expect(token.top.reduce((sum, { logProbability }) => sum + Math.exp(logProbability), 0)).toBeLessThan(
            1.000001,
          );
        }
        const text = (list: readonly ToolStreamEvent[]) =>
          Buffer.concat(list.flatMap((event) => (event.type === 'token' ? [event.bytes] : []))).toString();
        for (const [index, event] of events.entries()) {
          if (event.type === 'arguments-delta') expect(text(events.slice(0, index))).toContain(event.text);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('are those of the answer that stayed where a call was decoded anew', async () => {
    let repaired = 0;
    await fc.assert(
      fc.asyncProperty(fc.nat(), async (seed) => {
        const validateCall = ({ arguments: { city } }: { arguments: Record<string, unknown> }) =>
          city === 'Porto' ? [] : [{ pointer: '/city', message: 'is too far' }];
        const required = { toolChoice: 'required' as const };
        const events = await answer(seed, { ...required, tokens: { top: 1 }, validateCall });
        if (events.some(({ type }) => type === 'tool-call-error')) return;
        const { usage, reason } = events.at(-1) as Extract<ToolStreamEvent, { type: 'finish' }>;
        if (usage.repairs !== undefined) repaired++;
        const parser = new ToolOutputParser({
          toolNames: new Set(['get_weather']),
          checkCall: createCallValidator(toolset),
          createId: String,
        });
        const read = tokensOf(events).flatMap(({ bytes }) => parser.push(bytes));
        if (reason !== 'aborted') read.push(...parser.end('stop'));
        const calls = (list: readonly ToolStreamEvent[]) =>
          list.flatMap((event) => (event.type === 'tool-call' ? [event.arguments] : []));
        expect(calls(read)).toEqual(calls(events));
      }),
      { numRuns: 60, seed: 3 },
    );
    expect(repaired).toBeGreaterThan(0);
  });
});
