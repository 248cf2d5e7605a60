import { type JsonObject, type JsonValue, parseToolset, type Toolset } from '@tooltune/sdk';
import type { BfclRow } from './read-categories.js';

const types: Record<string, string> = { dict: 'object', float: 'number', tuple: 'array' };

/** A row's functions as tools. @throws ToolsetError where they cannot be tools */
export function rowToolset({ id, function: functions }: BfclRow): Toolset {
  const tools = functions.map(({ name, description, parameters }) => ({
    ...{ name, description },
    parameters: jsonSchema(parameters),
  }));
  return parseToolset(tools as unknown as JsonValue, { file: id });
}

/** Python's types as JSON Schema's; an object that declares nothing may hold anything. */
function jsonSchema(schema: JsonObject): JsonObject {
  const { type, properties, items, required, ...others } = schema;
  const named = typeof type === 'string' ? (types[type] ?? type) : type;
  const declared = objectOf(properties);
  return {
    ...others,
    ...(named === undefined || named === 'any' ? {} : { type: named }),
    ...(declared === undefined
      ? named === 'object'
        ? { additionalProperties: true }
        : {}
      : {
          properties: Object.fromEntries(
            Object.entries(declared).map(([name, inside]) => [name, jsonSchema(objectOf(inside) ?? {})]),
          ),
        }),
    ...(objectOf(items) === undefined ? {} : { items: jsonSchema(objectOf(items)!) }),
    // Some rows say it of the property itself, where it means nothing.
    ...(Array.isArray(required) ? { required } : {}),
  };
}

function objectOf(value: JsonValue | undefined): JsonObject | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
}
