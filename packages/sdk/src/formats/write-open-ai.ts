import { chatCompletionTool } from '../dataset/chat-completion-tool.js';
import type { ExportRow, RowWriter } from './export-dataset.js';
import { type LinkedMessage, Unrepresentable } from './link-results.js';

/** A row of OpenAI's fine-tuning: `{messages, tools}`, or a preference with `input` and two outputs. */
export const writeOpenAi: RowWriter = (row) => {
  checkAnswered(row.messages);
  return [chatRow(row)];
};

/** The same for Together, which wants turns to alternate. */
export const writeTogether: RowWriter = (row) => {
  checkAnswered(row.messages);
  let previous: string | undefined;
  for (const [index, { role }] of row.messages.entries()) {
    if (role === 'system' && index > 0)
      throw new Unrepresentable(`/messages/${index}`, 'a system message is the first');
    if (role === previous && role !== 'tool') {
      throw new Unrepresentable(
        `/messages/${index}`,
        `two turns of the ${role} one after the other: Together refuses it`,
      );
    }
    previous = role;
  }
  return [chatRow(row)];
};

function chatRow({ messages, rejected, tools }: ExportRow): object {
  const offered = tools.length === 0 ? {} : { tools: tools.map(chatCompletionTool) };
  if (rejected === undefined) return { messages: messages.map(chatMessage), ...offered };
  return {
    input: { messages: messages.slice(0, -1).map(chatMessage), ...offered },
    preferred_output: messages.slice(-1).map(chatMessage),
    non_preferred_output: [chatMessage(rejected)],
  };
}

function chatMessage(message: LinkedMessage): object {
  if (message.role === 'tool') return { role: 'tool', tool_call_id: message.call.id, content: message.content };
  if (message.role !== 'assistant') return message;
  const { content, toolCalls, weight } = message;
  return {
    role: 'assistant',
    ...(content === null ? {} : { content }),
    ...(toolCalls.length === 0
      ? {}
      : {
          tool_calls: toolCalls.map(({ id, name, arguments: given }) => ({
            id,
            type: 'function',
            function: { name, arguments: JSON.stringify(given) },
          })),
        }),
    ...(weight === undefined ? {} : { weight }),
  };
}

/** Every call but those of the last turn needs its result before anybody speaks again. */
function checkAnswered(messages: readonly LinkedMessage[]): void {
  let waiting: string[] = [];
  for (const [index, message] of messages.entries()) {
    if (message.role === 'tool') waiting = waiting.filter((id) => id !== message.call.id);
    else if (waiting.length > 0) {
      throw new Unrepresentable(
        `/messages/${index}`,
        'comes before the result of an earlier call: hosted services want a result for every call',
      );
    }
    if (message.role === 'assistant') waiting = message.toolCalls.map(({ id }) => id);
  }
}
