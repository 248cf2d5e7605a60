import type { Tool } from '../toolset/index.js';
import type { ChatMessage, Example } from './example.js';

/**
 * Writes examples as JSONL that parseDataset reads: conversations in the chat-completions shape of hosted fine-tuning
 * services, those with a worse answer in their shape of preferences, the rest as `{text, intent}`, `{text, intents}` or `{text, score}`.
 */
export function formatDataset(examples: readonly Example[]): string {
  return examples.map((example) => `${JSON.stringify(formatExample(example))}\n`).join('');
}

function formatExample(example: Example): object {
  const tags = example.tags === undefined ? {} : { tags: example.tags };
  if (example.kind === 'labels') return { text: example.text, intents: example.intents, ...tags };
  if (example.kind === 'score') return { text: example.text, score: example.score, ...tags };
  if (example.kind === 'intent') return { text: example.text, intent: example.intent, ...tags };
  const notes = { ...(example.expect === undefined ? {} : { expect: example.expect }), ...tags };
  let count = 0;
  const format = (message: ChatMessage) => formatMessage(message, () => `call_${++count}`);
  if (example.rejected === undefined) {
    const own = example.tools === undefined ? {} : { tools: example.tools.map(wrapTool), own_tools: true };
    return { messages: example.messages.map(format), ...own, ...notes };
  }
  return {
    input: { messages: example.messages.slice(0, -1).map(format) },
    preferred_output: example.messages.slice(-1).map(format),
    non_preferred_output: [format(example.rejected)],
    ...notes,
  };
}

const wrapTool = ({ name, description, parameters }: Tool): object => ({
  type: 'function',
  function: { name, ...(description === undefined ? {} : { description }), parameters },
});

function formatMessage(message: ChatMessage, nextId: () => string): object {
  switch (message.role) {
    case 'assistant': {
      const { content, toolCalls, weight } = message;
      const calls = toolCalls?.map((call) => ({
        id: call.id ?? nextId(),
        type: 'function',
        function: { name: call.name, arguments: JSON.stringify(call.arguments) },
      }));
      return {
        role: 'assistant',
        content,
        ...(calls === undefined ? {} : { tool_calls: calls }),
        ...(weight === undefined ? {} : { weight }),
      };
    }
    case 'tool':
      return {
        role: 'tool',
        content: message.content,
        ...(message.toolCallId === undefined ? {} : { tool_call_id: message.toolCallId }),
      };
    default:
      return { role: message.role, content: message.content };
  }
}
