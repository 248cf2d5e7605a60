import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { rebuild } from './schema-walk.js';

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
