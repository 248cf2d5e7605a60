import { ConstraintError } from '../constraint-error.js';
import { type BitSet, bitsOf, bitsWhere, countBits, difference, hasBit, isEmpty, union, withBit } from './bit-sets.js';
import { boundsOf, type ObjectFacet } from './branch.js';
import { type KeyClass, keyClasses } from './key-classes.js';
import { KeyTree } from './key-tree.js';
import { listedTexts } from './listed-texts.js';
import { declaredNames, isInRegion, type Obligation, schemasOfName } from './object-names.js';
import type { SchemaSetId } from './schema-sets.js';
import { UndeclaredNames } from './undeclared-names.js';
import type { Values } from './values.js';

/** Most properties that `minProperties` may ask for besides those that are required. */
const MAXIMUM_COUNTED = 64;
/** Names of a class that are known one by one. */
const MAXIMUM_LISTED = 64;

/** What is known of a name. */
export interface PropertyName {
  /** What its value must be. */
  readonly set: SchemaSetId;
  /** False where it can have no value, or cannot be written. */
  isPossible: boolean;
  /** Bit i is set where it can meet obligation i. */
  readonly obligations: number;
  /** The class that it was learnt of; undefined for the names that are known from the start. */
  readonly learntOf: KeyClass | undefined;
}

/**
 * What the facets of an object say of its properties: by name for those that are declared, and for all others by class.
 * Names of classes become known when they are written (`learn`), so that none is written twice.
 */
export class ObjectProperties {
  readonly values: Values;
  readonly names: PropertyName[] = [];
  readonly tree = new KeyTree();
  readonly classes: readonly KeyClass[];
  readonly undeclared: UndeclaredNames;
  readonly obligations: readonly Obligation[];
  /** All obligations, as bits. */
  readonly allMet: number;
  /** Names that facets speak of come first. */
  readonly declaredCount: number;
  /** Then those of classes of few names; the others are learnt. */
  readonly listedCount: number;
  readonly isOrdered: boolean;
  /** Fewest properties, where it does not follow from what is required. */
  readonly minimum: number;
  readonly maximum: number;
  /** Names that may have a value. */
  possible: BitSet;
  /** Names that must be there. */
  readonly required: BitSet;
  /** By name: names that must be there with it, itself included; undefined where no name implies another. */
  readonly implied: readonly BitSet[] | undefined;
  private readonly indexes = new Map<string, number>();

  constructor(values: Values, facets: readonly ObjectFacet[]) {
    this.values = values;
    this.obligations = facets.filter((facet) => facet.kind === 'exists');
    this.allMet = 2 ** this.obligations.length - 1;
    const { minimum, maximum } = boundsOf(facets, 'count');
    this.maximum = maximum;
    const order = values.propertyOrder;
    this.isOrdered = order !== 'any';
    const declared = typeof order === 'string' ? declaredNames(facets) : inOrder(declaredNames(facets), order);
    for (const name of declared) this.addDeclared(facets, name);
    this.declaredCount = this.names.length;
    this.implied = this.findImplied(facets);
    this.required = this.findRequired(facets);
    const others = minimum - countBits(this.required);
    this.minimum = others <= 0 ? 0 : minimum;
    if (others > MAXIMUM_COUNTED) {
      const message = `more than ${MAXIMUM_COUNTED} properties that are not required (\`minProperties\`) are not supported`;
      throw new ConstraintError('constraint/too-large', message, { keyword: 'minProperties' });
    }
    this.classes = maximum === 0 ? [] : this.withoutListed(keyClasses(values, facets), facets);
    this.listedCount = this.names.length;
    this.possible = bitsWhere(this.names, ({ isPossible }) => isPossible);
    this.undeclared = new UndeclaredNames(values.arena, this.tree, this.classes);
  }

  /** Classes of few names become known names, so that it is seen when they run out. */
  private withoutListed(classes: KeyClass[], facets: readonly ObjectFacet[]): KeyClass[] {
    return classes.filter(({ body }) => {
      const names = listedTexts(this.values.arena, body, MAXIMUM_LISTED);
      for (const name of names ?? []) if (!this.indexes.has(name)) this.addDeclared(facets, name);
      return names === undefined;
    });
  }

  private addDeclared(facets: readonly ObjectFacet[], text: string): void {
    this.values.arena.spend(9);
    let obligations = 0;
    for (const [place, obligation] of this.obligations.entries()) {
      if (isInRegion(this.values, obligation, text)) obligations |= 1 << place;
    }
    this.add(text, { set: schemasOfName(this.values, facets, text), obligations });
  }

  /** The number of a name; -1 for one that is not known. */
  indexOf(text: string): number {
    return this.indexes.get(text) ?? -1;
  }

  /** The number of a name of a class, which is known from now on. */
  learn(text: string, keyClass: KeyClass): number {
    const known = this.indexes.get(text);
    if (known !== undefined) return known;
    for (const node of this.add(text, keyClass, keyClass)) this.undeclared.forget(node);
    const name = this.names.length - 1;
    if (this.names[name]!.isPossible) this.possible = withBit(this.possible, name);
    return name;
  }

  /** Returns the nodes of the tree on the way to the name. */
  private add(
    text: string,
    { set, obligations }: Pick<PropertyName, 'set' | 'obligations'>,
    learntOf?: KeyClass,
  ): readonly number[] {
    const { arena } = this.values;
    const index = this.names.length;
    arena.spend(1 + text.length / 32);
    const nodes = this.tree.insert(text);
    const isPossible = arena.canWrite(this.tree.bytes[index]!) && this.values.isSatisfiable(set);
    this.names.push({ set, isPossible, obligations, learntOf });
    this.indexes.set(text, index);
    return nodes;
  }

  /** Names that follow from others; a name that implies an impossible one is impossible itself. */
  private findImplied(facets: readonly ObjectFacet[]): readonly BitSet[] | undefined {
    const rules = facets.filter((facet) => facet.kind === 'implied');
    if (rules.length === 0) return undefined;
    const direct = new Map<number, number[]>();
    for (const { name, names } of rules) {
      const index = this.indexes.get(name)!;
      direct.set(index, [...(direct.get(index) ?? []), ...names.map((other) => this.indexes.get(other)!)]);
    }
    const none = new Uint32Array();
    const implied = this.names.map((_, index) =>
      direct.has(index) ? this.reached(index, direct) : withBit(none, index),
    );
    const possible = bitsWhere(this.names, ({ isPossible }) => isPossible);
    for (const [index, set] of implied.entries()) {
      if (!isEmpty(difference(set, possible))) this.names[index]!.isPossible = false;
    }
    return implied;
  }

  /** A name and all that follow from it. */
  private reached(name: number, direct: ReadonlyMap<number, readonly number[]>): BitSet {
    this.values.arena.spend(1 + this.names.length / 8);
    const found = new Uint32Array((this.names.length + 31) >>> 5);
    for (const waiting = [name]; waiting.length > 0; ) {
      const next = waiting.pop()!;
      if (hasBit(found, next)) continue;
      found[next >>> 5]! |= 1 << (next & 31);
      for (const other of direct.get(next) ?? []) waiting.push(other);
    }
    return found;
  }

  private findRequired(facets: readonly ObjectFacet[]): BitSet {
    const flags = new Uint8Array(this.names.length);
    for (const facet of facets) {
      if (facet.kind === 'required') for (const name of facet.names) flags[this.indexes.get(name)!] = 1;
    }
    let required = bitsWhere(flags, (flag) => flag === 1);
    if (this.implied !== undefined)
      for (const index of bitsOf(required)) required = union(required, this.implied[index]!);
    return required;
  }

  /**
   * The choices of obligations that a property may meet, of those that are open, with what its value must then be; a
   * choice comes before those that it is a part of.
   */
  *waysToMeet(set: SchemaSetId, open: number): Generator<{ met: number; set: SchemaSetId }> {
    for (let met = 0; ; met = (met - open) & open) {
      let narrowed = set;
      for (const [index, { schema }] of this.obligations.entries()) {
        if (((met >>> index) & 1) === 1) narrowed = this.values.sets.with(narrowed, schema);
      }
      if (this.values.isSatisfiable(narrowed)) yield { met, set: narrowed };
      if (met === open) return;
    }
  }

  /** What values of properties must be, of all that may be written. */
  valueSets(): SchemaSetId[] {
    const found = new Set<SchemaSetId>();
    const add = ({ set, obligations }: Pick<PropertyName, 'set' | 'obligations'>) => {
      found.add(set);
      for (const [index, { schema }] of this.obligations.entries()) {
        if (((obligations >>> index) & 1) === 1) found.add(this.values.sets.with(set, schema));
      }
    };
    for (const name of this.names) if (name.isPossible) add(name);
    for (const keyClass of this.classes) add(keyClass);
    return [...found];
  }
}

/** Those of the list first. */
function inOrder(names: readonly string[], order: readonly string[]): string[] {
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...names].sort((a, b) => rank(a) - rank(b));
}
