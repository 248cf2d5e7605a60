import type { JsonValue } from '@tooltune/sdk';
import { ConstraintError } from '../constraint-error.js';

/** A schema that is not a boolean. */
export type SchemaObject = { [keyword: string]: JsonValue };

/** Where in a schema the compiler is. */
export interface SchemaPlace {
  /** JSON pointer (RFC 6901). */
  pointer: string;
  /** Last part of the pointer. */
  keyword: string;
  depth: number;
}

/** One step further down. */
export function child(place: SchemaPlace, key: string): SchemaPlace {
  const pointer = `${place.pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
  return { pointer, keyword: key, depth: place.depth + 1 };
}

/** The value of a keyword that must be a whole number from 0; undefined where it is absent. */
export function requireCount(schema: SchemaObject, keyword: string, place: SchemaPlace): number | undefined {
  const value = schema[keyword];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return Math.min(value, 0x7fffffff);
  throw invalid(child(place, keyword), `\`${keyword}\` must be a whole number from 0`);
}

/** The value of a keyword that must be a number; undefined where it is absent. */
export function requireNumber(schema: SchemaObject, keyword: string, place: SchemaPlace): number | undefined {
  const value = schema[keyword];
  if (value === undefined) return undefined;
  if (typeof value === 'number' && Number.isFinite(value)) return value;
  throw invalid(child(place, keyword), `\`${keyword}\` must be a number`);
}

/** A list of texts. */
export function requireStrings(value: JsonValue, place: SchemaPlace): string[] {
  if (Array.isArray(value) && value.every((entry) => typeof entry === 'string')) return value;
  throw invalid(place, `\`${place.keyword}\` must be a list of texts`);
}

function invalid(place: SchemaPlace, message: string): ConstraintError {
  return new ConstraintError('constraint/invalid-schema', message, place);
}
