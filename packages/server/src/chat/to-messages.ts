import type { ChatMessage, JsonObject, ToolCall } from '@tooltune/sdk';
import { badRequest } from '../api-error.js';
import { parseJson } from '../read-body.js';
import type { ChatBodyMessage, ChatContent } from './chat-body.js';

/** Messages of the protocol as a conversation. @throws ApiError for what is no text, and arguments that are no JSON object */
export function toMessages(messages: readonly ChatBodyMessage[]): ChatMessage[] {
  return messages.map((message, index) => toMessage(message, `messages[${index}]`));
}

function toMessage(message: ChatBodyMessage, place: string): ChatMessage {
  if (message.role === 'assistant') {
    const text = textOf(message.content ?? message.refusal ?? '', place);
    const toolCalls = (message.tool_calls ?? []).map((call, at) => toCall(call, `${place}.tool_calls[${at}]`));
    const content = text === '' && toolCalls.length > 0 ? null : text;
    return { role: 'assistant', content, ...(toolCalls.length === 0 ? {} : { toolCalls }) };
  }
  const content = textOf(message.content, place);
  if (message.role === 'tool') {
    const { tool_call_id: toolCallId } = message;
    return { role: 'tool', content, ...(toolCallId === undefined ? {} : { toolCallId }) };
  }
  return { role: message.role === 'user' ? 'user' : 'system', content };
}

function textOf(content: ChatContent, place: string): string {
  if (typeof content === 'string') return content;
  return content
    .map(({ type, text, refusal }, index) => {
      const said = type === 'text' ? text : type === 'refusal' ? refusal : undefined;
      if (said !== undefined) return said;
      const param = `${place}.content[${index}]`;
      throw badRequest(`${param}: the models here read text alone, no ${type}`, { param });
    })
    .join('');
}

function toCall(
  {
    id,
    function: { name, arguments: text },
  }: { id?: string | undefined; function: { name: string; arguments: string } },
  place: string,
): ToolCall {
  return { ...(id === undefined ? {} : { id }), name, arguments: argumentsOf(text, `${place}.function.arguments`) };
}

function argumentsOf(text: string, param: string): JsonObject {
  let value: unknown;
  try {
    value = text.trim() === '' ? {} : parseJson(text);
  } catch (cause) {
    const { message } = cause as Error;
    throw badRequest(`${param}: ${cause instanceof SyntaxError ? `no JSON (${message})` : message}`, { param });
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as JsonObject;
  throw badRequest(`${param}: must be the JSON text of an object`, { param });
}
