import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chatCompletionMessages } from './chat-completion-messages.js';
import type { ChatMessage } from './example.js';

const call = (id?: string) => ({ ...(id === undefined ? {} : { id }), name: 'a', arguments: { x: 1 } });

describe('chatCompletionMessages', () => {
  it('gives every call an id and a result', () => {
    const messages: ChatMessage[] = [
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
      { role: 'assistant', content: null, toolCalls: [call(), call('b')] },
      { role: 'tool', content: 'of b', toolCallId: 'b' },
      { role: 'user', content: 'v' },
      { role: 'assistant', content: 'w' },
    ];
    const written = { type: 'function', function: { name: 'a', arguments: '{"x":1}' } };
    expect(chatCompletionMessages(messages)).toEqual([
      { role: 'system', content: 's' },
      { role: 'user', content: 'u' },
      {
        role: 'assistant',
        content: null,
        tool_calls: [
          { id: 'tooltune_1', ...written },
          { id: 'b', ...written },
        ],
      },
      { role: 'tool', tool_call_id: 'b', content: 'of b' },
      { role: 'tool', tool_call_id: 'tooltune_1', content: 'done' },
      { role: 'user', content: 'v' },
      { role: 'assistant', content: 'w' },
    ]);
  });

  it('never leaves a call without a result, nor a result without a call', () => {
    const message: fc.Arbitrary<ChatMessage> = fc.oneof(
      fc.constant<ChatMessage>({ role: 'user', content: 'u' }),
      fc.array(fc.constantFrom(call(), call('b'), call('c')), { maxLength: 3 }).map((toolCalls): ChatMessage => {
        return { role: 'assistant', content: 'w', toolCalls };
      }),
      fc.option(fc.constantFrom('b', 'c', 'd'), { nil: undefined }).map((toolCallId): ChatMessage => {
        return { role: 'tool', content: 't', ...(toolCallId === undefined ? {} : { toolCallId }) };
      }),
    );
    fc.assert(
      fc.property(fc.array(message), (messages) => {
        let open: string[] = [];
        for (const written of chatCompletionMessages(messages)) {
          if (written.role === 'tool') {
            expect(open).toContain(written.tool_call_id);
            open = open.filter((id) => id !== written.tool_call_id);
          } else {
            expect(open).toEqual([]);
            open = written.role !== 'assistant' ? [] : (written.tool_calls ?? []).map(({ id }) => id);
            expect(new Set(open).size).toBe(open.length);
          }
        }
        expect(open).toEqual([]);
      }),
    );
  });
});
