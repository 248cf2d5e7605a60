import type { SchemaNode } from '../schema/schema-node.js';
import {
  type Branch,
  branchOf,
  IS_ANY,
  IS_ARRAY,
  IS_FALSE,
  IS_NULL,
  IS_NUMBER,
  IS_OBJECT,
  IS_STRING,
  IS_TRUE,
  type NumberFacet,
  type ObjectFacet,
  type StringFacet,
} from './branch.js';
import { type SchemaExpansion, typesOf } from './expand-schema.js';
import { ANYTHING, NEVER, type SignedSchema, signed } from './schema-sets.js';

/** Objects and arrays of an enum that may be excluded one by one. */
const MAXIMUM_COMPOSITES = 16;

/**
 * The ways to fail a schema: those to fail any one of its keywords. Undefined where some keyword's failure cannot be put
 * as branches.
 */
export function negateKeywords(expansion: SchemaExpansion, node: SchemaNode): readonly Branch[] | undefined {
  if (node.unevaluatedItems !== undefined || node.unevaluatedProperties !== undefined || node.uniqueItems)
    return undefined;
  const branches: Branch[] = [];
  const otherTypes = IS_ANY & ~typesOf(node.types);
  if (otherTypes !== 0) branches.push(branchOf(otherTypes));
  branches.push(
    ...failedNumbers(node),
    ...failedStrings(expansion, node),
    ...failedArrays(node),
    ...failedObjects(node),
  );
  const groups = [failedValues(expansion, node), failedApplicators(expansion, node)];
  for (const group of groups) {
    if (group === undefined) return undefined;
    branches.push(...group);
  }
  return branches;
}

function failedValues(expansion: SchemaExpansion, node: SchemaNode): readonly Branch[] | undefined {
  const lists = [node.const, node.enum].filter((list) => list !== undefined);
  const branches: Branch[] = [];
  for (const list of lists) {
    if (list.filter((value) => typeof value === 'object').length > MAXIMUM_COMPOSITES) return undefined;
    let types = IS_ANY;
    const excluded: (string | number)[] = [];
    let composite: readonly Branch[] | undefined;
    for (const value of list) {
      if (value === null) types &= ~IS_NULL;
      else if (typeof value === 'boolean') types &= ~(value ? IS_TRUE : IS_FALSE);
      else if (typeof value !== 'object') excluded.push(value);
      else {
        const failed = expansion.negative(expansion.context.constant(value));
        composite = composite === undefined ? failed : failed && expansion.product(composite, failed);
        if (composite === undefined) return undefined;
      }
    }
    const others = branchOf(types, { excluded });
    const both: readonly Branch[] | undefined =
      composite === undefined ? [others] : expansion.product([others], composite);
    if (both === undefined) return undefined;
    branches.push(...both);
  }
  return branches;
}

function failedNumbers(node: SchemaNode): Branch[] {
  const facets: NumberFacet[] = [];
  if (node.minimum !== undefined) facets.push({ exclusiveMaximum: node.minimum, node });
  if (node.maximum !== undefined) facets.push({ exclusiveMinimum: node.maximum, node });
  if (node.exclusiveMinimum !== undefined) facets.push({ maximum: node.exclusiveMinimum, node });
  if (node.exclusiveMaximum !== undefined) facets.push({ minimum: node.exclusiveMaximum, node });
  if (node.multipleOf !== undefined) facets.push({ notMultipleOf: node.multipleOf, node });
  return facets.map((facet) => branchOf(IS_NUMBER, { numbers: [facet] }));
}

function failedStrings(expansion: SchemaExpansion, node: SchemaNode): Branch[] {
  const { minLength, maxLength, pattern, format } = node;
  const facets: StringFacet[] = [];
  if (minLength !== undefined && minLength > 0) facets.push({ kind: 'length', minimum: 0, maximum: minLength - 1 });
  if (maxLength !== undefined) {
    facets.push({ kind: 'length', minimum: maxLength + 1, maximum: Number.POSITIVE_INFINITY });
  }
  if (pattern !== undefined) facets.push({ kind: 'pattern', pattern, node, negated: true });
  if (format !== undefined && (node.formatAsserted || expansion.context.formats === 'assert')) {
    facets.push({ kind: 'format', format, node, negated: true });
  }
  return facets.map((facet) => branchOf(IS_STRING, { strings: [facet] }));
}

function failedArrays(node: SchemaNode): Branch[] {
  const { prefixItems, items, minItems, maxItems, contains } = node;
  const branches: Branch[] = [];
  const prefix = prefixItems ?? [];
  for (const [index, schema] of prefix.entries()) {
    const places: SignedSchema[] = prefix.slice(0, index).map(() => ANYTHING);
    branches.push(
      branchOf(IS_ARRAY, {
        arrays: [
          { kind: 'items', prefix: [...places, signed(schema, true)], rest: ANYTHING },
          { kind: 'length', minimum: index + 1, maximum: Number.POSITIVE_INFINITY },
        ],
      }),
    );
  }
  const add = (facet: Branch['arrays'][number]) => branches.push(branchOf(IS_ARRAY, { arrays: [facet] }));
  if (items !== undefined) add({ kind: 'exists', from: prefix.length, schema: signed(items, true) });
  if (minItems !== undefined && minItems > 0) add({ kind: 'length', minimum: 0, maximum: minItems - 1 });
  if (maxItems !== undefined) add({ kind: 'length', minimum: maxItems + 1, maximum: Number.POSITIVE_INFINITY });
  if (contains !== undefined) {
    const schema = signed(contains);
    const minimum = node.minContains ?? 1;
    if (minimum > 0) add({ kind: 'contains', schema, minimum: 0, maximum: minimum - 1, node });
    if (node.maxContains !== undefined) {
      add({ kind: 'contains', schema, minimum: node.maxContains + 1, maximum: Number.POSITIVE_INFINITY, node });
    }
  }
  return branches;
}

function failedObjects(node: SchemaNode): Branch[] {
  const branches: Branch[] = [];
  const add = (...objects: ObjectFacet[]) => branches.push(branchOf(IS_OBJECT, { objects }));
  for (const [name, schema] of node.properties ?? []) {
    const failed = signed(schema, true);
    if (failed !== NEVER) add({ kind: 'required', names: [name] }, { kind: 'property', name, schema: failed });
  }
  for (const name of node.required ?? []) add({ kind: 'property', name, schema: NEVER });
  for (const { pattern, schema } of node.patternProperties ?? []) {
    add({ kind: 'exists', region: { kind: 'pattern', pattern }, schema: signed(schema, true) });
  }
  if (node.additionalProperties !== undefined) {
    add({ kind: 'exists', region: { kind: 'additional', node }, schema: signed(node.additionalProperties, true) });
  }
  if (node.propertyNames !== undefined) {
    add({ kind: 'exists', region: { kind: 'refused', node: node.propertyNames, negated: false }, schema: ANYTHING });
  }
  const { minProperties, maxProperties } = node;
  if (minProperties !== undefined && minProperties > 0) add({ kind: 'count', minimum: 0, maximum: minProperties - 1 });
  if (maxProperties !== undefined) {
    add({ kind: 'count', minimum: maxProperties + 1, maximum: Number.POSITIVE_INFINITY });
  }
  for (const [name, names] of node.dependentRequired ?? []) {
    for (const other of names) {
      add({ kind: 'required', names: [name] }, { kind: 'property', name: other, schema: NEVER });
    }
  }
  return branches;
}

function failedApplicators(expansion: SchemaExpansion, node: SchemaNode): readonly Branch[] | undefined {
  const branches: Branch[] = [];
  const add = (more: readonly Branch[] | undefined) => {
    if (more !== undefined) branches.push(...more);
    return more !== undefined;
  };
  const negateAll = (schemas: readonly SchemaNode[]) => {
    let result: readonly Branch[] | undefined = [branchOf(IS_ANY)];
    for (const schema of schemas) {
      const failed = expansion.negative(schema);
      result = result && failed && expansion.product(result, failed);
    }
    return result;
  };
  if (node.ref !== undefined && !add(expansion.negative(node.ref))) return undefined;
  if (node.dynamicRef !== undefined && !add(expansion.negative(node.dynamicRef))) return undefined;
  for (const schema of node.allOf ?? []) if (!add(expansion.negative(schema))) return undefined;
  if (node.anyOf !== undefined && !add(negateAll(node.anyOf))) return undefined;
  if (node.oneOf !== undefined) {
    if (!add(negateAll(node.oneOf))) return undefined;
    const options = node.oneOf.map((option) => expansion.positive(option));
    for (const [index, one] of options.entries()) {
      for (const other of options.slice(index + 1)) if (!add(expansion.product(one, other))) return undefined;
    }
  }
  if (node.not !== undefined) add(expansion.positive(node.not));
  if (node.if !== undefined) {
    if (node.then !== undefined) {
      const failed = expansion.negative(node.then);
      if (!add(failed && expansion.product(expansion.positive(node.if), failed))) return undefined;
    }
    if (node.else !== undefined) {
      const condition = expansion.negative(node.if);
      const failed = expansion.negative(node.else);
      if (!add(condition && failed && expansion.product(condition, failed))) return undefined;
    }
  }
  for (const [name, schema] of node.dependentSchemas ?? []) {
    const present = branchOf(IS_OBJECT, { objects: [{ kind: 'required', names: [name] }] });
    const failed = expansion.negative(schema);
    if (!add(failed && expansion.product([present], failed))) return undefined;
  }
  return branches;
}
