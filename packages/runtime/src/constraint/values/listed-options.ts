import type { JsonValue } from '@tooltune/sdk';
import { isEnforced } from '../schema/schema-keywords.js';
import type { SchemaNode } from '../schema/schema-node.js';
import { isObject } from '../schema/schema-object.js';

/** Options of which those that only list scalars are taken together: 10,000 constants are one list. */
export interface DividedOptions {
  readonly others: readonly SchemaNode[];
  /** The scalars of all lists, each once. */
  readonly listed: readonly JsonValue[];
  /** Those that are in several lists. */
  readonly repeated: ReadonlySet<JsonValue>;
}

/** @param allowed The values of a schema that only lists some, of the type that it asks for. */
export function divideOptions(
  options: readonly SchemaNode[],
  allowed: (node: SchemaNode) => readonly JsonValue[],
): DividedOptions {
  const others: SchemaNode[] = [];
  const listed = new Set<JsonValue>();
  const repeated = new Set<JsonValue>();
  for (const option of options) {
    const values = isList(option.target) ? allowed(option.target) : undefined;
    if (values === undefined || values.some((value) => typeof value === 'object' && value !== null)) {
      others.push(option);
      continue;
    }
    for (const value of values.length < 2 ? values : new Set(values)) {
      if (listed.has(value)) repeated.add(value);
      else listed.add(value);
    }
  }
  return { others, listed: [...listed], repeated };
}

/** Whether a schema says nothing but which values it has, and maybe of what type they are. */
function isList(node: SchemaNode): boolean {
  const { source } = node;
  if ((node.const ?? node.enum) === undefined || !isObject(source)) return false;
  for (const keyword in source) {
    const isPart = keyword === 'const' || keyword === 'enum' || keyword === 'type';
    if (!isPart && isEnforced(node, keyword)) return false;
  }
  return true;
}
