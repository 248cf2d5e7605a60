import type { LanguageModelV3StreamPart } from '@ai-sdk/provider';
import { describe, expect, it } from 'vitest';
import { finish, lightOff, refusedCalls } from '../../../test/streamed-runtime.js';
import type { ToolStreamEvent } from '../../stream/index.js';
import { toMessages } from './to-messages.js';
import { toStreamParts } from './to-stream-parts.js';

async function partsOf(events: readonly ToolStreamEvent[], signal?: AbortSignal): Promise<LanguageModelV3StreamPart[]> {
  async function* stream() {
    yield* events;
  }
  const parts: LanguageModelV3StreamPart[] = [];
  for await (const part of toStreamParts(stream(), signal)) parts.push(part);
  return parts;
}

const typesOf = (parts: readonly LanguageModelV3StreamPart[]) => parts.map(({ type }) => type);

describe('toStreamParts', () => {
  it('ends each text before a call begins, and tells what was used', async () => {
    const parts = await partsOf([
      { type: 'text-delta', text: 'Good ' },
      { type: 'text-delta', text: 'night.' },
      ...lightOff,
      { type: 'text-delta', text: 'Done.' },
      finish('tool-calls'),
    ]);
    expect(typesOf(parts)).toEqual([
      ...['text-start', 'text-delta', 'text-delta', 'text-end'],
      ...['tool-input-start', 'tool-input-delta', 'tool-input-end', 'tool-call'],
      ...['text-start', 'text-delta', 'text-end', 'finish'],
    ]);
    expect(parts.find(({ type }) => type === 'tool-call')).toEqual({
      ...{ type: 'tool-call', toolCallId: 'call_1', toolName: 'set_light' },
      input: '{"room":"kitchen","state":"off"}',
    });
    expect(parts.at(-1)).toMatchObject({
      finishReason: { unified: 'tool-calls' },
      usage: { inputTokens: { total: 40, noCache: 10, cacheRead: 30 }, outputTokens: { total: 12 } },
      providerMetadata: { tooltune: { firstTokenMs: 4, forcedTokens: 5 } },
    });
  });

  it('gives a refused call to the SDK, which tells its caller, and never a call that is cut off', async () => {
    const [cutOff, invalid, malformed] = await Promise.all(
      refusedCalls.map(([, events]) => partsOf([...events, finish('stop')])),
    );
    expect(typesOf(cutOff!)).toEqual(['tool-input-start', 'tool-input-delta', 'tool-input-end', 'finish']);
    expect(invalid!.at(-2)).toMatchObject({ type: 'tool-call', input: '{"room":"moon"}' });
    expect(typesOf(malformed!)).toEqual(['error', 'finish']);
    expect(malformed!.at(-1)).toMatchObject({ finishReason: { unified: 'error' } });
  });

  it("throws the signal's reason where the answer was aborted", async () => {
    await expect(partsOf([finish('aborted')], AbortSignal.abort(new Error('enough')))).rejects.toThrow('enough');
  });
});

describe('toMessages', () => {
  it('keeps calls and results of every kind in their order', () => {
    const call = { type: 'tool-call' as const, toolCallId: 'a', toolName: 'set_light', input: { room: 'kitchen' } };
    const result = { type: 'tool-result' as const, toolCallId: 'a', toolName: 'set_light' };
    const outputs = [
      { type: 'text' as const, value: 'done' },
      { type: 'json' as const, value: { ok: true } },
      { type: 'error-text' as const, value: 'no' },
      { type: 'execution-denied' as const },
      { type: 'content' as const, value: [{ type: 'text' as const, text: 'both' }] },
    ];
    const messages = toMessages([
      { role: 'system', content: 'Be brief.' },
      {
        role: 'user',
        content: [
          { type: 'text', text: 'Light ' },
          { type: 'text', text: 'on' },
        ],
      },
      { role: 'assistant', content: [{ type: 'reasoning', text: 'hm' }, call] },
      { role: 'tool', content: outputs.map((output) => ({ ...result, output })) },
      { role: 'assistant', content: [{ type: 'reasoning', text: 'nothing said' }] },
    ]);
    expect(messages.slice(0, 3)).toEqual([
      { role: 'system', content: 'Be brief.' },
      { role: 'user', content: 'Light on' },
      {
        ...{ role: 'assistant', content: null },
        toolCalls: [{ id: 'a', name: 'set_light', arguments: { room: 'kitchen' } }],
      },
    ]);
    expect(messages.slice(3).map(({ role, content }) => [role, content])).toEqual(
      ['done', '{"ok":true}', 'Error: no', 'Error: the user refused this', 'both'].map((content) => ['tool', content]),
    );
  });
});
