import type { SchemaNode } from './schema-node.js';
import { isObject } from './schema-object.js';

/** Keywords that say which values are valid, in any draft. */
const ENFORCED_KEYWORDS: ReadonlySet<string> = new Set([
  '$dynamicRef',
  '$recursiveRef',
  '$ref',
  'additionalItems',
  'additionalProperties',
  'allOf',
  'anyOf',
  'const',
  'contains',
  'dependencies',
  'dependentRequired',
  'dependentSchemas',
  'else',
  'enum',
  'exclusiveMaximum',
  'exclusiveMinimum',
  'format',
  'if',
  'items',
  'maxContains',
  'maxItems',
  'maxLength',
  'maxProperties',
  'maximum',
  'minContains',
  'minItems',
  'minLength',
  'minProperties',
  'minimum',
  'multipleOf',
  'not',
  'oneOf',
  'pattern',
  'patternProperties',
  'prefixItems',
  'properties',
  'propertyNames',
  'required',
  'then',
  'type',
  'unevaluatedItems',
  'unevaluatedProperties',
  'uniqueItems',
  'x-grounded',
]);

/**
 * Whether a keyword that is in a schema says which values are valid, given the draft and what stands beside it;
 * otherwise it is an annotation. `format` counts, though the options may make it an annotation.
 */
export function isEnforced(node: SchemaNode, keyword: string): boolean {
  const { dialect, source } = node;
  if (dialect === undefined || !isObject(source) || !ENFORCED_KEYWORDS.has(keyword)) return false;
  return whyIgnored(node, keyword) === undefined;
}

/** Why a keyword that says which values are valid elsewhere says nothing in this schema; undefined where it does. */
export function whyIgnored(node: SchemaNode, keyword: string): string | undefined {
  const { dialect, source } = node;
  if (dialect === undefined || !isObject(source) || !ENFORCED_KEYWORDS.has(keyword)) return undefined;
  if (dialect.refAlone && typeof source.$ref === 'string') {
    return keyword === '$ref' ? undefined : 'in this draft nothing counts beside `$ref`';
  }
  if (dialect.ignored.has(keyword)) return 'not a keyword of this draft';
  switch (keyword) {
    case 'additionalItems':
      return Array.isArray(source.items) ? undefined : 'without a list of `items` it says nothing';
    case 'then':
    case 'else':
      return node.if === undefined ? 'without `if` it says nothing' : undefined;
    case 'if':
      return node.then === undefined && node.else === undefined
        ? 'without `then` and `else` it says nothing'
        : undefined;
    case 'minContains':
    case 'maxContains':
      return node.contains === undefined ? 'without `contains` it says nothing' : undefined;
    case 'required':
      return node.required === undefined ? 'no list of names' : undefined;
    default:
      return undefined;
  }
}
