import type { ChatMessage, Example } from '../dataset/index.js';
import { escapePointer } from '../schemas/index.js';
import type { JsonValue } from '../toolset/index.js';

/** Every string of an example that somebody said or that stands in a call, with its JSON pointer in the chat-completions shape. */
export function* placedTexts(example: Example): Generator<{ text: string; pointer: string }> {
  if (example.kind !== 'conversation') {
    yield { text: example.text, pointer: '/text' };
    return;
  }
  for (const [index, message] of example.messages.entries()) yield* ofMessage(message, `/messages/${index}`);
  if (example.rejected !== undefined) yield* ofMessage(example.rejected, '/rejected');
}

/** Its strings alone. */
export function* textsOf(example: Example): Generator<string> {
  for (const { text } of placedTexts(example)) yield text;
}

function* ofMessage(message: ChatMessage, pointer: string): Generator<{ text: string; pointer: string }> {
  if (message.content !== null) yield { text: message.content, pointer: `${pointer}/content` };
  if (message.role !== 'assistant') return;
  for (const [index, call] of (message.toolCalls ?? []).entries()) {
    yield* ofValue(call.arguments, `${pointer}/tool_calls/${index}/arguments`);
  }
}

function* ofValue(value: JsonValue, pointer: string): Generator<{ text: string; pointer: string }> {
  // A number may be that of a card.
  if (typeof value === 'string' || (typeof value === 'number' && Number.isInteger(value))) {
    yield { text: String(value), pointer };
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inside] of Object.entries(value)) yield* ofValue(inside, `${pointer}/${escapePointer(name)}`);
  }
}
