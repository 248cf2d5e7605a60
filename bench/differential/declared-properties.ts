import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { define, isObject, rebuild, type SchemaObject } from './schema-walk.js';

/** The value with each object's declared properties in the order of the schema, and the others after them. */
export function inDeclaredOrder(schema: JsonSchema, value: JsonValue): JsonValue {
  return arrange(schema, value, (declared, others) => [...declared, ...others]);
}

/** The value without properties that the schema does not declare. */
export function declaredOnly(schema: JsonSchema, value: JsonValue): JsonValue {
  return arrange(schema, value, (declared, others) => (declared.length > 0 ? declared : others));
}

/** The schema with nothing but declared properties in objects whose properties are all declared in one place. */
export function closed(schema: JsonSchema): JsonSchema {
  const close = (part: JsonValue): JsonValue => {
    if (Array.isArray(part)) return part.map(close);
    if (!isObject(part)) return part;
    const result: SchemaObject = {};
    for (const [name, value] of Object.entries(part)) define(result, name, combining.has(name) ? value : close(value));
    const isWhole = isObject(part.properties ?? null) && !Object.keys(part).some((keyword) => combining.has(keyword));
    return isWhole && !('patternProperties' in part) ? { ...result, additionalProperties: false } : result;
  };
  return close(schema as JsonValue) as JsonSchema;
}

const combining = new Set(['allOf', 'anyOf', 'oneOf', 'if', 'then', 'else', 'not', 'enum', 'const', '$ref']);

/** An object is of those `properties` that name most of what it has; of several, the first. */
function arrange(
  schema: JsonSchema,
  value: JsonValue,
  select: (declared: string[], others: string[]) => string[],
): JsonValue {
  const declarations: string[][] = [];
  rebuild(schema as JsonValue, (keyword, properties) => {
    if (keyword === 'properties' && isObject(properties)) declarations.push(Object.keys(properties));
    return true;
  });
  const arrangePart = (part: JsonValue): JsonValue => {
    if (Array.isArray(part)) return part.map(arrangePart);
    if (!isObject(part)) return part;
    let declaration: string[] = [];
    let most = 0;
    for (const candidate of declarations) {
      const common = candidate.filter((name) => Object.hasOwn(part, name)).length;
      if (common > most) [declaration, most] = [candidate, common];
    }
    const declared = declaration.filter((name) => Object.hasOwn(part, name));
    const others = Object.keys(part).filter((name) => !declared.includes(name));
    const result: SchemaObject = {};
    for (const name of select(declared, others)) define(result, name, arrangePart(part[name]!));
    return result;
  };
  return arrangePart(value);
}
