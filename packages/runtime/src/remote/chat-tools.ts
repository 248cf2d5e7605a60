import { chatCompletionTool, type JsonObject, type JsonValue, type Tool } from '@tooltune/sdk';
import type { ToolChoice } from '../constraint/index.js';

/** Tools as the protocol has them; `strict` for those whose schema OpenAI takes so. */
export function chatTools(tools: readonly Tool[]): JsonObject[] {
  return tools.map((tool) => {
    const { type, function: described } = chatCompletionTool(tool);
    return { type, function: { ...described, ...(isStrict(described.parameters) ? { strict: true } : {}) } };
  });
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
