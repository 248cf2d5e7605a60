import { NOTHING } from '../grammar/expression-arena.js';
import { ALL_TYPES, type SchemaNode } from '../schema/schema-node.js';
import { bodyBytes } from '../strings/json-string.js';
import { encodeUtf8 } from '../utf8.js';
import { ArrayGrammar } from './array-grammar.js';
import { schemasOfItem } from './array-items.js';
import { type ArrayFacet, type Branch, boundsOf, IS_ARRAY, IS_OBJECT, type ObjectFacet } from './branch.js';
import { ObjectGrammar } from './object-grammar.js';
import { schemasOfName } from './object-names.js';
import { ANY_SET, isNegated, NEVER_SET, nodeIndex, type SchemaSetId } from './schema-sets.js';
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
    // Not kept, as of thousands of properties most are.
    if (this.isObvious(set)) return true;
    const known = this.satisfiable.get(set);
    if (known !== undefined) return known;
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
    const { minimum, maximum } = boundsOf(facets, 'count');
    const required = requiredNames(facets);
    if (required.size > maximum || minimum > maximum) return Number.POSITIVE_INFINITY;
    const isExotic = minimum > required.size || facets.some(({ kind }) => kind === 'exists');
    if (isExotic) {
      // Made anew each time, as its lengths depend on the sets that are open.
      const object = new ObjectGrammar(this.grammar, facets);
      if (!object.isPossible) return Number.POSITIVE_INFINITY;
      return this.isQuick ? 1 : 1 + object.shortest;
    }
    let bytes = 2 + Math.max(0, required.size - 1);
    for (const name of required) {
      const written = bodyBytes(name);
      if (!this.grammar.arena.canWrite(written)) return Number.POSITIVE_INFINITY;
      bytes += written.length + 3 + this.visit(schemasOfName(this.grammar, facets, name));
      if (bytes === Number.POSITIVE_INFINITY) return bytes;
    }
    return bytes;
  }

  private arrayMinimum(facets: readonly ArrayFacet[]): number {
    const { minimum, maximum } = boundsOf(facets, 'length');
    if (minimum > maximum) return Number.POSITIVE_INFINITY;
    const isExotic = facets.some(
      ({ kind }) => kind === 'contains' || kind === 'exists' || (kind === 'unique' && minimum > 1),
    );
    if (isExotic) {
      const array = new ArrayGrammar(this.grammar, facets);
      if (!array.isPossible) return Number.POSITIVE_INFINITY;
      return this.isQuick ? 1 : 1 + array.shortest;
    }
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
    return bytes;
  }

  private isUniform(facets: readonly ArrayFacet[], index: number): boolean {
    return facets.every((facet) => facet.kind !== 'items' || index >= facet.prefix.length);
  }
}

/** Names that are required, and those that follow from them. */
function requiredNames(facets: readonly ObjectFacet[]): Set<string> {
  const required = new Set<string>();
  for (const facet of facets) if (facet.kind === 'required') for (const name of facet.names) required.add(name);
  for (let before = -1; before !== required.size; ) {
    before = required.size;
    for (const facet of facets) {
      if (facet.kind === 'implied' && required.has(facet.name)) for (const name of facet.names) required.add(name);
    }
  }
  return required;
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
