import type { SchemaNode } from '../schema/schema-node.js';

/** Of a schema that no value satisfies the innermost part that is to blame, as far as that is easily seen. */
export function impossiblePart(schema: SchemaNode, isPossible: (part: SchemaNode) => boolean): SchemaNode {
  const seen = new Set([schema]);
  for (let found = schema; ; ) {
    const part = indispensableParts(found).find((candidate) => !seen.has(candidate) && !isPossible(candidate));
    if (part === undefined) return found;
    seen.add(part);
    found = part;
  }
}

/** Schemas that something has to satisfy for the one around them to be satisfied. */
function indispensableParts(node: SchemaNode): SchemaNode[] {
  const { ref, dynamicRef, allOf = [], anyOf, oneOf, properties, required = [] } = node;
  const { minItems = 0, prefixItems = [], items } = node;
  const parts = [ref, dynamicRef, ...allOf];
  for (const options of [anyOf, oneOf]) if (options?.length === 1) parts.push(options[0]);
  for (const name of required) parts.push(properties?.get(name));
  parts.push(...prefixItems.slice(0, minItems), minItems > prefixItems.length ? items : undefined);
  return parts.filter((part) => part !== undefined);
}
