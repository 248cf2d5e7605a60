import type { JsonObject, JsonValue } from '../toolset/index.js';
import { isObject } from './dataset-format.js';
import { textTools } from './read-share-gpt.js';
import type { RowReader } from './row-reader.js';

/**
 * A row of TRL: `{messages, tools}`, `{prompt, completion, tools}` or `{prompt, chosen, rejected, tools}`, of conversations.
 * What stands in a prompt is not trained on, so assistants' turns there get weight 0.
 */
export const readTrl: RowReader = (row, report) => {
  const parts = readParts(row, report);
  if (parts === undefined) return undefined;
  const { lists, preference } = parts;
  const names = new Map<number, string>();
  let index = 0;
  const chat = lists.map(({ messages, isPrompt }) =>
    messages.map((message) => {
      const place = index++;
      if (!isObject(message)) return message;
      if (message.role === 'tool' && typeof message.name === 'string') names.set(place, message.name);
      return chatMessage(message, isPrompt);
    }),
  );
  const shaped = preference
    ? { input: { messages: chat[0]! }, preferred_output: chat[1]!, non_preferred_output: chat[2]! }
    : { messages: chat.flat() };
  return {
    row: shaped as JsonObject,
    pointerOf: preference ? preferencePointer : (pointer) => conversationPointer(pointer, lists),
    tools: textTools(row.tools),
    toolsPointer: '/tools',
    toolsAreText: typeof row.tools === 'string',
    resultNames: names,
  };
};

interface Part {
  pointer: string;
  messages: JsonValue[];
  isPrompt: boolean;
}

function readParts(
  row: Record<string, unknown>,
  report: (pointer: string, message: string) => void,
): { lists: Part[]; preference: boolean } | undefined {
  const list = (name: string): JsonValue[] | undefined => {
    if (Array.isArray(row[name])) return row[name] as JsonValue[];
    const message =
      typeof row[name] === 'string'
        ? 'is text; give a list of messages: calls are only read from conversations'
        : 'is missing; give a list of messages';
    report(`/${name}`, message);
    return undefined;
  };
  if ('chosen' in row || 'rejected' in row) {
    const chosen = list('chosen');
    const rejected = list('rejected');
    if (chosen === undefined || rejected === undefined) return undefined;
    if (row.prompt === undefined || row.prompt === null) {
      // The prompt may be what both answers begin with.
      const shared = chosen.slice(0, -1);
      if (JSON.stringify(shared) !== JSON.stringify(rejected.slice(0, -1))) {
        report('/rejected', 'begins otherwise than "chosen"; give the messages that both answer in "prompt"');
        return undefined;
      }
      return { lists: preferenceParts(shared, chosen.slice(-1), rejected.slice(-1)), preference: true };
    }
    const prompt = list('prompt');
    return prompt && { lists: preferenceParts(prompt, chosen, rejected), preference: true };
  }
  if ('prompt' in row || 'completion' in row) {
    const prompt = list('prompt');
    const completion = list('completion');
    if (prompt === undefined || completion === undefined) return undefined;
    const lists = [
      { pointer: '/prompt', messages: prompt, isPrompt: true },
      { pointer: '/completion', messages: completion, isPrompt: false },
    ];
    return { lists, preference: false };
  }
  const messages = list('messages');
  return messages && { lists: [{ pointer: '/messages', messages, isPrompt: false }], preference: false };
}

function preferenceParts(prompt: JsonValue[], chosen: JsonValue[], rejected: JsonValue[]): Part[] {
  return [
    { pointer: '/prompt', messages: prompt, isPrompt: false },
    { pointer: '/chosen', messages: chosen, isPrompt: false },
    { pointer: '/rejected', messages: rejected, isPrompt: false },
  ];
}

/** Arguments become JSON text; what a table of columns fills with null is left out. */
function chatMessage(message: Record<string, unknown>, isPrompt: boolean): JsonValue {
  const given = Object.entries(message).filter(
    ([name, value]) => name !== 'name' && (value !== null || name === 'content'),
  );
  const { tool_calls: calls, ...others } = Object.fromEntries(given) as JsonObject;
  return {
    ...others,
    ...(Array.isArray(calls) ? { tool_calls: calls.map(chatCall) } : calls === undefined ? {} : { tool_calls: calls }),
    ...(isPrompt && message.role === 'assistant' ? { weight: 0 } : {}),
  };
}

function chatCall(call: JsonValue): JsonValue {
  if (!isObject(call)) return call;
  const { id, type = 'function', function: called } = call as JsonObject;
  const written =
    isObject(called) && typeof called.arguments !== 'string'
      ? { ...called, arguments: JSON.stringify(called.arguments ?? {}) }
      : (called ?? null);
  return { ...(typeof id === 'string' ? { id } : {}), type, function: written as JsonValue };
}

function preferencePointer(pointer: string): string {
  return pointer
    .replace(/^\/input\/messages/, '/prompt')
    .replace(/^\/preferred_output/, '/chosen')
    .replace(/^\/non_preferred_output/, '/rejected');
}

function conversationPointer(pointer: string, lists: readonly Part[]): string {
  const [, number, rest = ''] = /^\/messages\/(\d+)(.*)$/.exec(pointer) ?? [];
  if (number === undefined) return pointer;
  let index = Number(number);
  for (const { pointer: place, messages } of lists) {
    if (index < messages.length) return `${place}/${index}${rest}`;
    index -= messages.length;
  }
  return pointer;
}
