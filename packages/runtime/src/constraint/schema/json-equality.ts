import type { JsonValue } from '@tooltune/sdk';
import { ConstraintError } from '../constraint-error.js';

/**
 * Whether two values are the same JSON: numbers by value, objects whatever the order of their names (JSON Schema
 * 2020-12 core, section 4.2.2).
 */
export function isJsonEqual(left: JsonValue, right: JsonValue): boolean {
  if (left === right) return true;
  if (typeof left !== 'object' || typeof right !== 'object' || left === null || right === null) return false;
  if (Array.isArray(left)) {
    if (!Array.isArray(right) || left.length !== right.length) return false;
    return left.every((entry, index) => isJsonEqual(entry, right[index]!));
  }
  if (Array.isArray(right)) return false;
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every((name) => Object.hasOwn(right, name) && isJsonEqual(left[name]!, right[name]!));
}

/** Whether no two values of a list are the same JSON, in linear time. */
export function hasUniqueItems(items: readonly JsonValue[]): boolean {
  const scalars = new Set<JsonValue>();
  const texts = new Set<string>();
  for (const item of items) {
    if (typeof item !== 'object' || item === null) {
      if (scalars.size === scalars.add(item).size) return false;
    } else if (texts.size === texts.add(canonicalText(item, 0)).size) {
      return false;
    }
  }
  return true;
}

/** Deepest value that is compared, in lists and objects. */
const MAXIMUM_DEPTH = 500;

function canonicalText(value: JsonValue, depth: number): string {
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (depth >= MAXIMUM_DEPTH) {
    throw new ConstraintError('constraint/too-deep', `a value is nested more than ${MAXIMUM_DEPTH} deep`);
  }
  if (Array.isArray(value)) return `[${value.map((entry) => canonicalText(entry, depth + 1)).join()}]`;
  const names = Object.keys(value).sort();
  return `{${names.map((name) => `${JSON.stringify(name)}:${canonicalText(value[name]!, depth + 1)}`).join()}}`;
}
