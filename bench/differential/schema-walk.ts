import type { JsonValue } from '@tooltune/sdk';

const mapsOfSchemas = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
]);
const notSchemas = new Set(['enum', 'const', 'default', 'examples', 'example', 'required', 'dependentRequired']);

export type SchemaObject = { [keyword: string]: JsonValue };

/** The schema with the keywords, at any depth, that are kept. */
export function rebuild(schema: JsonValue, keep: (keyword: string, value: JsonValue) => boolean): JsonValue {
  if (Array.isArray(schema)) return schema.map((part) => rebuild(part, keep));
  if (typeof schema !== 'object' || schema === null) return schema;
  const result: SchemaObject = {};
  for (const [keyword, value] of Object.entries(schema as SchemaObject)) {
    if (!keep(keyword, value)) continue;
    let kept = value;
    if (mapsOfSchemas.has(keyword) && isObject(value)) {
      kept = Object.fromEntries(Object.entries(value).map(([name, part]) => [name, rebuild(part, keep)]));
    } else if (!notSchemas.has(keyword)) kept = rebuild(value, keep);
    define(result, keyword, kept);
  }
  return result;
}

/** Also where the name is `__proto__`. */
export function define(object: SchemaObject, name: string, value: JsonValue): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

export function isObject(value: JsonValue): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
