import type { JsonObject, JsonValue } from '../toolset/index.js';

/** What an argument may be: one of these; `""` among them says that it may be left out. */
export type PossibleValues = readonly JsonValue[];

type Kind = 'string' | 'integer' | 'float' | 'boolean' | 'array' | 'object' | 'null';

/** Types of tool descriptions, JSON Schema's and the leaderboard's own. */
const kindOfType: Record<string, Kind> = {
  string: 'string',
  any: 'string',
  integer: 'integer',
  number: 'float',
  float: 'float',
  boolean: 'boolean',
  array: 'array',
  tuple: 'array',
  object: 'object',
  dict: 'object',
};

/**
 * Whether a value is one of the possible ones by the rules of the Berkeley Function Calling Leaderboard (bfcl-eval
 * 2026.3.23, ast_checker, Python): the value has the type that the schema names, an integer passing for a float, or that
 * of the possible answers; elements of an array have theirs, one level deep. Strings are compared without case, spaces and
 * any of `,./-_*^`, `'` being `"`, also as elements of an array or members of an object, one level deep; the rest as it is.
 * JSON has one kind of number: 5.0 passes for an integer here, as it does where answers come as JSON.
 * @param schema of the argument; where it names no single type, the possible answers alone say what the type is
 */
export function isPossibleValue(value: JsonValue, possible: PossibleValues, schema: JsonValue | undefined): boolean {
  const expected = kindFor(schema);
  const typeOfPossible = possible.find((one) => one !== '');
  const possibleKind = typeOfPossible === undefined ? undefined : kindOf(typeOfPossible);
  const kind = kindOf(value);
  const nested = expected === 'array' ? kindFor(member(schema, 'items')) : undefined;
  let isVariable = false;
  if (expected === undefined || isOf(kind, expected)) {
    if (nested !== undefined && !hasPossibleElements(value as JsonValue[], possible, nested)) return false;
    isVariable = expected !== undefined && possibleKind !== undefined && !isOf(possibleKind, expected);
  } else if (kind === possibleKind) isVariable = true;
  else return false;
  // A name in the place of a value, where the possible answers have another type than the schema.
  if (isVariable) return possible.some((one) => isSame(one, value));
  const compared = expected ?? kind;
  if (compared === 'string') return possible.some((one) => typeof one === 'string' && sameText(one, value as string));
  if (compared === 'object') return possible.some((one) => isPossibleObject(value as JsonObject, one));
  if (compared === 'array') {
    const isOfObjects = nested === 'object' || (nested === undefined && isListOfObjects(value));
    return possible.some((one) =>
      isOfObjects ? isPossibleList(value as JsonObject[], one) : sameElements(value as JsonValue[], one),
    );
  }
  return possible.some((one) => isSame(one, value));
}

/** Spaces and punctuation that the leaderboard leaves out of strings. */
function normalise(text: string): string {
  return text
    .replaceAll(/[ ,./\-_*^]/g, '')
    .toLowerCase()
    .replaceAll("'", '"');
}

function sameText(a: string, b: string): boolean {
  return normalise(a) === normalise(b);
}

/** Elements have the type of the array's items, or that of the elements of one possible array. */
function hasPossibleElements(values: readonly JsonValue[], possible: PossibleValues, nested: Kind): boolean {
  return possible.some((one) => {
    if (!Array.isArray(one)) return true;
    const first = one.find((element) => element !== '');
    const kind = first === undefined ? undefined : kindOf(first);
    return values.every((value) => isOf(kindOf(value), nested) || kindOf(value) === kind);
  });
}

/** `""` for an array that may be left out passes for an empty one, as with the leaderboard. */
function sameElements(values: readonly JsonValue[], possible: JsonValue): boolean {
  const others = possible === '' ? [] : possible;
  if (!Array.isArray(others) || others.length !== values.length) return false;
  return values.every((value, index) => sameMember(value, others[index]!));
}

/** Members of a possible object are lists of possible values themselves. */
function isPossibleObject(value: JsonObject, possible: JsonValue): boolean {
  if (typeof possible !== 'object' || possible === null || Array.isArray(possible)) return false;
  const allowed = (name: string): readonly JsonValue[] => {
    const values = possible[name];
    return Array.isArray(values) ? values : [];
  };
  return (
    Object.entries(value).every(
      ([name, given]) => Object.hasOwn(possible, name) && allowed(name).some((one) => sameMember(given, one)),
    ) && Object.keys(possible).every((name) => Object.hasOwn(value, name) || allowed(name).includes(''))
  );
}

function isPossibleList(values: readonly JsonValue[], possible: JsonValue): boolean {
  const others = possible === '' ? [] : possible;
  if (!Array.isArray(others) || others.length !== values.length) return false;
  return values.every((value, index) => isObject(value) && isPossibleObject(value, others[index]!));
}

function sameMember(a: JsonValue, b: JsonValue): boolean {
  return typeof a === 'string' && typeof b === 'string' ? sameText(a, b) : isSame(a, b);
}

function isSame(a: JsonValue, b: JsonValue): boolean {
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((value, index) => isSame(value, b[index]!));
  }
  if (!isObject(a) || !isObject(b)) return a === b;
  const names = Object.keys(a);
  return (
    names.length === Object.keys(b).length &&
    names.every((name) => Object.hasOwn(b, name) && isSame(a[name]!, b[name]!))
  );
}

function kindOf(value: JsonValue): Kind {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'float';
  return typeof value as 'string' | 'boolean' | 'object';
}

/** The one type that a schema names. */
function kindFor(schema: JsonValue | undefined): Kind | undefined {
  const type = member(schema, 'type');
  return typeof type === 'string' && Object.hasOwn(kindOfType, type) ? kindOfType[type] : undefined;
}

function member(schema: JsonValue | undefined, name: string): JsonValue | undefined {
  return isObject(schema) && Object.hasOwn(schema, name) ? schema[name] : undefined;
}

function isOf(kind: Kind, expected: Kind): boolean {
  return kind === expected || (expected === 'float' && kind === 'integer');
}

function isListOfObjects(value: JsonValue): boolean {
  return Array.isArray(value) && value.length > 0 && value.every(isObject);
}

function isObject(value: JsonValue | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
