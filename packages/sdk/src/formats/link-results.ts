import type { ChatMessage } from '../dataset/index.js';
import type { ToolCall } from '../toolset/index.js';

/** A message whose calls all have an id, and whose result says which call it answers. */
export type LinkedMessage =
  | { role: 'system' | 'user'; content: string }
  | { role: 'assistant'; content: string | null; toolCalls: (ToolCall & { id: string })[]; weight?: 0 | 1 }
  | { role: 'tool'; content: string; call: ToolCall & { id: string } };

/** A row that a format has no place for. */
export class Unrepresentable extends Error {
  constructor(
    readonly pointer: string,
    message: string,
  ) {
    super(message);
  }
}

/**
 * Links results with calls: by id, else in the order of the calls. Calls without an id get one that the row does not use.
 * @throws Unrepresentable for a result that answers no call
 */
export function linkResults(messages: readonly ChatMessage[]): LinkedMessage[] {
  const taken = new Set(
    messages.flatMap((message) => callsOf(message).flatMap(({ id }) => (id === undefined ? [] : [id]))),
  );
  let count = 0;
  const nextId = () => {
    do count++;
    while (taken.has(`call_${count}`));
    return `call_${count}`;
  };
  let waiting: (ToolCall & { id: string })[] = [];
  return messages.map((message, index): LinkedMessage => {
    if (message.role === 'assistant') {
      const { toolCalls = [], ...others } = message;
      const linked = toolCalls.map((call) => ({ ...call, id: call.id ?? nextId() }));
      if (linked.length > 0) waiting = [...linked];
      return { ...others, toolCalls: linked };
    }
    if (message.role !== 'tool') return message;
    const { toolCallId } = message;
    const place = toolCallId === undefined ? 0 : waiting.findIndex(({ id }) => id === toolCallId);
    const [call] = place < 0 ? [] : waiting.splice(place, 1);
    if (call === undefined) {
      throw new Unrepresentable(`/messages/${index}`, 'is a result for which no call of the turn before waits');
    }
    return { role: 'tool', content: message.content, call };
  });
}

/** For formats without ids: results in the order of their calls; refuses rows in which that order does not tell the call. */
export function inCallOrder(messages: readonly LinkedMessage[]): LinkedMessage[] {
  const ordered = [...messages];
  for (let index = 0; index < ordered.length; index++) {
    const message = ordered[index]!;
    if (message.role !== 'assistant' || message.toolCalls.length === 0) continue;
    let end = index + 1;
    while (ordered[end]?.role === 'tool') end++;
    const results = ordered.slice(index + 1, end) as Extract<LinkedMessage, { role: 'tool' }>[];
    results.sort((a, b) => message.toolCalls.indexOf(a.call) - message.toolCalls.indexOf(b.call));
    const place = results.findIndex((result, position) => result.call !== message.toolCalls[position]);
    if (place >= 0) {
      const reason = 'a result that follows a call without one: this format tells results by their order';
      throw new Unrepresentable(`/messages/${index + 1 + place}`, reason);
    }
    ordered.splice(index + 1, results.length, ...results);
  }
  return ordered;
}

/** Gives ids where results say by name which of the calls before they answer, and it is not the next. */
export function linkByName(messages: readonly ChatMessage[], names: ReadonlyMap<number, string>): ChatMessage[] {
  let waiting: { call: ToolCall; message: number; place: number }[] = [];
  const linked = messages.map((message) => ({ ...message }));
  let count = 0;
  for (const [index, message] of linked.entries()) {
    const calls = callsOf(message);
    if (calls.length > 0) waiting = calls.map((call, place) => ({ call, message: index, place }));
    if (message.role !== 'tool') continue;
    const name = names.get(index);
    const place = Math.max(
      0,
      waiting.findIndex(({ call }) =>
        message.toolCallId === undefined ? call.name === name : call.id === message.toolCallId,
      ),
    );
    const [found] = waiting.splice(place, 1);
    if (found === undefined || place === 0 || message.toolCallId !== undefined) continue;
    const turn = linked[found.message]!;
    if (turn.role !== 'assistant') continue;
    const id = found.call.id ?? `call_named_${++count}`;
    turn.toolCalls = turn.toolCalls!.map((call, position) => (position === found.place ? { ...call, id } : call));
    message.toolCallId = id;
  }
  return linked;
}

function callsOf(message: ChatMessage): readonly ToolCall[] {
  return message.role === 'assistant' ? (message.toolCalls ?? []) : [];
}
