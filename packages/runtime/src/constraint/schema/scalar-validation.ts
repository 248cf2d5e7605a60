import type { JsonValue } from '@tooltune/sdk';
import { requireCount, requireNumber, type SchemaObject, type SchemaPlace } from './schema-place.js';

/** Whether a value of an enum also satisfies the keywords that stand beside the enum (those of objects and arrays apart). */
export function isScalarValid(
  value: JsonValue,
  schema: SchemaObject,
  types: readonly string[] | undefined,
  place: SchemaPlace,
): boolean {
  if (types !== undefined && !types.some((type) => isOfType(value, type))) return false;
  if (typeof value === 'string') {
    const length = Array.from(value).length;
    if (length < (requireCount(schema, 'minLength', place) ?? 0)) return false;
    if (length > (requireCount(schema, 'maxLength', place) ?? Number.POSITIVE_INFINITY)) return false;
    return typeof schema.pattern !== 'string' || new RegExp(schema.pattern, 'u').test(value);
  }
  if (typeof value === 'number') {
    if (value < (requireNumber(schema, 'minimum', place) ?? Number.NEGATIVE_INFINITY)) return false;
    if (value > (requireNumber(schema, 'maximum', place) ?? Number.POSITIVE_INFINITY)) return false;
    if (value <= (requireNumber(schema, 'exclusiveMinimum', place) ?? Number.NEGATIVE_INFINITY)) return false;
    return value < (requireNumber(schema, 'exclusiveMaximum', place) ?? Number.POSITIVE_INFINITY);
  }
  return true;
}

function isOfType(value: JsonValue, type: string): boolean {
  switch (type) {
    case 'null':
      return value === null;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return typeof value === 'object' && value !== null && !Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    default:
      return typeof value === type;
  }
}
