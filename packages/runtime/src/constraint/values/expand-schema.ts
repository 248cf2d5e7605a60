import type { JsonValue } from '@tooltune/sdk';
import { isJsonEqual } from '../schema/json-equality.js';
import { ARRAY, BOOLEAN, INTEGER, NULL, NUMBER, OBJECT, type SchemaNode, STRING } from '../schema/schema-node.js';
import {
  ANY_BRANCH,
  type ArrayFacet,
  type Branch,
  branchOf,
  hiddenBranch,
  IS_ANY,
  IS_ARRAY,
  IS_FALSE,
  IS_FRACTION,
  IS_INTEGER,
  IS_NULL,
  IS_NUMBER,
  IS_OBJECT,
  IS_STRING,
  IS_TRUE,
  isWithoutFacets,
  mergeBranches,
  type NumberFacet,
  type ObjectFacet,
  type StringFacet,
  typeOf,
} from './branch.js';
import { areDisjoint } from './disjoint-branches.js';
import { divideOptions } from './listed-options.js';
import { negateKeywords } from './negate-schema.js';
import {
  ANY_SET,
  ANYTHING,
  isNegated,
  NEVER_SET,
  nodeIndex,
  type SchemaSetId,
  type SchemaSets,
  signed,
} from './schema-sets.js';

/** Branches of one set above which a keyword is left to the check at the end. */
const MAXIMUM_BRANCHES = 128;
/** Branches that excluding the other options may add to one option of `oneOf`; all are walked at the same time. */
const MAXIMUM_NARROWED = 12;
/** `contains`, and properties or items that fail, of one branch. */
const MAXIMUM_OBLIGATIONS = 5;
/** Nested applicators without a value in between. */
const MAXIMUM_DEPTH = 200;

/** What expanding needs to know, and whom to tell. */
export interface ExpansionContext {
  readonly nodes: readonly SchemaNode[];
  readonly sets: SchemaSets;
  readonly formats: 'assert' | 'annotation';
  /** Counts work, about a microsecond each. @throws ConstraintError `constraint/too-large` */
  spend(units: number): void;
  /** A node that is valid for just this value. */
  constant(value: JsonValue): SchemaNode;
  /** A node that is valid for just these scalars. */
  listOf(values: readonly JsonValue[]): SchemaNode;
  /** True where the value satisfies the schema. */
  isValid(node: SchemaNode, value: JsonValue): boolean;
  /** The keyword is not enforced, or not wholly: it must be checked at the end. */
  defer(node: SchemaNode, keyword: string): void;
}

/**
 * Brings schemas into disjunctive normal form: the list of ways to satisfy one, or a set of them. `allOf` and `$ref` are
 * merged, `anyOf` and `if` become alternatives, `oneOf` excludes its other options unless they plainly exclude each
 * other, `not` is pushed down to the keywords. What would take too many branches is deferred.
 */
export class SchemaExpansion {
  readonly context: ExpansionContext;
  private readonly plain = new Map<number, readonly Branch[]>();
  private readonly annotated = new Map<number, readonly Branch[]>();
  private readonly negations = new Map<number, readonly Branch[] | undefined>();
  private readonly ofSets = new Map<SchemaSetId, readonly Branch[]>();
  private depth = 0;
  /** Expansions in which something was deferred, so that what looks at which items and properties is not known. */
  private readonly relaxed = new Set<readonly Branch[]>();
  private isRelaxed = false;

  constructor(context: ExpansionContext) {
    this.context = context;
  }

  /** The branches of a set of schemas. */
  set(id: SchemaSetId): readonly Branch[] {
    if (id === ANY_SET) return [ANY_BRANCH];
    if (id === NEVER_SET) return [];
    let branches = this.ofSets.get(id);
    if (branches !== undefined) return branches;
    branches = [ANY_BRANCH];
    for (const schema of this.context.sets.members(id)) {
      const node = this.context.nodes[nodeIndex(schema)]!;
      if (!isNegated(schema)) branches = this.both(branches, this.positive(node), node, 'allOf');
      else {
        const negation = this.negative(node);
        if (negation === undefined) this.defer(node, 'not');
        else branches = this.both(branches, negation, node, 'not');
      }
    }
    this.ofSets.set(id, branches);
    return branches;
  }

  /** The ways to satisfy a schema. */
  positive(node: SchemaNode, annotated = false): readonly Branch[] {
    if (node.never) return [];
    const memo = annotated ? this.annotated : this.plain;
    const known = memo.get(node.id);
    if (known !== undefined) {
      if (this.relaxed.has(known)) this.isRelaxed = true;
      return known;
    }
    const outer = this.isRelaxed;
    this.isRelaxed = false;
    // A schema that refers to itself at the same place adds nothing to itself.
    memo.set(node.id, [ANY_BRANCH]);
    const branches =
      this.depth > MAXIMUM_DEPTH ? this.given(node, '$ref') : this.descend(() => this.expand(node, annotated));
    memo.set(node.id, branches);
    if (this.isRelaxed) this.relaxed.add(branches);
    this.isRelaxed ||= outer;
    return branches;
  }

  private defer(node: SchemaNode, keyword: string): void {
    this.isRelaxed = true;
    this.context.defer(node, keyword);
  }

  /** The ways not to satisfy a schema; undefined where they cannot be told. */
  negative(node: SchemaNode): readonly Branch[] | undefined {
    if (node.never) return [ANY_BRANCH];
    if (this.negations.has(node.id)) return this.negations.get(node.id);
    this.negations.set(node.id, undefined);
    const branches = this.depth > MAXIMUM_DEPTH ? undefined : this.descend(() => negateKeywords(this, node));
    this.negations.set(node.id, branches);
    return branches;
  }

  /** Everything that satisfies both; where that takes too many branches, the keyword that asks for it is deferred. */
  both(one: readonly Branch[], other: readonly Branch[], node: SchemaNode, keyword: string): readonly Branch[] {
    if (one.length === 1 && one[0] === ANY_BRANCH) return other;
    if (other.length === 1 && other[0] === ANY_BRANCH) return one;
    const result = this.product(one, other);
    if (result !== undefined) return result;
    this.defer(node, keyword);
    return one.length <= other.length ? one : other;
  }

  /** Undefined where there are too many. */
  product(one: readonly Branch[], other: readonly Branch[]): readonly Branch[] | undefined {
    const result: Branch[] = [];
    for (const left of one) {
      for (const right of other) {
        this.context.spend(1 + (left.objects.length + right.objects.length) / 16);
        const merged = mergeBranches(left, right);
        if (merged === undefined) continue;
        if (isBeyondLimits(merged)) return undefined;
        if (one.length > 1 && other.length > 1 && areDisjoint(left, right, this.context)) continue;
        if (result.push(merged) > MAXIMUM_BRANCHES && one.length > 1 && other.length > 1) return undefined;
      }
    }
    return result;
  }

  private descend<T>(work: () => T): T {
    this.depth++;
    try {
      return work();
    } finally {
      this.depth--;
    }
  }

  private given(node: SchemaNode, keyword: string): readonly Branch[] {
    this.defer(node, keyword);
    return [ANY_BRANCH];
  }

  private expand(node: SchemaNode, outer: boolean): readonly Branch[] {
    const annotated = outer || node.unevaluatedProperties !== undefined || node.unevaluatedItems !== undefined;
    let branches: readonly Branch[] = [this.own(node)];
    const meet = (other: readonly Branch[], keyword: string) => {
      branches = this.both(branches, other, node, keyword);
    };
    if (node.ref !== undefined) meet(this.positive(node.ref, annotated), '$ref');
    if (node.dynamicRef !== undefined) meet(this.positive(node.dynamicRef, annotated), '$dynamicRef');
    for (const schema of node.allOf ?? []) meet(this.positive(schema, annotated), 'allOf');
    if (node.anyOf !== undefined) meet(this.anyOf(node, node.anyOf, annotated), 'anyOf');
    if (node.oneOf !== undefined) branches = this.oneOf(node, node.oneOf, annotated, branches);
    if (node.not !== undefined) {
      const negation = this.negative(node.not);
      if (negation === undefined) this.defer(node, 'not');
      else meet(annotated ? negation.map(hiddenBranch) : negation, 'not');
    }
    if (node.if !== undefined && (node.then !== undefined || node.else !== undefined || annotated)) {
      meet(this.conditional(node, node.if, annotated), 'if');
    }
    for (const [name, schema] of node.dependentSchemas ?? []) {
      const absent = branchOf(IS_ANY, { objects: [{ kind: 'property', name, schema: 1 }] });
      const present = branchOf(IS_OBJECT, { objects: [{ kind: 'required', names: [name] }] });
      const applied = this.both([present], this.positive(schema, annotated), node, 'dependentSchemas');
      meet([absent, ...applied], 'dependentSchemas');
    }
    if (!annotated) return branches;
    const { unevaluatedProperties, unevaluatedItems } = node;
    if (this.isRelaxed) {
      if (unevaluatedProperties !== undefined) this.defer(node, 'unevaluatedProperties');
      if (unevaluatedItems !== undefined) this.defer(node, 'unevaluatedItems');
      return branches;
    }
    return branches.map((branch) => {
      const objects: readonly ObjectFacet[] =
        unevaluatedProperties === undefined
          ? branch.objects
          : [...branch.objects, { kind: 'unevaluated', covers: branch.objects, schema: signed(unevaluatedProperties) }];
      const arrays: readonly ArrayFacet[] =
        unevaluatedItems === undefined
          ? branch.arrays
          : [...branch.arrays, { kind: 'unevaluated', covers: branch.arrays, schema: signed(unevaluatedItems) }];
      return { ...branch, objects, arrays };
    });
  }

  /**
   * The options; where it matters which of them are satisfied (`unevaluatedProperties`), every choice of some of them.
   */
  private anyOf(node: SchemaNode, options: readonly SchemaNode[], annotated: boolean): readonly Branch[] {
    const { others, listed } = divideOptions(options, listedValues);
    const lists = others.map((option) => this.positive(option, annotated));
    if (listed.length > 0) lists.push([listBranch(listed)]);
    const single = [...new Set(lists.flat())];
    this.context.spend(single.length * 0.2);
    if (!annotated) return single.includes(ANY_BRANCH) ? [ANY_BRANCH] : single;
    const branches = [...single];
    let chosen: readonly Branch[][] = lists.map((list) => [...list]);
    for (let size = 2; size <= lists.length; size++) {
      const next: Branch[][] = [];
      for (const [index, list] of lists.entries()) {
        const wider = this.product(list, chosen.slice(index + 1).flat());
        if (wider === undefined || branches.length > MAXIMUM_BRANCHES) {
          this.defer(node, 'anyOf');
          return [ANY_BRANCH];
        }
        next.push([...wider]);
        branches.push(...wider);
      }
      chosen = next;
    }
    return branches;
  }

  /** Exactly one of the options, and what the schema around them asks for: that often tells options apart. */
  private oneOf(
    node: SchemaNode,
    options: readonly SchemaNode[],
    annotated: boolean,
    around: readonly Branch[],
  ): readonly Branch[] {
    const { others, listed, repeated: listedTwice } = divideOptions(options, listedValues);
    const alternatives = [...others];
    const lists = others.map((option) => this.both(around, this.positive(option, annotated), node, 'oneOf'));
    if (listed.length > 0) {
      alternatives.push(this.context.listOf(listed));
      const once = listBranch(listed.filter((value) => !listedTwice.has(value)));
      lists.push(this.both(around, [once], node, 'oneOf'));
    }
    const result: Branch[] = [];
    const finite = lists.map(scalarsOf);
    const repeated = repeatedKeys(finite);
    for (const value of listedTwice) repeated.add(JSON.stringify(value));
    const all = lists.map((_, index) => index);
    const endless = all.filter((index) => finite[index] === undefined);
    for (const [index, list] of lists.entries()) {
      const isUnique = finite[index] === undefined || repeated.size === 0;
      let branches: readonly Branch[] = isUnique ? list : list.map((branch) => without(branch, repeated));
      let exclusions = 0;
      for (const other of finite[index] === undefined ? all : endless) {
        if (other === index) continue;
        const otherList = lists[other]!;
        this.context.spend(branches.length * otherList.length);
        const overlapping = branches.some((one) => otherList.some((two) => !areDisjoint(one, two, this.context)));
        if (!overlapping) continue;
        const negation = this.negative(alternatives[other]!);
        const excluded = annotated ? negation?.map(hiddenBranch) : negation;
        const narrowed = excluded && this.product(branches, excluded);
        if (
          narrowed === undefined ||
          narrowed.length > list.length + MAXIMUM_NARROWED ||
          ++exclusions > MAXIMUM_NARROWED
        ) {
          this.defer(node, 'oneOf');
          return lists.flat();
        }
        branches = narrowed;
      }
      for (const branch of branches) result.push(branch);
    }
    return result;
  }

  private conditional(node: SchemaNode, condition: SchemaNode, annotated: boolean): readonly Branch[] {
    const whenTrue = this.positive(condition, annotated);
    const then = node.then === undefined ? [ANY_BRANCH] : this.positive(node.then, annotated);
    const otherwise = node.else === undefined ? [ANY_BRANCH] : this.positive(node.else, annotated);
    const failing = this.negative(condition);
    const negation = annotated ? failing?.map(hiddenBranch) : failing;
    const consequence = this.product(whenTrue, then);
    const alternative = negation && this.product(negation, otherwise);
    if (consequence === undefined || alternative === undefined) return this.given(node, 'if');
    return [...consequence, ...alternative];
  }

  /** The branch of the keywords that stand in the schema itself. */
  private own(node: SchemaNode): Branch {
    const types = typesOf(node.types);
    const values = ownValues(node);
    const parts: Partial<Branch> = {
      numbers: (types & IS_NUMBER) === 0 ? undefined : ownNumbers(node),
      strings: (types & IS_STRING) === 0 ? undefined : this.ownStrings(node),
      arrays: (types & IS_ARRAY) === 0 ? undefined : ownArrays(node),
      objects: (types & IS_OBJECT) === 0 ? undefined : ownObjects(node),
    } as Partial<Branch>;
    if (values !== undefined) {
      return branchOf(types, { ...parts, values: values.filter((value) => (typeOf(value) & types) !== 0) });
    }
    if (types === IS_ANY && !parts.numbers && !parts.strings && !parts.arrays && !parts.objects) return ANY_BRANCH;
    return branchOf(types, parts);
  }

  private ownStrings(node: SchemaNode): StringFacet[] | undefined {
    const { minLength, maxLength, pattern, format, grounded } = node;
    const facets: StringFacet[] = [];
    if (minLength !== undefined || maxLength !== undefined) {
      facets.push({ kind: 'length', minimum: minLength ?? 0, maximum: maxLength ?? Number.POSITIVE_INFINITY });
    }
    if (pattern !== undefined) facets.push({ kind: 'pattern', pattern, node, negated: false });
    if (format !== undefined && (node.formatAsserted || this.context.formats === 'assert')) {
      facets.push({ kind: 'format', format, node, negated: false });
    }
    if (grounded !== undefined) facets.push({ kind: 'grounded', mode: grounded });
    return facets.length === 0 ? undefined : facets;
  }
}

/** The values of a schema that only lists some. */
function listedValues(node: SchemaNode): readonly JsonValue[] {
  const types = typesOf(node.types);
  const values = ownValues(node)!;
  return types === IS_ANY ? values : values.filter((value) => (typeOf(value) & types) !== 0);
}

function listBranch(values: readonly JsonValue[]): Branch {
  return branchOf(IS_ANY, { values });
}

/** The values of branches of finitely many scalars, as JSON; undefined for others, and where something else decides too. */
function scalarsOf(branches: readonly Branch[]): string[] | undefined {
  const keys: string[] = [];
  for (const branch of branches) {
    const { values } = branch;
    if (values === undefined || !isWithoutFacets(branch)) return undefined;
    for (const value of values) {
      if (typeof value === 'object' && value !== null) return undefined;
      keys.push(JSON.stringify(value));
    }
  }
  return keys;
}

/** Values of more than one list. */
function repeatedKeys(lists: readonly (readonly string[] | undefined)[]): Set<string> {
  const owners = new Map<string, number>();
  const repeated = new Set<string>();
  for (const [index, keys] of lists.entries()) {
    for (const key of keys ?? []) {
      if ((owners.get(key) ?? index) !== index) repeated.add(key);
      owners.set(key, index);
    }
  }
  return repeated;
}

function without(branch: Branch, keys: ReadonlySet<string>): Branch {
  return { ...branch, values: branch.values!.filter((value) => !keys.has(JSON.stringify(value))) };
}

/** More obligations than an object or array keeps account of. */
function isBeyondLimits({ objects, arrays }: Branch): boolean {
  const isObligation = ({ kind }: { kind: string }) => kind === 'exists' || kind === 'contains';
  return (
    (objects.length > MAXIMUM_OBLIGATIONS && objects.filter(isObligation).length > MAXIMUM_OBLIGATIONS) ||
    (arrays.length > MAXIMUM_OBLIGATIONS && arrays.filter(isObligation).length > MAXIMUM_OBLIGATIONS)
  );
}

/** Bits of a branch for those of a schema. */
export function typesOf(types: number): number {
  let bits = 0;
  if ((types & NULL) !== 0) bits |= IS_NULL;
  if ((types & BOOLEAN) !== 0) bits |= IS_TRUE | IS_FALSE;
  if ((types & NUMBER) !== 0) bits |= IS_INTEGER | IS_FRACTION;
  else if ((types & INTEGER) !== 0) bits |= IS_INTEGER;
  if ((types & STRING) !== 0) bits |= IS_STRING;
  if ((types & ARRAY) !== 0) bits |= IS_ARRAY;
  if ((types & OBJECT) !== 0) bits |= IS_OBJECT;
  return bits;
}

/** The values of `const` and `enum` together. */
function ownValues({ const: only, enum: list }: SchemaNode): readonly JsonValue[] | undefined {
  if (only === undefined || list === undefined) return only ?? list;
  return only.filter((value) => list.some((entry) => isJsonEqual(entry, value)));
}

function ownNumbers(node: SchemaNode): NumberFacet[] | undefined {
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf } = node;
  if (minimum === undefined && maximum === undefined && multipleOf === undefined) {
    if (exclusiveMinimum === undefined && exclusiveMaximum === undefined) return undefined;
  }
  return [{ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, node }];
}

function ownArrays(node: SchemaNode): ArrayFacet[] | undefined {
  const { prefixItems, items, minItems, maxItems, contains, uniqueItems } = node;
  const facets: ArrayFacet[] = [];
  if (prefixItems !== undefined || items !== undefined) {
    const prefix = (prefixItems ?? []).map((schema) => signed(schema));
    facets.push({ kind: 'items', prefix, rest: items === undefined ? ANYTHING : signed(items) });
  }
  if (minItems !== undefined || maxItems !== undefined) {
    facets.push({ kind: 'length', minimum: minItems ?? 0, maximum: maxItems ?? Number.POSITIVE_INFINITY });
  }
  if (contains !== undefined) {
    const maximum = node.maxContains ?? Number.POSITIVE_INFINITY;
    facets.push({ kind: 'contains', schema: signed(contains), minimum: node.minContains ?? 1, maximum, node });
  }
  if (uniqueItems) facets.push({ kind: 'unique', node });
  return facets.length === 0 ? undefined : facets;
}

function ownObjects(node: SchemaNode): ObjectFacet[] | undefined {
  const { properties, patternProperties, additionalProperties, required, minProperties, maxProperties } = node;
  const facets: ObjectFacet[] = [];
  if (properties !== undefined || patternProperties !== undefined || additionalProperties !== undefined) {
    facets.push({ kind: 'declared', node });
  }
  if (required !== undefined && required.length > 0) facets.push({ kind: 'required', names: required });
  if (minProperties !== undefined || maxProperties !== undefined) {
    facets.push({ kind: 'count', minimum: minProperties ?? 0, maximum: maxProperties ?? Number.POSITIVE_INFINITY });
  }
  if (node.propertyNames !== undefined) {
    facets.push({ kind: 'names', schema: signed(node.propertyNames), node: node.propertyNames, negated: false });
  }
  for (const [name, names] of node.dependentRequired ?? []) facets.push({ kind: 'implied', name, names });
  return facets.length === 0 ? undefined : facets;
}
