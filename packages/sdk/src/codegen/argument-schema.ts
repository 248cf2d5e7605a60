import { escapePointer } from '../schemas/index.js';
import type { JsonValue, Tool } from '../toolset/index.js';

type Keywords = { [keyword: string]: JsonValue };

/** Values of these keywords are data, not schemas. */
const dataKeywords = new Set(['const', 'enum', 'default', 'examples']);
/** Keywords by which json-schema-to-typescript takes TypeScript as it is, and those that would move references. */
const leftOut = new Set(['tsType', 'tsEnumNames', '$schema', '$id', 'id']);

/**
 * One schema whose properties are the tools' arguments, by tool: so that a name that two tools define is told apart.
 * References within a tool's own schema are led to where that now stands.
 * @param nameOf what a tool's arguments are to be called
 */
export function argumentSchema(tools: readonly Tool[], title: string, nameOf: (tool: Tool) => string): Keywords {
  const properties = tools.map((tool) => {
    const described = tool.description === undefined ? {} : { description: tool.description };
    const schema = rebased(tool.parameters, `#/properties/${escapePointer(tool.name)}`) as Keywords;
    return [tool.name, { ...described, ...schema, title: nameOf(tool) }] as const;
  });
  return {
    type: 'object',
    title,
    description: 'Arguments by tool.',
    properties: Object.fromEntries(properties),
    required: tools.map(({ name }) => name),
    additionalProperties: false,
  };
}

function rebased(schema: JsonValue, root: string): JsonValue {
  if (Array.isArray(schema)) return schema.map((item) => rebased(item, root));
  if (typeof schema !== 'object' || schema === null) return schema;
  const entries = Object.entries(schema)
    .filter(([keyword]) => !leftOut.has(keyword))
    .map(([keyword, value]): [string, JsonValue] => {
      if (dataKeywords.has(keyword)) return [keyword, value];
      if (keyword === '$ref' && typeof value === 'string' && /^#(\/|$)/.test(value))
        return [keyword, root + value.slice(1)];
      // Names of properties are no keywords.
      if (isMapOfSchemas(keyword, value)) {
        const schemas = Object.entries(value).map(([name, inner]) => [name, rebased(inner, root)]);
        return [keyword, Object.fromEntries(schemas)];
      }
      return [keyword, rebased(value, root)];
    });
  return Object.fromEntries(entries);
}

const mapsOfSchemas = new Set(['properties', 'patternProperties', '$defs', 'definitions', 'dependentSchemas']);

function isMapOfSchemas(keyword: string, value: JsonValue): value is Keywords {
  return mapsOfSchemas.has(keyword) && typeof value === 'object' && value !== null && !Array.isArray(value);
}
