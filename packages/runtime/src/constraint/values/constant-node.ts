import type { JsonValue } from '@tooltune/sdk';
import { ARRAY, OBJECT, SchemaNode } from '../schema/schema-node.js';

/** Adds nodes that are valid for one value only. Objects and arrays are taken apart, so that they may be written in any order. */
export function addConstantNode(nodes: SchemaNode[], value: JsonValue, pointer: string): SchemaNode {
  const node = new SchemaNode(nodes.length, value, undefined, pointer, undefined);
  nodes.push(node);
  if (typeof value !== 'object' || value === null) {
    node.const = [value];
    return node;
  }
  const closed = new SchemaNode(nodes.length, false, undefined, pointer, undefined);
  closed.never = true;
  nodes.push(closed);
  if (Array.isArray(value)) {
    node.types = ARRAY;
    node.prefixItems = value.map((item) => addConstantNode(nodes, item, pointer));
    node.items = closed;
    node.minItems = value.length;
    return node;
  }
  node.types = OBJECT;
  const names = Object.keys(value);
  node.properties = new Map(names.map((name) => [name, addConstantNode(nodes, value[name]!, pointer)]));
  node.additionalProperties = closed;
  node.required = names;
  return node;
}

/** Adds a node that is valid for just these scalars. */
export function addListNode(nodes: SchemaNode[], values: readonly JsonValue[], pointer: string): SchemaNode {
  const node = new SchemaNode(nodes.length, { enum: [...values] }, undefined, pointer, undefined);
  nodes.push(node);
  node.enum = values;
  return node;
}
