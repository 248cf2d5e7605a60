import type { ChatMessage } from './example.js';

/** A message as the chat-completions protocol has it. */
export type ChatCompletionMessage =
  | { role: 'system' | 'user'; content: string }
  | { role: 'tool'; tool_call_id: string; content: string }
  | { role: 'assistant'; content: string | null; tool_calls?: ChatCompletionCall[] };

interface ChatCompletionCall {
  id: string;
  type: 'function';
  /** The arguments are JSON text. */
  function: { name: string; arguments: string };
}

/** What a call of the data got for a result, where the data has none: services want one for each call. */
const missingResult = 'done';

/** A conversation as the chat-completions protocol has it: every call has an id, and a result after it. */
export function chatCompletionMessages(messages: readonly ChatMessage[]): ChatCompletionMessage[] {
  const written: ChatCompletionMessage[] = [];
  /** Ids of calls that have no result yet, in order. */
  let open: string[] = [];
  let count = 0;
  const answer = (id: string, content: string) => {
    written.push({ role: 'tool', tool_call_id: id, content });
    open = open.filter((other) => other !== id);
  };
  const close = () => {
    for (const id of open) answer(id, missingResult);
  };
  for (const message of messages) {
    if (message.role === 'tool') {
      const id = message.toolCallId ?? open[0];
      // A result that no call asked for has no place in the protocol but as words.
      if (id !== undefined && open.includes(id)) answer(id, message.content);
      else {
        close();
        written.push({ role: 'user', content: message.content });
      }
      continue;
    }
    close();
    if (message.role !== 'assistant') {
      written.push({ role: message.role, content: message.content });
      continue;
    }
    open = [];
    const calls = (message.toolCalls ?? []).map((call) => {
      const id = call.id === undefined || open.includes(call.id) ? `tooltune_${++count}` : call.id;
      open.push(id);
      return { ...call, id };
    });
    written.push({
      role: 'assistant',
      content: message.content,
      ...(calls.length === 0
        ? {}
        : {
            tool_calls: calls.map(({ id, name, arguments: values }) => ({
              ...{ id, type: 'function' as const },
              function: { name, arguments: JSON.stringify(values) },
            })),
          }),
    });
  }
  close();
  return written;
}
