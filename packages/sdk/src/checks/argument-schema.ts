import type { JsonSchema, JsonValue } from '../toolset/index.js';

/** The schema of a property, where it stands there plainly. */
export function propertySchema(schema: JsonSchema | undefined, name: string): JsonSchema | undefined {
  if (typeof schema !== 'object') return undefined;
  const { properties } = schema;
  if (typeof properties !== 'object' || properties === null || Array.isArray(properties)) return undefined;
  return Object.hasOwn(properties, name) ? (properties[name] as JsonSchema) : undefined;
}

/** The values that a schema lists: of an enum, or of the items of an array; undefined where it lists none. */
export function listedValues(schema: JsonSchema | undefined): readonly JsonValue[] | undefined {
  if (typeof schema !== 'object') return undefined;
  if (Array.isArray(schema.enum)) return schema.enum;
  return schema.type === 'array' ? listedValues(schema.items as JsonSchema | undefined) : undefined;
}
