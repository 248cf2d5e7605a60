import { parseJson } from '../json/index.js';
import type { JsonObject, JsonValue } from '../toolset/index.js';
import { isObject } from './dataset-format.js';
import { contentOf, embedded } from './embedded-json.js';
import { parseJsonOrPython } from './python-literal.js';
import type { ChatShaped, RowReader } from './row-reader.js';

/** Who speaks, by what published data sets call them. */
const shareGptRoles: Record<string, 'system' | 'user' | 'assistant' | 'call' | 'tool'> = {
  ...{ system: 'system', human: 'user', user: 'user' },
  ...{ gpt: 'assistant', assistant: 'assistant', chatgpt: 'assistant', model: 'assistant' },
  ...{ function_call: 'call', tool_call: 'call' },
  ...{ observation: 'tool', tool: 'tool', tool_response: 'tool', function_response: 'tool' },
};

export type Report = (pointer: string, message: string) => void;

/** A turn of `conversations`. */
export interface ShareGptTurn {
  role: (typeof shareGptRoles)[string];
  text: string;
  pointer: string;
}

/** `{from, value}`, or `{role, content}`. */
export function readTurn(turn: unknown, pointer: string, report: Report): ShareGptTurn | undefined {
  if (!isObject(turn)) {
    report(pointer, 'a turn must be an object with "from" and "value"');
    return undefined;
  }
  const [fromKey, valueKey] = 'from' in turn || !('role' in turn) ? ['from', 'value'] : ['role', 'content'];
  const from = turn[fromKey!];
  const role = typeof from === 'string' && Object.hasOwn(shareGptRoles, from) ? shareGptRoles[from] : undefined;
  if (role === undefined) {
    report(`${pointer}/${fromKey}`, `must be one of ${Object.keys(shareGptRoles).join(', ')}`);
    return undefined;
  }
  const text = turn[valueKey!];
  if (typeof text !== 'string') {
    report(`${pointer}/${valueKey}`, 'must be a string');
    return undefined;
  }
  return { role, text, pointer: `${pointer}/${valueKey}` };
}

/** Messages in the making, each with its place in the row that is read. */
export class ChatBuilder {
  readonly messages: JsonObject[] = [];
  readonly places: string[] = [];
  readonly names = new Map<number, string>();

  add(message: JsonObject, pointer: string, resultName?: string): void {
    if (resultName !== undefined) this.names.set(this.messages.length, resultName);
    this.messages.push(message);
    this.places.push(pointer);
  }
}

export function toolCall({ name, arguments: given }: { name: string; arguments: JsonValue }): JsonObject {
  return { type: 'function', function: { name, arguments: JSON.stringify(given) } };
}

/**
 * A row of ShareGPT as LLaMA-Factory reads it: `conversations` of `human`, `gpt`, `function_call` and `observation`, with
 * `system` and `tools` beside them; of preferences, `chosen` and `rejected` answer the conversation.
 */
export const readShareGpt: RowReader = (row, report) => {
  if (!Array.isArray(row.conversations)) {
    report('/conversations', 'must be an array of turns');
    return undefined;
  }
  const builder = new ChatBuilder();
  if (typeof row.system === 'string' && row.system !== '')
    builder.add({ role: 'system', content: row.system }, '/system');
  let fine = true;
  let open = 0;
  const refuse: Report = (pointer, message) => {
    fine = false;
    report(pointer, message);
  };
  for (const [index, item] of row.conversations.entries()) {
    const turn = readTurn(item, `/conversations/${index}`, refuse);
    if (turn !== undefined) open = addTurn(builder, turn, open, refuse);
  }
  const answers = ['chosen', 'rejected'].map((name) => {
    if (row[name] === undefined || row[name] === null) return undefined;
    const turn = readTurn(row[name], `/${name}`, refuse);
    const answer = new ChatBuilder();
    if (turn !== undefined) addTurn(answer, turn, 0, refuse);
    if (turn !== undefined && answer.messages[0]?.role !== 'assistant') {
      refuse(`/${name}`, 'must be a turn of gpt or function_call');
    }
    return answer.messages[0];
  });
  if ((answers[0] === undefined) !== (answers[1] === undefined) && fine) {
    refuse(answers[0] === undefined ? '/chosen' : '/rejected', 'is missing; give both answers, or neither');
  }
  if (!fine) return undefined;
  const messages: JsonValue[] = builder.messages;
  const [chosen, rejected] = answers;
  return {
    row:
      chosen === undefined
        ? { messages }
        : { input: { messages }, preferred_output: [chosen], non_preferred_output: [rejected!] },
    pointerOf: (pointer) => foreignPointer(pointer, builder.places),
    tools: textTools(row.tools),
    toolsPointer: '/tools',
    toolsAreText: typeof row.tools === 'string',
  };
};

/** Adds the messages of a turn. `open` is how many calls wait for results; gives how many do afterwards. */
function addTurn(builder: ChatBuilder, { role, text, pointer }: ShareGptTurn, open: number, report: Report): number {
  switch (role) {
    case 'call': {
      const calls = readCalls(text, pointer, report);
      builder.add({ role: 'assistant', content: null, tool_calls: calls.map(toolCall) }, pointer);
      return calls.length;
    }
    case 'tool': {
      const results = open > 1 ? readResults(text, open) : [text];
      if (results === undefined) {
        report(pointer, `answers ${open} calls: give a JSON list of ${open} results, or a turn for each`);
        return 0;
      }
      for (const content of results) builder.add({ role: 'tool', content }, pointer);
      return open - results.length;
    }
    default:
      builder.add({ role, content: text }, pointer);
      return 0;
  }
}

function readCalls(text: string, pointer: string, report: Report): { name: string; arguments: JsonValue }[] {
  const { value, problem } = parseJsonOrPython(text);
  if (problem !== undefined) {
    report(pointer, `${problem.message} at column ${problem.column} of the string`);
    return [];
  }
  return (Array.isArray(value) ? value : [value]).flatMap((call) => {
    const read = readCall(call);
    if (read === undefined) report(pointer, 'must be the JSON text of {"name", "arguments"}, or of a list of these');
    return read ?? [];
  });
}

/** A call as `{name, arguments}`; arguments may be JSON text, as some data sets write them. */
export function readCall(call: unknown): { name: string; arguments: JsonValue } | undefined {
  if (!isObject(call) || typeof call.name !== 'string') return undefined;
  const given = call.arguments ?? call.parameters ?? {};
  const read = typeof given === 'string' ? parseJsonOrPython(given).value : (given as JsonValue);
  return isObject(read) ? { name: call.name, arguments: read as JsonObject } : undefined;
}

/** The results of several calls in one turn. */
function readResults(text: string, calls: number): string[] | undefined {
  const { value } = parseJson(text);
  if (Array.isArray(value) && value.length === calls) return value.map(contentOf);
  return undefined;
}

/** Several results as the text of one turn. */
export function joinResults(contents: readonly string[]): string {
  return JSON.stringify(contents.map(embedded));
}

/** Tools as a list, or as its JSON text. */
export function textTools(tools: unknown): ChatShaped['tools'] {
  if (tools === undefined || tools === null || tools === '') return undefined;
  if (typeof tools !== 'string') return tools as JsonValue;
  const { value, problem } = parseJsonOrPython(tools);
  // parseToolset says that text is no list of tools.
  return problem === undefined ? value : tools;
}

/** A turn holds a message as text, into which no pointer leads. */
export function foreignPointer(pointer: string, places: readonly string[]): string {
  const [, index] = /^\/(?:input\/)?messages\/(\d+)/.exec(pointer) ?? [];
  if (index !== undefined) return places[Number(index)] ?? pointer;
  return pointer.replace(/^\/preferred_output.*/, '/chosen').replace(/^\/non_preferred_output.*/, '/rejected');
}
