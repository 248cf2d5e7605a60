import { AIMessage, type BaseMessage, ToolMessage } from '@langchain/core/messages';
import type { AssistantMessage, ChatMessage, JsonObject } from '@tooltune/sdk';
import { RuntimeError } from '../../runtime-error.js';

/** Messages of LangChain as a conversation. @throws RuntimeError for content that is no text, and for unknown roles */
export function toMessages(messages: readonly BaseMessage[]): ChatMessage[] {
  return messages.flatMap((message): ChatMessage[] => {
    const content = textOf(message);
    if (AIMessage.isInstance(message)) return assistantMessages(message, content);
    if (ToolMessage.isInstance(message)) return [{ role: 'tool', toolCallId: message.tool_call_id, content }];
    const type = message.getType();
    if (type === 'human') return [{ role: 'user', content }];
    if (type === 'system') return [{ role: 'system', content }];
    throw new RuntimeError('runtime/bad-options', `messages of type ${type} are not supported`);
  });
}

function assistantMessages({ tool_calls: calls = [] }: AIMessage, content: string): ChatMessage[] {
  if (content === '' && calls.length === 0) return [];
  const said: AssistantMessage = { role: 'assistant', content: content === '' ? null : content };
  if (calls.length === 0) return [said];
  const toolCalls = calls.map(({ id, name, args }) => ({
    ...(id === undefined ? {} : { id }),
    name,
    arguments: args as JsonObject,
  }));
  return [{ ...said, toolCalls }];
}

function textOf({ content }: BaseMessage): string {
  if (typeof content === 'string') return content;
  return content
    .map((block) => {
      if (block.type === 'text') return String(block.text);
      // Calls are read from tool_calls; models here write no reasoning.
      if (block.type === 'tool_call' || block.type === 'reasoning') return '';
      throw new RuntimeError('runtime/bad-options', `content of type ${block.type} is not supported, only text`);
    })
    .join('');
}
