import type { Attributes } from '@opentelemetry/api';
import type { ChatMessage } from '@tooltune/sdk';
import type { ToolStreamEvent } from '../stream/index.js';

type Part =
  | { type: 'text'; content: string }
  | { type: 'tool_call'; id?: string | undefined; name: string; arguments: unknown }
  | { type: 'tool_call_response'; id?: string | undefined; result: string };

/** What was asked, in the shape of the conventions, as JSON text: attributes cannot be nested yet. */
export function inputAttributes(messages: readonly ChatMessage[]): Attributes {
  const described = messages.map((message) => ({ role: message.role, parts: partsOf(message) }));
  return { 'gen_ai.input.messages': JSON.stringify(described) };
}

/** What was answered. */
export class OutputMessage {
  #text = '';
  readonly #calls: Part[] = [];

  add(event: ToolStreamEvent): void {
    if (event.type === 'text-delta') this.#text += event.text;
    if (event.type !== 'tool-call') return;
    this.#calls.push({ type: 'tool_call', id: event.id, name: event.name, arguments: event.arguments });
  }

  attributes(reason: string): Attributes {
    const parts: Part[] = [
      ...(this.#text === '' ? [] : [{ type: 'text' as const, content: this.#text }]),
      ...this.#calls,
    ];
    return { 'gen_ai.output.messages': JSON.stringify([{ role: 'assistant', parts, finish_reason: reason }]) };
  }
}

function partsOf(message: ChatMessage): Part[] {
  if (message.role === 'tool') return [{ type: 'tool_call_response', id: message.toolCallId, result: message.content }];
  const text: Part[] = message.content === null ? [] : [{ type: 'text', content: message.content }];
  if (message.role !== 'assistant') return text;
  const calls = (message.toolCalls ?? []).map(({ id, name, arguments: args }): Part => {
    return { type: 'tool_call', id, name, arguments: args };
  });
  return [...text, ...calls];
}
