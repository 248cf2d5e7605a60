import type { JsonSchema, JsonValue } from '@tooltune/sdk';

/** What is taken out of a schema, or done to its instances, to see whether a disagreement is about it. */
export interface Removal {
  cause: string;
  reduce(schema: JsonSchema): JsonSchema;
}

/**
 * Keywords that belong together, in the order in which they are tried: what asserts about one value before what leads
 * to other schemas, since without the latter little is left to disagree about.
 */
const keywordGroups: readonly (readonly string[])[] = [
  ['not'],
  ['if', 'then', 'else'],
  ['dependentSchemas'],
  ['dependentRequired'],
  ['dependencies'],
  ['unevaluatedProperties'],
  ['unevaluatedItems'],
  ['contains', 'minContains', 'maxContains'],
  ['uniqueItems'],
  ['multipleOf', 'divisibleBy'],
  ['pattern'],
  ['propertyNames'],
  ['patternProperties'],
  ['minProperties', 'maxProperties'],
  ['minLength', 'maxLength'],
  ['minItems', 'maxItems'],
  ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum'],
  ['const'],
  ['enum'],
  ['oneOf'],
  ['anyOf'],
  ['allOf'],
  ['additionalProperties'],
  ['required'],
  ['additionalItems'],
  ['prefixItems'],
  ['$dynamicRef', '$recursiveRef'],
  ['$ref'],
  ['items'],
  ['type'],
  ['properties'],
  ['$id', 'id', '$anchor', '$dynamicAnchor', '$recursiveAnchor'],
  ['$schema'],
];
const mapsOfSchemas = new Set([
  'properties',
  'patternProperties',
  '$defs',
  'definitions',
  'dependentSchemas',
  'dependencies',
]);
const notSchemas = new Set(['enum', 'const', 'default', 'examples', 'example', 'required', 'dependentRequired']);

type SchemaObject = { [keyword: string]: JsonValue };

/** One removal for each keyword group and each format that the schema has at any depth. */
export function removalsOf(schema: JsonSchema): Removal[] {
  const keywords = new Set<string>();
  const formats = new Set<string>();
  rebuild(schema as JsonValue, (keyword, value) => {
    keywords.add(keyword);
    if (keyword === 'format') formats.add(String(value));
    return true;
  });
  const removals: Removal[] = [...formats].map((format) => ({
    cause: `format ${format}`,
    reduce: (from) => without(from, (keyword, value) => keyword === 'format' && String(value) === format),
  }));
  for (const group of keywordGroups) {
    if (!group.some((keyword) => keywords.has(keyword))) continue;
    removals.push({ cause: causeName(group), reduce: (from) => without(from, (keyword) => group.includes(keyword)) });
  }
  return removals;
}

/** `if`, `minLength, maxLength`. */
function causeName([first, ...others]: readonly string[]): string {
  return first === 'if' || first === '$id' ? first : [first, ...others.slice(0, 1)].join(', ');
}

function without(schema: JsonSchema, isRemoved: (keyword: string, value: JsonValue) => boolean): JsonSchema {
  return rebuild(schema as JsonValue, (keyword, value) => !isRemoved(keyword, value)) as JsonSchema;
}

/** The schema with the keywords, at any depth, that are kept. */
function rebuild(schema: JsonValue, keep: (keyword: string, value: JsonValue) => boolean): JsonValue {
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
function define(object: SchemaObject, name: string, value: JsonValue): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}

/**
 * The value with each object's properties in the order of the schema's `properties`: of those that name most of them,
 * the first. Others come after.
 */
export function inDeclaredOrder(schema: JsonSchema, value: JsonValue): JsonValue {
  const orders: string[][] = [];
  rebuild(schema as JsonValue, (keyword, properties) => {
    if (keyword === 'properties' && isObject(properties)) orders.push(Object.keys(properties));
    return true;
  });
  const reorder = (part: JsonValue): JsonValue => {
    if (Array.isArray(part)) return part.map(reorder);
    if (!isObject(part)) return part;
    let order: string[] = [];
    let most = 0;
    for (const candidate of orders) {
      const common = candidate.filter((name) => Object.hasOwn(part, name)).length;
      if (common > most) [order, most] = [candidate, common];
    }
    const declared = order.filter((name) => Object.hasOwn(part, name));
    const others = Object.keys(part).filter((name) => !declared.includes(name));
    const result: SchemaObject = {};
    for (const name of [...declared, ...others]) define(result, name, reorder(part[name]!));
    return result;
  };
  return reorder(value);
}

function isObject(value: JsonValue): value is SchemaObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
