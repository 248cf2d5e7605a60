import type { JsonValue } from '@tooltune/sdk';

/** A schema that is not a boolean. */
export type SchemaObject = { [keyword: string]: JsonValue };

/** True for a JSON object: neither null nor a list. */
export function isObject(value: JsonValue | undefined): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
