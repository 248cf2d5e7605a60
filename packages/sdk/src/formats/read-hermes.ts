import type { JsonObject, JsonValue } from '../toolset/index.js';
import { isObject } from './dataset-format.js';
import { contentOf } from './embedded-json.js';
import { hermesInstructions } from './hermes-instructions.js';
import { parseJsonOrPython } from './python-literal.js';
import { ChatBuilder, foreignPointer, type Report, readCall, readTurn, textTools, toolCall } from './read-share-gpt.js';
import type { RowReader } from './row-reader.js';

/**
 * A row of Nous Research's Hermes function calling: tools in `<tools>` of the system turn (or in `tools` beside it), calls
 * in `<tool_call>` of gpt turns, results in `<tool_response>`. Of the system message the words before the instructions
 * stay; JSON may be written as Python prints it.
 */
export const readHermes: RowReader = (row, report) => {
  if (!Array.isArray(row.conversations)) {
    report('/conversations', 'must be an array of turns');
    return undefined;
  }
  const builder = new ChatBuilder();
  let fine = true;
  const refuse: Report = (pointer, message) => {
    fine = false;
    report(pointer, message);
  };
  let tools = textTools(row.tools);
  let toolsPointer = '/tools';
  for (const [index, item] of row.conversations.entries()) {
    const turn = readTurn(item, `/conversations/${index}`, refuse);
    if (turn === undefined) continue;
    const { role, text, pointer } = turn;
    switch (role) {
      case 'system': {
        const read = readSystem(text, pointer, refuse);
        if (read.tools !== undefined) [tools, toolsPointer] = [read.tools, pointer];
        if (read.content !== '') builder.add({ role: 'system', content: read.content }, pointer);
        break;
      }
      case 'assistant':
        builder.add(readAnswer(text, pointer, refuse), pointer);
        break;
      case 'tool':
        for (const { content, name } of readResponses(text)) {
          builder.add({ role: 'tool', content }, pointer, name);
        }
        break;
      case 'call':
        refuse(pointer, 'Hermes writes calls in <tool_call> of a gpt turn; read this file as sharegpt');
        break;
      default:
        builder.add({ role, content: text }, pointer);
    }
  }
  if (!fine) return undefined;
  return {
    row: { messages: builder.messages },
    pointerOf: (pointer) => foreignPointer(pointer, builder.places),
    tools,
    toolsPointer,
    toolsAreText: toolsPointer !== '/tools' || typeof row.tools === 'string',
    resultNames: builder.names,
  };
};

function readSystem(text: string, pointer: string, report: Report): { content: string; tools?: JsonValue } {
  // The instructions speak of "<tools></tools> XML tags" before the tags that hold something.
  const block = [...text.matchAll(/<tools>([\s\S]*?)<\/tools>/g)].find((match) => match[1]!.trim() !== '');
  if (block === undefined) return { content: text };
  const start = hermesInstructions.exec(text)?.index ?? -1;
  const content =
    start >= 0 && start < block.index
      ? text.slice(0, start)
      : text.slice(0, block.index) + text.slice(block.index + block[0].length);
  const tools = readTools(block[1]!.trim());
  if (tools === undefined) report(pointer, 'in <tools>: neither a JSON list of tools nor a tool a line');
  return { content: content.trim(), ...(tools === undefined ? {} : { tools }) };
}

/** A list, or a tool a line. */
function readTools(text: string): JsonValue[] | undefined {
  const { value } = parseJsonOrPython(text);
  if (value !== undefined) return Array.isArray(value) ? value : [value];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const tools = lines.map((line) => parseJsonOrPython(line).value);
  return tools.every(isObject) ? (tools as JsonValue[]) : undefined;
}

const opening = '<tool_call>';
const closing = '</tool_call>';

function readAnswer(text: string, pointer: string, report: Report): JsonObject {
  const first = text.indexOf(opening);
  if (first < 0) return { role: 'assistant', content: text };
  const calls: JsonObject[] = [];
  let position = first;
  while (position >= 0) {
    const { end, value } = closedJson(text, position + opening.length);
    const call = readCall(value);
    if (call === undefined) {
      report(pointer, `call ${calls.length + 1}: no <tool_call> around the JSON text of {"name", "arguments"}`);
      break;
    }
    calls.push(toolCall(call));
    position = text.indexOf(opening, end);
    const between = text.slice(end, position < 0 ? undefined : position).trim();
    if (between !== '') {
      report(pointer, `words after a call ("${between.slice(0, 40)}"): an answer is words, then calls`);
      break;
    }
  }
  return { role: 'assistant', content: text.slice(0, first).trim() || null, tool_calls: calls };
}

/** The JSON up to the closing tag; the tag may stand inside of a string of it too. */
function closedJson(text: string, start: number): { end: number; value?: JsonValue } {
  for (let tag = text.indexOf(closing, start); tag >= 0; tag = text.indexOf(closing, tag + 1)) {
    const { value } = parseJsonOrPython(text.slice(start, tag).trim());
    if (value !== undefined) return { end: tag + closing.length, value };
  }
  return { end: text.length };
}

/** `<tool_response>` may hold `{"name", "content"}`, or just what the tool gave. */
function readResponses(text: string): { content: string; name?: string }[] {
  const blocks = [...text.matchAll(/<tool_response>([\s\S]*?)<\/tool_response>/g)].map((match) => match[1]!);
  return (blocks.length === 0 ? [text] : blocks.map((block) => block.trim())).map((block) => {
    const { value } = parseJsonOrPython(block);
    if (!isObject(value) || typeof value.name !== 'string' || value.content === undefined) return { content: block };
    if (Object.keys(value).some((key) => !['name', 'content', 'tool_call_id'].includes(key))) return { content: block };
    return { content: contentOf(value.content as JsonValue), name: value.name };
  });
}
