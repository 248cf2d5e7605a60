import type { JsonValue } from '@tooltune/sdk';
import { isFormatValid } from '../strings/formats.js';
import { hasUniqueItems, isJsonEqual } from './json-equality.js';
import { isMultipleOf } from './multiple-of.js';
import { ARRAY, BOOLEAN, INTEGER, NULL, NUMBER, OBJECT, type SchemaNode, STRING } from './schema-node.js';
import { isObject, type SchemaObject } from './schema-object.js';

/**
 * The first keyword that a value does not satisfy, of those that need no other schema (JSON Schema 2020-12 validation,
 * sections 6 and 7, without `minContains` and `maxContains`).
 */
export function failedAssertion(node: SchemaNode, value: JsonValue, assertsFormats: boolean): string | undefined {
  if ((node.types & typeBit(value)) === 0) return 'type';
  if (node.enum !== undefined && !isInEnum(node.enum, value)) return 'enum';
  if (node.const !== undefined && !isJsonEqual(node.const[0], value)) return 'const';
  if (typeof value === 'string') return failedByText(node, value, assertsFormats);
  if (typeof value === 'number') return failedByNumber(node, value);
  if (Array.isArray(value)) return failedByList(node, value);
  return isObject(value) ? failedByObject(node, value) : undefined;
}

function typeBit(value: JsonValue): number {
  switch (typeof value) {
    case 'string':
      return STRING;
    case 'number':
      return Number.isInteger(value) ? INTEGER : NUMBER;
    case 'boolean':
      return BOOLEAN;
    default:
      return value === null ? NULL : Array.isArray(value) ? ARRAY : OBJECT;
  }
}

function failedByText(node: SchemaNode, text: string, assertsFormats: boolean): string | undefined {
  const { minLength, maxLength, pattern, format } = node;
  if (minLength !== undefined || maxLength !== undefined) {
    const length = codePointCount(text);
    if (minLength !== undefined && length < minLength) return 'minLength';
    if (maxLength !== undefined && length > maxLength) return 'maxLength';
  }
  if (pattern !== undefined && !pattern.expression.test(text)) return 'pattern';
  const asserts = format !== undefined && (assertsFormats || node.formatAsserted);
  return asserts && isFormatValid(format, text) === false ? 'format' : undefined;
}

function codePointCount(text: string): number {
  let count = 0;
  for (const _ of text) count++;
  return count;
}

function failedByNumber(node: SchemaNode, value: number): string | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = node;
  if (minimum !== undefined && value < minimum) return 'minimum';
  if (maximum !== undefined && value > maximum) return 'maximum';
  if (exclusiveMinimum !== undefined && value <= exclusiveMinimum) return 'exclusiveMinimum';
  if (exclusiveMaximum !== undefined && value >= exclusiveMaximum) return 'exclusiveMaximum';
  return multipleOf !== undefined && !isMultipleOf(value, multipleOf) ? 'multipleOf' : undefined;
}

function failedByList(node: SchemaNode, value: readonly JsonValue[]): string | undefined {
  const { minItems, maxItems, uniqueItems } = node;
  if (minItems !== undefined && value.length < minItems) return 'minItems';
  if (maxItems !== undefined && value.length > maxItems) return 'maxItems';
  return uniqueItems && !hasUniqueItems(value) ? 'uniqueItems' : undefined;
}

function failedByObject(node: SchemaNode, value: SchemaObject): string | undefined {
  const { required, dependentRequired, minProperties, maxProperties } = node;
  if (minProperties !== undefined || maxProperties !== undefined) {
    const count = Object.keys(value).length;
    if (minProperties !== undefined && count < minProperties) return 'minProperties';
    if (maxProperties !== undefined && count > maxProperties) return 'maxProperties';
  }
  if (required !== undefined && !hasNames(value, required)) return 'required';
  if (dependentRequired === undefined) return undefined;
  for (const [name, names] of dependentRequired) {
    if (Object.hasOwn(value, name) && !hasNames(value, names)) return 'dependentRequired';
  }
  return undefined;
}

function hasNames(value: SchemaObject, names: readonly string[]): boolean {
  for (const name of names) if (!Object.hasOwn(value, name)) return false;
  return true;
}

const scalarsOfEnums = new WeakMap<readonly JsonValue[], ReadonlySet<JsonValue>>();

/** Scalars are looked up, as an enum can have thousands. */
function isInEnum(values: readonly JsonValue[], value: JsonValue): boolean {
  if (typeof value === 'object' && value !== null) return values.some((entry) => isJsonEqual(entry, value));
  let scalars = scalarsOfEnums.get(values);
  if (scalars === undefined) scalarsOfEnums.set(values, (scalars = new Set(values)));
  return scalars.has(value);
}
