import type { JsonValue } from '@tooltune/sdk';
import type { GroundedMode } from '../grammar/grounded-automaton.js';
import type { SchemaNode, SchemaPattern } from '../schema/schema-node.js';
import type { SignedSchema } from './schema-sets.js';

/** Bits of `Branch.types`: JSON's types, booleans and numbers in their two parts each. */
export const IS_NULL = 1;
export const IS_TRUE = 2;
export const IS_FALSE = 4;
export const IS_INTEGER = 8;
export const IS_FRACTION = 16;
export const IS_STRING = 32;
export const IS_ARRAY = 64;
export const IS_OBJECT = 128;
export const IS_ANY = 255;
export const IS_NUMBER = IS_INTEGER | IS_FRACTION;

/** Bounds and divisors of a number. */
export interface NumberFacet {
  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
  multipleOf?: number | undefined;
  notMultipleOf?: number | undefined;
  /** The schema that asks for this. */
  node: SchemaNode;
}

/** What a string must be. */
export type StringFacet =
  | { kind: 'length'; minimum: number; maximum: number }
  | { kind: 'pattern'; pattern: SchemaPattern; node: SchemaNode; negated: boolean }
  | { kind: 'format'; format: string; node: SchemaNode; negated: boolean }
  | { kind: 'grounded'; mode: GroundedMode };

/** What an array must be. */
export type ArrayFacet =
  /** Schemas of the first items, and of the rest. */
  | { kind: 'items'; prefix: readonly SignedSchema[]; rest: SignedSchema; isHidden?: boolean }
  | { kind: 'length'; minimum: number; maximum: number }
  /** So many items satisfy the schema. */
  | { kind: 'contains'; schema: SignedSchema; minimum: number; maximum: number; node: SchemaNode; isHidden?: boolean }
  /** At least one item from this position on satisfies the schema. */
  | { kind: 'exists'; from: number; schema: SignedSchema }
  | { kind: 'unique'; node: SchemaNode }
  /** Items that none of the other facets looks at satisfy the schema. */
  | { kind: 'unevaluated'; covers: readonly ArrayFacet[]; schema: SignedSchema };

/** What an object must be. */
export type ObjectFacet =
  /** `properties`, `patternProperties` and `additionalProperties` of the node. */
  | { kind: 'declared'; node: SchemaNode; isHidden?: boolean }
  | { kind: 'required'; names: readonly string[] }
  | { kind: 'property'; name: string; schema: SignedSchema }
  | { kind: 'count'; minimum: number; maximum: number }
  | { kind: 'names'; schema: SignedSchema; node: SchemaNode; negated: boolean }
  /** Where there is the one name, there must be the others. */
  | { kind: 'implied'; name: string; names: readonly string[] }
  /** At least one property in the region has a value that satisfies the schema. */
  | { kind: 'exists'; region: KeyRegion; schema: SignedSchema }
  /** Properties that none of the other facets looks at satisfy the schema. */
  | { kind: 'unevaluated'; covers: readonly ObjectFacet[]; schema: SignedSchema };

/** Some of the names that a property may have. */
export type KeyRegion =
  | { kind: 'additional'; node: SchemaNode }
  | { kind: 'pattern'; pattern: SchemaPattern }
  /** Names that the schema does not let through. */
  | { kind: 'refused'; node: SchemaNode; negated: boolean };

/**
 * One way to satisfy a set of schemas, without alternatives: types, and for each type what its values must be. The values
 * of a set are those of all its branches.
 */
export interface Branch {
  types: number;
  /** Only these values. */
  values: readonly JsonValue[] | undefined;
  /** None of these texts and numbers. */
  excluded: readonly (string | number)[];
  numbers: readonly NumberFacet[];
  strings: readonly StringFacet[];
  arrays: readonly ArrayFacet[];
  objects: readonly ObjectFacet[];
}

const NONE: readonly never[] = [];

/** A branch of values of these types, which may be anything else. */
export function branchOf(types: number, parts: Partial<Branch> = {}): Branch {
  return {
    types,
    values: parts.values,
    excluded: parts.excluded ?? NONE,
    numbers: parts.numbers ?? NONE,
    strings: parts.strings ?? NONE,
    arrays: parts.arrays ?? NONE,
    objects: parts.objects ?? NONE,
  };
}

export const ANY_BRANCH: Branch = branchOf(IS_ANY);

/** The same branch, but what it says of items and properties does not count as looking at them: it comes from a `not`. */
export function hiddenBranch(branch: Branch): Branch {
  if (branch.objects.length === 0 && branch.arrays.length === 0) return branch;
  return {
    ...branch,
    objects: branch.objects.map((facet) => (facet.kind === 'declared' ? { ...facet, isHidden: true } : facet)),
    arrays: branch.arrays.map((facet) =>
      facet.kind === 'items' || facet.kind === 'contains' ? { ...facet, isHidden: true } : facet,
    ),
  };
}

/** What satisfies both; undefined where plainly nothing does. */
export function mergeBranches(one: Branch, other: Branch): Branch | undefined {
  if (one === ANY_BRANCH) return other;
  if (other === ANY_BRANCH) return one;
  const types = one.types & other.types;
  if (types === 0) return undefined;
  const values = commonValues(one.values, other.values)?.filter((value) => (typeOf(value) & types) !== 0);
  if (values !== undefined && values.length === 0) return undefined;
  return {
    types,
    values,
    excluded: joined(one.excluded, other.excluded),
    numbers: (types & IS_NUMBER) === 0 ? NONE : joined(one.numbers, other.numbers),
    strings: (types & IS_STRING) === 0 ? NONE : joined(one.strings, other.strings),
    arrays: (types & IS_ARRAY) === 0 ? NONE : joined(one.arrays, other.arrays),
    objects: (types & IS_OBJECT) === 0 ? NONE : joined(one.objects, other.objects),
  };
}

function joined<T>(one: readonly T[], other: readonly T[]): readonly T[] {
  if (one.length === 0) return other;
  return other.length === 0 ? one : [...one, ...other];
}

function commonValues(one: readonly JsonValue[] | undefined, other: readonly JsonValue[] | undefined) {
  if (one === undefined || other === undefined) return one ?? other;
  // Objects and arrays are compared when the values are checked against all schemas.
  const isComposite = (value: JsonValue) => typeof value === 'object' && value !== null;
  const scalars = new Set(other.filter((value) => !isComposite(value)));
  const composites = other.some(isComposite);
  return one.filter((value) => (isComposite(value) ? composites : scalars.has(value)));
}

/** The bounds that all facets of a kind set together; those of no facet are 0 and Infinity. */
export function boundsOf(
  facets: readonly { kind: string; minimum?: number; maximum?: number }[],
  kind: 'length' | 'count',
): { minimum: number; maximum: number } {
  let [minimum, maximum] = [0, Number.POSITIVE_INFINITY];
  for (const facet of facets) {
    if (facet.kind !== kind) continue;
    minimum = Math.max(minimum, facet.minimum!);
    maximum = Math.min(maximum, facet.maximum!);
  }
  return { minimum, maximum };
}

/** Whether nothing but its types and its list of values matters for the scalars of a branch. */
export function isWithoutFacets({ excluded, numbers, strings, arrays, objects }: Branch): boolean {
  return excluded.length + numbers.length + strings.length + arrays.length + objects.length === 0;
}

/** Bits of a value's type. */
export function typeOf(value: JsonValue): number {
  switch (typeof value) {
    case 'string':
      return IS_STRING;
    case 'number':
      return Number.isInteger(value) ? IS_INTEGER : IS_FRACTION;
    case 'boolean':
      return value ? IS_TRUE : IS_FALSE;
    default:
      return value === null ? IS_NULL : Array.isArray(value) ? IS_ARRAY : IS_OBJECT;
  }
}
