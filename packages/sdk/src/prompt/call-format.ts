import { type ParsedJson, parseJson } from '../json/index.js';
import type { JsonObject, ToolCall } from '../toolset/index.js';
import type { PromptFormat } from './prompt-renderer.js';

/** What stands around a call in the `json-in-tags` format, and between two calls. */
export const toolCallOpeningTag = '<tool_call>';
export const toolCallClosingTag = '</tool_call>';
export const toolCallSeparator = '\n';

/** An answer taken apart. */
export interface ParsedAnswer {
  calls: ToolCall[];
  /** Words outside of calls, without white space around them. */
  content: string;
  /** True when something that began as a call is none. */
  malformed: boolean;
}

/** Calls as the model writes them: compact JSON, name before arguments, arguments in the order given. */
export function formatToolCalls(
  calls: readonly Pick<ToolCall, 'name' | 'arguments'>[],
  _callFormat: PromptFormat['callFormat'],
): string {
  return calls
    .map((call) => {
      const json = JSON.stringify({ name: call.name, arguments: call.arguments });
      return `${toolCallOpeningTag}${json}${toolCallClosingTag}`;
    })
    .join(toolCallSeparator);
}

/**
 * Takes the calls out of an answer: the inverse of formatToolCalls, tolerant of white space between the parts. What is
 * no call (an object with just a name and an arguments object) is left out up to its closing tag. Tools and arguments
 * are not checked. Time linear in the text.
 */
export function parseToolCalls(text: string, _callFormat: PromptFormat['callFormat']): ParsedAnswer {
  const calls: ToolCall[] = [];
  let content = '';
  let malformed = false;
  let position = 0;
  for (;;) {
    const opening = text.indexOf(toolCallOpeningTag, position);
    content += text.slice(position, opening < 0 ? undefined : opening).trimEnd();
    if (opening < 0) return { calls, content: content.trimStart(), malformed };
    const start = opening + toolCallOpeningTag.length;
    const end = endOfObject(text, start);
    const closing = text.indexOf(toolCallClosingTag, end);
    const call =
      closing < 0 || text.slice(end, closing).trim() !== '' ? undefined : readCall(parseJson(text.slice(start, end)));
    if (call === undefined) malformed = true;
    else calls.push(call);
    if (closing < 0) return { calls, content: content.trimStart(), malformed };
    position = closing + toolCallClosingTag.length;
  }
}

/** Where the JSON object that starts here ends, a closing tag inside of a string passed over; `start` if none does. */
function endOfObject(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  for (let index = start; index < text.length; index++) {
    const character = text[index];
    if (inString) {
      if (character === '\\') index++;
      else if (character === '"') inString = false;
      else if (character === '\n') return start;
    } else if (character === '"') inString = true;
    else if (character === '{' || character === '[') depth++;
    else if (character === '}' || character === ']') {
      depth--;
      if (depth <= 0) return index + 1;
    } else if (character === '<' || character === '\\') return start;
  }
  return start;
}

function readCall({ value }: ParsedJson): ToolCall | undefined {
  if (!isObject(value)) return undefined;
  const { name, arguments: given, ...others } = value;
  if (typeof name !== 'string' || !isObject(given) || Object.keys(others).length > 0) return undefined;
  return { name, arguments: given };
}

function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
