import type { ChatMessage, JsonObject, JsonValue, Tool } from '@tooltune/sdk';
import type { ToolChoice } from '../constraint/index.js';

/** What a call without a result in the conversation got for one: the protocol wants one for each call. */
const missingResult = 'done';

/** A conversation as the chat-completions protocol has it: every call has an id, and a result after it. */
export function chatMessages(messages: readonly ChatMessage[]): JsonObject[] {
  const written: JsonObject[] = [];
  /** Ids of calls that have no result yet, in order. */
  const open: string[] = [];
  const answer = (id: string, content: string) => {
    written.push({ role: 'tool', tool_call_id: id, content });
    open.splice(open.indexOf(id), 1);
  };
  const answerAll = () => {
    for (const id of [...open]) answer(id, missingResult);
  };
  for (const [place, message] of messages.entries()) {
    if (message.role === 'tool') {
      const id = message.toolCallId ?? open[0];
      if (id !== undefined && open.includes(id)) answer(id, message.content);
      else {
        // A result that no call asked for has no place in the protocol but as words.
        answerAll();
        written.push({ role: 'user', content: message.content });
      }
      continue;
    }
    answerAll();
    if (message.role !== 'assistant') {
      written.push({ role: message.role, content: message.content });
      continue;
    }
    const calls = (message.toolCalls ?? []).map(({ id, name, arguments: values }, index) => {
      const own = id === undefined || open.includes(id) ? `call_${place}_${index}` : id;
      open.push(own);
      return { id: own, type: 'function', function: { name, arguments: JSON.stringify(values) } };
    });
    written.push({ role: 'assistant', content: message.content, ...(calls.length === 0 ? {} : { tool_calls: calls }) });
  }
  answerAll();
  return written;
}

/** Tools as the protocol has them; `strict` for those whose schema OpenAI takes so. */
export function chatTools(tools: readonly Tool[]): JsonObject[] {
  return tools.map(({ name, description, parameters }) => ({
    type: 'function',
    function: {
      name,
      ...(description === undefined ? {} : { description }),
      parameters: parameters as JsonObject,
      ...(isStrict(parameters as JsonValue) ? { strict: true } : {}),
    },
  }));
}

/** The protocol's word for a tool choice. */
export function chatToolChoice(toolChoice: ToolChoice): JsonValue {
  return typeof toolChoice === 'string' ? toolChoice : { type: 'function', function: { name: toolChoice.name } };
}

/** Strict mode wants every object closed and every property of it required, and knows no keywords beside these. */
const strictKeywords = new Set(
  `type properties required additionalProperties items enum const anyOf $ref $defs description title pattern format
  minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems`.split(/\s+/),
);

function isStrict(schema: JsonValue | undefined): boolean {
  if (!isObject(schema) || Object.keys(schema).some((keyword) => !strictKeywords.has(keyword))) return false;
  const { type, properties, required, additionalProperties, items, anyOf, $defs } = schema;
  if (type === 'object' || properties !== undefined) {
    if (additionalProperties !== false || !isObject(properties)) return false;
    if (!Object.keys(properties).every((name) => Array.isArray(required) && required.includes(name))) return false;
  }
  const inner = [properties, $defs].flatMap((members) => (isObject(members) ? Object.values(members) : []));
  const parts = [...inner, ...(items === undefined ? [] : [items]), ...(Array.isArray(anyOf) ? anyOf : [])];
  return parts.every(isStrict);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
