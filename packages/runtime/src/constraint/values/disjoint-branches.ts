import type { JsonValue } from '@tooltune/sdk';
import type { SchemaNode } from '../schema/schema-node.js';
import {
  type Branch,
  boundsOf,
  IS_ARRAY,
  IS_NUMBER,
  IS_OBJECT,
  IS_STRING,
  type ObjectFacet,
  typeOf,
} from './branch.js';
import type { ExpansionContext } from './expand-schema.js';
import { NEVER } from './schema-sets.js';

/** How deep properties are compared. */
const MAXIMUM_DEPTH = 3;

/** True where plainly no value is in both: by type, by finite values, or by a property that both know. */
export function areDisjoint(one: Branch, other: Branch, context: ExpansionContext): boolean {
  const types = one.types & other.types;
  if (types === 0) return true;
  if (one.values !== undefined || other.values !== undefined) return areFiniteDisjoint(one, other);
  if ((types & ~(IS_OBJECT | IS_NUMBER | IS_STRING | IS_ARRAY)) !== 0) return false;
  if ((types & IS_ARRAY) !== 0 && !areLengthsDisjoint(one.arrays, other.arrays)) return false;
  if ((types & IS_STRING) !== 0 && !areLengthsDisjoint(one.strings, other.strings)) return false;
  if ((types & IS_NUMBER) !== 0 && !areRangesDisjoint(one, other)) return false;
  if ((types & IS_OBJECT) === 0) return true;
  return areObjectsDisjoint(outlineOf(one.objects, context), outlineOf(other.objects, context), context, 0);
}

function areFiniteDisjoint(one: Branch, other: Branch): boolean {
  const [finite, rest] = one.values === undefined ? [other, one] : [one, other];
  const values = finite.values!;
  if (rest.values !== undefined) {
    const keys = new Set(rest.values.map((value) => JSON.stringify(value)));
    return values.every((value) => typeof value !== 'object' && !keys.has(JSON.stringify(value)));
  }
  return values.every((value) => (typeOf(value) & rest.types) === 0);
}

function areLengthsDisjoint(one: Branch['arrays'] | Branch['strings'], other: typeof one): boolean {
  const { minimum: least, maximum: most } = boundsOf(one, 'length');
  const { minimum: otherLeast, maximum: otherMost } = boundsOf(other, 'length');
  return most < otherLeast || otherMost < least;
}

function areRangesDisjoint(one: Branch, other: Branch): boolean {
  let low = Number.NEGATIVE_INFINITY;
  let high = Number.POSITIVE_INFINITY;
  let isOpen = false;
  for (const facet of [...one.numbers, ...other.numbers]) {
    const { minimum, exclusiveMinimum, maximum, exclusiveMaximum } = facet;
    low = Math.max(low, minimum ?? low, exclusiveMinimum ?? low);
    high = Math.min(high, maximum ?? high, exclusiveMaximum ?? high);
  }
  for (const { exclusiveMinimum, exclusiveMaximum } of [...one.numbers, ...other.numbers]) {
    isOpen ||= exclusiveMinimum === low || exclusiveMaximum === high;
  }
  return low > high || (low === high && isOpen);
}

function areObjectsDisjoint(
  one: ObjectOutline,
  other: ObjectOutline,
  context: ExpansionContext,
  depth: number,
): boolean {
  return isAtOdds(one, other, context, depth) || isAtOdds(other, one, context, depth);
}

/** Whether a property that the one needs cannot be as both want it. */
function isAtOdds(outline: ObjectOutline, others: ObjectOutline, context: ExpansionContext, depth: number): boolean {
  context.spend(0.05 * outline.required.size);
  for (const name of outline.required) {
    const mine = schemasOf(outline, name);
    const theirs = schemasOf(others, name);
    if (mine === undefined || theirs === undefined) return true;
    if (mine.some((left) => theirs.some((right) => areSchemasDisjoint(left, right, context, depth)))) return true;
  }
  return false;
}

/** What is easily seen of an object's properties. */
interface ObjectOutline {
  readonly required: ReadonlySet<string>;
  /** Names that must not be there. */
  readonly absent: ReadonlySet<string>;
  readonly declaring: readonly SchemaNode[];
}

const outlines = new WeakMap<readonly ObjectFacet[], ObjectOutline>();

function outlineOf(facets: readonly ObjectFacet[], context: ExpansionContext): ObjectOutline {
  let outline = outlines.get(facets);
  if (outline === undefined) {
    context.spend(0.1 * facets.length);
    const required = new Set<string>();
    const absent = new Set<string>();
    const declaring: SchemaNode[] = [];
    for (const facet of facets) {
      if (facet.kind === 'required') for (const name of facet.names) required.add(name);
      else if (facet.kind === 'property' && facet.schema === NEVER) absent.add(facet.name);
      else if (facet.kind === 'declared') declaring.push(facet.node);
    }
    outlines.set(facets, (outline = { required, absent, declaring }));
  }
  return outline;
}

/** Schemas of a property that are easily seen; undefined where it may not be there. */
function schemasOf({ absent, declaring }: ObjectOutline, name: string): readonly SchemaNode[] | undefined {
  if (absent.has(name)) return undefined;
  const schemas: SchemaNode[] = [];
  for (const { properties, patternProperties, additionalProperties } of declaring) {
    const declared = properties?.get(name);
    if (declared !== undefined) {
      if (declared.never) return undefined;
      schemas.push(declared);
    } else if (
      additionalProperties?.never === true &&
      !patternProperties?.some(({ pattern }) => pattern.expression.test(name))
    ) {
      return undefined;
    }
  }
  return schemas;
}

function areSchemasDisjoint(one: SchemaNode, other: SchemaNode, context: ExpansionContext, depth: number): boolean {
  context.spend(0.5);
  const left = resolved(one);
  const right = resolved(other);
  if ((left.types & right.types) === 0) return true;
  const [finite, rest] = finiteValues(left) === undefined ? [right, left] : [left, right];
  const values = finiteValues(finite);
  if (values !== undefined)
    return values.every((value) => !context.isValid(finite, value) || !context.isValid(rest, value));
  if (depth >= MAXIMUM_DEPTH || left.properties === undefined || right.properties === undefined) return false;
  const outline = (node: SchemaNode): ObjectOutline => ({
    required: new Set(node.required),
    absent: new Set(),
    declaring: [node],
  });
  return (
    isOnlyObject(left) && isOnlyObject(right) && areObjectsDisjoint(outline(left), outline(right), context, depth + 1)
  );
}

function isOnlyObject(node: SchemaNode): boolean {
  return node.types === 64;
}

function finiteValues(node: SchemaNode): readonly JsonValue[] | undefined {
  return node.const ?? node.enum;
}

function resolved(node: SchemaNode): SchemaNode {
  let found = node;
  for (let step = 0; step < 16 && found.ref !== undefined && isOnlyReference(found); step++) found = found.ref;
  return found;
}

function isOnlyReference(node: SchemaNode): boolean {
  return node.types === 127 && node.enum === undefined && node.const === undefined && node.properties === undefined;
}
