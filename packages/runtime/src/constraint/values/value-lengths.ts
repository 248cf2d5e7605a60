import { NOTHING } from '../grammar/expression-arena.js';
import { ALL_TYPES, type SchemaNode } from '../schema/schema-node.js';
import { encodeUtf8 } from '../utf8.js';
import { schemasOfItem } from './array-items.js';
import { type ArrayFacet, type Branch, boundsOf, IS_ARRAY, IS_OBJECT, type ObjectFacet } from './branch.js';
import { ObjectGrammar } from './object-grammar.js';
import { schemasOfName } from './object-names.js';
import { ANY_SET, isNegated, NEVER_SET, nodeIndex, type SchemaSetId, signed } from './schema-sets.js';
import type { ValueGrammar } from './value-grammar.js';

/** Sets looked at for one answer; schemas that need more are taken to be satisfiable. */
const MAXIMUM_VISITS = 2000;

/**
 * Which sets can be satisfied at all, and with how few bytes: least fixpoints, as schemas may refer to themselves. What
 * was found while a set around it was still open, and depends on that, is not kept.
 */
export class ValueLengths {
  private readonly grammar: ValueGrammar;
  private readonly minima = new Map<SchemaSetId, number>();
  private readonly satisfiable = new Map<SchemaSetId, boolean>();
  private readonly open = new Map<SchemaSetId, number>();
  /** The outermost open set that the present answer depends on. */
  private lowest = Number.POSITIVE_INFINITY;
  private visits = 0;
  /** Only whether there is a value is asked, so the first that is found will do. */
  private isQuick = false;

  constructor(grammar: ValueGrammar) {
    this.grammar = grammar;
  }

  /** Whether any value satisfies the set. */
  isSatisfiable(set: SchemaSetId): boolean {
    if (set === ANY_SET) return true;
    if (set === NEVER_SET) return false;
    const known = this.satisfiable.get(set);
    if (known !== undefined) return known;
    if (this.isObvious(set)) {
      this.satisfiable.set(set, true);
      return true;
    }
    return this.asking(true, () => this.visit(set) < Number.POSITIVE_INFINITY);
  }

  /** Bytes of the shortest value of a set; Infinity where there is none. */
  minimum(set: SchemaSetId): number {
    return this.minima.get(set) ?? this.asking(false, () => this.visit(set));
  }

  /** Bytes of the shortest object or array of a branch. */
  container(branch: Branch, kind: 'object' | 'array'): number {
    return this.asking(false, () => this.containerMinimum(branch, kind));
  }

  isContainerPossible(branch: Branch, kind: 'object' | 'array'): boolean {
    return this.asking(true, () => this.containerMinimum(branch, kind) < Number.POSITIVE_INFINITY);
  }

  private asking<T>(isQuick: boolean, work: () => T): T {
    const before = this.isQuick;
    if (this.open.size === 0) {
      this.isQuick = isQuick;
      this.lowest = Number.POSITIVE_INFINITY;
      this.visits = 0;
    }
    try {
      return work();
    } finally {
      this.isQuick = before;
    }
  }

  private isObvious(set: SchemaSetId): boolean {
    const members = this.grammar.sets.members(set);
    if (members.length !== 1 || isNegated(members[0]!)) return false;
    return isObviouslySatisfiable(this.grammar.nodes[nodeIndex(members[0]!)]!);
  }

  private visit(set: SchemaSetId): number {
    if (set === NEVER_SET) return Number.POSITIVE_INFINITY;
    if (set === ANY_SET) return 1;
    const known = this.minima.get(set);
    if (known !== undefined) return known;
    if (this.isQuick) {
      const answer = this.satisfiable.get(set);
      if (answer !== undefined) return answer ? 1 : Number.POSITIVE_INFINITY;
    }
    const place = this.open.get(set);
    if (place !== undefined) {
      this.lowest = Math.min(this.lowest, place);
      return Number.POSITIVE_INFINITY;
    }
    if (++this.visits > MAXIMUM_VISITS) return 1;
    this.grammar.spend(1);
    const mine = this.open.size;
    const outer = this.lowest;
    this.lowest = Number.POSITIVE_INFINITY;
    this.open.set(set, mine);
    const least = this.evaluate(set);
    this.open.delete(set);
    const isCertain = this.lowest >= mine;
    if (this.isQuick) {
      if (isCertain || least < Number.POSITIVE_INFINITY) this.satisfiable.set(set, least < Number.POSITIVE_INFINITY);
    } else if (isCertain) this.minima.set(set, least);
    this.lowest = Math.min(outer, isCertain ? Number.POSITIVE_INFINITY : this.lowest);
    return least;
  }

  private evaluate(set: SchemaSetId): number {
    const { grammar } = this;
    let least = Number.POSITIVE_INFINITY;
    for (const branch of grammar.branches(set)) {
      if (branch.values !== undefined) {
        for (const value of grammar.validValues(set, branch)) {
          least = Math.min(least, encodeUtf8(JSON.stringify(value)).length);
        }
      } else {
        const scalar = grammar.scalar(branch);
        if (scalar !== NOTHING) least = Math.min(least, this.isQuick ? 1 : grammar.arena.minimumLength(scalar));
        if (this.isQuick && least < Number.POSITIVE_INFINITY) return least;
        if ((branch.types & IS_ARRAY) !== 0) least = Math.min(least, this.containerMinimum(branch, 'array'));
        if ((branch.types & IS_OBJECT) !== 0) least = Math.min(least, this.containerMinimum(branch, 'object'));
      }
      if (this.isQuick && least < Number.POSITIVE_INFINITY) return least;
    }
    return least;
  }

  private containerMinimum(branch: Branch, kind: 'object' | 'array'): number {
    return kind === 'object' ? this.objectMinimum(branch.objects) : this.arrayMinimum(branch.arrays);
  }

  private objectMinimum(facets: readonly ObjectFacet[]): number {
    const required = new Set<string>();
    const { minimum, maximum } = boundsOf(facets, 'count');
    for (const facet of facets) if (facet.kind === 'required') for (const name of facet.names) required.add(name);
    for (let before = -1; before !== required.size; ) {
      before = required.size;
      for (const facet of facets) {
        if (facet.kind === 'implied' && required.has(facet.name)) for (const name of facet.names) required.add(name);
      }
    }
    if (required.size > maximum || minimum > maximum) return Number.POSITIVE_INFINITY;
    // Whether there are enough names, and anything that meets an obligation, shows when the object is taken apart.
    const isExotic = minimum > required.size || facets.some(({ kind }) => kind === 'exists');
    if (isExotic && !new ObjectGrammar(this.grammar, facets).isPossible) {
      return Number.POSITIVE_INFINITY;
    }
    let bytes = 2 + Math.max(0, required.size - 1);
    for (const name of required) {
      if (!encodeUtf8(JSON.stringify(name)).every((byte) => this.grammar.arena.isUsable(byte))) {
        return Number.POSITIVE_INFINITY;
      }
      bytes += this.visit(schemasOfName(this.grammar, facets, name));
      if (bytes === Number.POSITIVE_INFINITY) return bytes;
      if (!this.isQuick) bytes += encodeUtf8(JSON.stringify(name)).length + 1;
    }
    if (this.isQuick) return bytes;
    for (const facet of facets) if (facet.kind === 'exists') bytes += 4 + this.obligationLength(facet);
    return bytes + Math.max(0, minimum - required.size) * this.undeclaredLength(facets, minimum);
  }

  /** Bytes of a name and a value that meet an obligation. May be more than the fewest, but not less. */
  private obligationLength({ region, schema }: Extract<ObjectFacet, { kind: 'exists' }>): number {
    const { grammar } = this;
    const value = this.visit(grammar.sets.single(schema));
    if (region.kind === 'additional') return value + 4;
    const body =
      region.kind === 'pattern'
        ? grammar.patternBody(region.pattern)
        : grammar.nameBody(signed(region.node, !region.negated));
    return value + (body === undefined ? 4 : grammar.arena.minimumLength(body));
  }

  /** Bytes of one of so many properties that are not required. May be more than the fewest, but not less. */
  private undeclaredLength(facets: readonly ObjectFacet[], count: number): number {
    const { grammar } = this;
    let longest = 1;
    let name = 2 + Math.ceil(count / 64);
    for (const facet of facets) {
      if (facet.kind === 'names') name += grammar.arena.minimumLength(grammar.nameBody(facet.schema));
      if (facet.kind !== 'declared') continue;
      const { properties, patternProperties = [], additionalProperties } = facet.node;
      for (const [text, schema] of properties ?? []) {
        name = Math.max(name, text.length * 3);
        longest = Math.max(longest, finiteOr(1, this.visit(grammar.sets.single(signed(schema)))));
      }
      for (const { pattern, schema } of patternProperties) {
        name += finiteOr(0, grammar.arena.minimumLength(grammar.patternBody(pattern) ?? NOTHING));
        longest = Math.max(longest, finiteOr(1, this.visit(grammar.sets.single(signed(schema)))));
      }
      if (additionalProperties === undefined) continue;
      longest = Math.max(longest, finiteOr(1, this.visit(grammar.sets.single(signed(additionalProperties)))));
    }
    return 4 + name + longest;
  }

  private arrayMinimum(facets: readonly ArrayFacet[]): number {
    const { minimum, maximum } = boundsOf(facets, 'length');
    if (minimum > maximum) return Number.POSITIVE_INFINITY;
    const { sets } = this.grammar;
    let bytes = 2 + Math.max(0, minimum - 1);
    for (let index = 0; index < minimum; index++) {
      const item = this.visit(schemasOfItem(sets, facets, index));
      if (item === Number.POSITIVE_INFINITY) return item;
      if (index > 64 && this.isUniform(facets, index)) {
        bytes += (minimum - index) * item;
        break;
      }
      bytes += item;
    }
    let commas = minimum === 0 ? -1 : 0;
    // At most so many more: one item may be what several facets look for.
    for (const facet of facets) {
      if (facet.kind !== 'contains' && facet.kind !== 'exists') continue;
      const count = facet.kind === 'contains' ? facet.minimum : 1;
      const place = facet.kind === 'exists' ? facet.from : Number.MAX_SAFE_INTEGER;
      if (count === 0) continue;
      bytes += count * (1 + this.visit(sets.with(schemasOfItem(sets, facets, place), facet.schema))) + commas;
      commas = 0;
    }
    return bytes;
  }

  private isUniform(facets: readonly ArrayFacet[], index: number): boolean {
    return facets.every((facet) => facet.kind !== 'items' || index >= facet.prefix.length);
  }
}

function finiteOr(other: number, bytes: number): number {
  return bytes === Number.POSITIVE_INFINITY ? other : bytes;
}

/** True for schemas that plainly let something through: a type, and no bounds that could exclude each other. */
function isObviouslySatisfiable(node: SchemaNode): boolean {
  if (node.never || node.enum !== undefined || node.const !== undefined) return false;
  const { ref, dynamicRef, allOf, anyOf, oneOf, not, dependentSchemas } = node;
  if (ref ?? dynamicRef ?? allOf ?? anyOf ?? oneOf ?? not ?? dependentSchemas ?? node.if) return false;
  if (node.types === ALL_TYPES) return true;
  if (node.pattern ?? node.format ?? node.multipleOf ?? node.grounded) return false;
  const { minimum, maximum, exclusiveMinimum, exclusiveMaximum, minLength, minItems, minProperties, contains } = node;
  if ((minimum ?? exclusiveMinimum) !== undefined && (maximum ?? exclusiveMaximum) !== undefined) return false;
  if ((minLength ?? minItems ?? minProperties ?? contains) !== undefined) return false;
  return node.required === undefined || node.required.length === 0;
}
