import { chatCompletionTool } from '../dataset/chat-completion-tool.js';
import type { RowWriter } from './export-dataset.js';
import { inCallOrder, type LinkedMessage, Unrepresentable } from './link-results.js';

/** A row of TRL: `{messages, tools}`, or of preferences `{prompt, chosen, rejected, tools}`. */
export const writeTrl: RowWriter = ({ messages, rejected, tools }) => {
  const ordered = inCallOrder(messages);
  const offered = tools.length === 0 ? {} : { tools: tools.map(chatCompletionTool) };
  const untrained = ordered.findIndex((message) => message.role === 'assistant' && message.weight === 0);
  if (untrained >= 0) {
    const message = 'has weight 0, which TRL has no place for; trl-prompt-completion has';
    throw new Unrepresentable(`/messages/${untrained}`, message);
  }
  if (rejected !== undefined) {
    const prompt = ordered.slice(0, -1).map(trlMessage);
    return [{ prompt, chosen: ordered.slice(-1).map(trlMessage), rejected: [trlMessage(rejected)], ...offered }];
  }
  return [{ messages: ordered.map(trlMessage), ...offered }];
};

/** A row for each turn that is learnt, `{prompt, completion, tools}`: what stands in a prompt is not trained on. */
export const writeTrlPromptCompletion: RowWriter = (row) => {
  if (row.rejected !== undefined) {
    throw new Unrepresentable('', 'is a preference: write it as trl, which has "chosen" and "rejected"');
  }
  const ordered = inCallOrder(row.messages);
  const offered = row.tools.length === 0 ? {} : { tools: row.tools.map(chatCompletionTool) };
  const written = ordered.flatMap((message, index) => {
    if (message.role !== 'assistant' || message.weight === 0) return [];
    return [{ prompt: ordered.slice(0, index).map(trlMessage), completion: [trlMessage(message)], ...offered }];
  });
  if (written.length > 0) return written;
  throw new Unrepresentable('', "is not learnt from: every assistant's turn has weight 0");
};

function trlMessage(message: LinkedMessage): object {
  if (message.role === 'tool') return { role: 'tool', name: message.call.name, content: message.content };
  if (message.role !== 'assistant') return message;
  const { content, toolCalls } = message;
  return {
    role: 'assistant',
    ...(content === null ? {} : { content }),
    ...(toolCalls.length === 0
      ? {}
      : {
          tool_calls: toolCalls.map(({ name, arguments: given }) => ({
            type: 'function',
            function: { name, arguments: given },
          })),
        }),
  };
}
