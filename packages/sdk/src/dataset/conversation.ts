import { canonicalJson } from '../json/index.js';
import type { JsonValue } from '../toolset/index.js';
import {
  type AssistantMessage,
  type ChatMessage,
  type ConversationExample,
  type Example,
  textAnswer,
} from './example.js';

/** What the model is given, and the assistant's turn that should answer it: the last message. */
export function promptAndTarget(example: ConversationExample): { prompt: ChatMessage[]; target: AssistantMessage } {
  const target = example.messages.at(-1);
  if (target?.role !== 'assistant') throw new RangeError('a conversation example ends with an assistant message');
  return { prompt: example.messages.slice(0, -1), target };
}

/** What the user says, a text for each of their messages. */
export function userTexts(messages: readonly ChatMessage[]): string[] {
  return messages.flatMap((message) => (message.role === 'user' ? [message.content] : []));
}

/** False for a row that only evaluation can use: no turn of the assistant says or calls anything that is to be learnt. */
export function isLearnable(example: Example): boolean {
  if (example.kind !== 'conversation') return true;
  return example.messages.some(
    (message) =>
      message.role === 'assistant' &&
      message.weight !== 0 &&
      (message.content !== null || (message.toolCalls ?? []).length > 0),
  );
}

/** Equal for examples that ask the same, case and white space aside. */
export function promptKey(example: Example): string {
  if (example.kind !== 'conversation') return canonicalJson(['intent', normalise(example.text)]);
  const { prompt } = promptAndTarget(example);
  return canonicalJson(
    prompt.map((message): JsonValue => {
      const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
      return [
        message.role,
        normalise(message.content ?? ''),
        calls.map((call): JsonValue => [call.name, call.arguments]),
      ];
    }),
  );
}

/** Equal for examples whose answer is the same. */
export function targetKey(example: Example): string {
  if (example.kind !== 'conversation') return canonicalJson([example.kind, textAnswer(example)]);
  const { content, toolCalls } = promptAndTarget(example).target;
  return canonicalJson([content, (toolCalls ?? []).map((call): JsonValue => [call.name, call.arguments])]);
}

function normalise(text: string): string {
  // A lone half of a surrogate pair cannot be hashed as UTF-8.
  return text
    .replace(/\p{Surrogate}/gu, '\uFFFD')
    .normalize('NFC')
    .toLowerCase()
    .replace(/\s+/gu, ' ')
    .trim();
}
