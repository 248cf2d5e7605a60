import type { Automaton, ShortestStart } from '../grammar/automaton.js';
import { EMPTY_TEXT, type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { literals } from '../grammar/literal-automaton.js';
import { encodeUtf8 } from '../utf8.js';
import { isContaining, looksAt, schemasOfItem } from './array-items.js';
import { type BitSet, bitsKey, countBits, hasBit, withBit } from './bit-sets.js';
import { type ArrayFacet, boundsOf } from './branch.js';
import { ANYTHING, NEVER, NEVER_SET, type SchemaSetId, type SignedSchema } from './schema-sets.js';
import type { Values } from './values.js';

const COMMA = 0x2c;
const CLOSE = 0x5d;

const AFTER_OPEN = 0;
const AFTER_VALUE = 1;

/** Items that `contains` counts one by one. */
const MAXIMUM_COUNTED = 256;

const NONE: BitSet = new Uint32Array();

type Contains = Extract<ArrayFacet, { kind: 'contains' | 'exists' }>;

interface ArrayState {
  place: typeof AFTER_OPEN | typeof AFTER_VALUE;
  /** Items so far; not counted beyond what matters. */
  count: number;
  /** By `contains` facet: items that satisfy it; not counted beyond what matters. */
  found: readonly number[];
  /** Of finitely many values those that are taken. */
  used: BitSet;
}

/** One way to write the next item: what it must be, and what that counts for. */
interface ItemChoice {
  set: SchemaSetId;
  found: readonly number[];
}

/**
 * The inside of a JSON array and its closing bracket. A state is the number of items so far, as far as it matters, what
 * `contains` has found, and which of finitely many values are taken, where each may come only once.
 */
export class ArrayGrammar implements Automaton {
  private readonly values: Values;
  private readonly arena: ExpressionArena;
  private readonly id: number;
  private readonly facets: readonly ArrayFacet[];
  private readonly contains: readonly Contains[];
  private readonly minimum: number;
  private readonly maximum: number;
  /** Items from here on are all alike. */
  private readonly uniform: number;
  /** With `uniqueItems` over finitely many values: their texts. */
  private readonly distinct: readonly string[] | undefined;
  /** The bytes of each of them, and their numbers by that, ascending. */
  private readonly sizes: readonly number[];
  private readonly bySize: readonly number[];
  private readonly states: ArrayState[] = [];
  private readonly stateIds = new Map<string, number>();
  private readonly choicesOf = new Map<number, readonly ItemChoice[]>();
  private readonly minima = new Map<number, number>();
  private readonly reachable = new Map<string, boolean>();

  constructor(values: Values, facets: readonly ArrayFacet[]) {
    this.values = values;
    this.arena = values.arena;
    this.facets = facets;
    const { minimum, maximum } = boundsOf(facets, 'length');
    let prefix = 0;
    const contains: Contains[] = [];
    let unique: Extract<ArrayFacet, { kind: 'unique' }> | undefined;
    const visit = (list: readonly ArrayFacet[]) => {
      for (const facet of list) {
        if (facet.kind === 'items') prefix = Math.max(prefix, facet.prefix.length);
        else if (facet.kind === 'unevaluated') visit(facet.covers);
      }
    };
    visit(facets);
    for (const facet of facets) {
      if (facet.kind === 'contains') {
        if (Math.max(facet.minimum, finite(facet.maximum)) <= MAXIMUM_COUNTED) contains.push(facet);
        else values.defer(facet.node, 'contains');
      } else if (facet.kind === 'exists') {
        contains.push(facet);
        prefix = Math.max(prefix, facet.from);
      } else if (facet.kind === 'unique') unique = facet;
    }
    for (const facet of minimum > MAXIMUM_COUNTED ? contains.splice(0) : []) {
      if (facet.kind === 'contains') values.defer(facet.node, 'contains');
    }
    this.contains = contains;
    this.uniform = prefix;
    this.minimum = minimum;
    const possible = this.firstImpossible(Math.min(maximum, prefix + 1));
    this.maximum = Math.min(maximum, possible ?? maximum);
    // Sorted, as they then need not be for every item.
    this.distinct = unique === undefined || this.maximum < 2 ? undefined : this.listed(unique)?.toSorted();
    const texts = this.distinct ?? [];
    this.sizes = texts.map((text) => encodeUtf8(text).length);
    this.bySize = [...texts.keys()].sort((one, other) => this.sizes[one]! - this.sizes[other]!);
    this.id = this.arena.addAutomaton(this);
  }

  /** The first position at which no item is possible; undefined where there is none. */
  private firstImpossible(end: number): number | undefined {
    for (let index = 0; index < end; index++) {
      if (!this.values.isSatisfiable(this.schemasAt(index))) return index;
    }
    return undefined;
  }

  private listed(unique: Extract<ArrayFacet, { kind: 'unique' }>): readonly string[] | undefined {
    if (this.contains.length === 0 && this.uniform === 0) {
      const texts = this.values.finiteValues(this.schemasAt(0));
      if (texts !== undefined) return texts;
    }
    this.values.defer(unique.node, 'uniqueItems');
    return undefined;
  }

  get isPossible(): boolean {
    if (this.minimum > this.maximum) return false;
    if (this.distinct !== undefined && this.distinct.length < this.minimum) return false;
    return this.canFinish(this.nothingYet);
  }

  private get nothingYet(): ArrayState {
    return { place: AFTER_OPEN, count: 0, found: this.contains.map(() => 0), used: NONE };
  }

  start(): number {
    return this.isPossible ? this.expression(this.nothingYet) : NOTHING;
  }

  /** What the item at a position must be, `contains` apart. */
  private schemasAt(index: number): SchemaSetId {
    return schemasOfItem(this.values.sets, this.facets, index);
  }

  private expression(state: ArrayState): number {
    return this.arena.automaton(this.id, this.state(state));
  }

  /** The number of a state. */
  private state(state: ArrayState): number {
    const bounded = this.maximum === Number.POSITIVE_INFINITY ? Math.max(this.minimum, this.uniform) : this.maximum;
    const count = Math.min(state.count, bounded);
    const found = state.found.map((value, index) => Math.min(value, this.most(index)));
    const key = `${state.place}:${count}:${found.join()}:${bitsKey(state.used)}`;
    let id = this.stateIds.get(key);
    if (id === undefined) {
      id = this.states.push({ ...state, count, found }) - 1;
      this.stateIds.set(key, id);
    }
    return id;
  }

  /** Found items of a facet above which it does not matter how many there are. */
  private most(index: number): number {
    const facet = this.contains[index]!;
    if (facet.kind === 'exists') return 1;
    return facet.maximum === Number.POSITIVE_INFINITY ? facet.minimum : facet.maximum;
  }

  private wanted(index: number): number {
    const facet = this.contains[index]!;
    return facet.kind === 'exists' ? 1 : facet.minimum;
  }

  private canClose({ count, found }: ArrayState): boolean {
    return count >= this.minimum && found.every((value, index) => value >= this.wanted(index));
  }

  /** Whether the array can be brought to an end. */
  private canFinish(state: ArrayState): boolean {
    const { count, found } = state;
    if (this.contains.length === 0) return this.distinct === undefined || this.hasEnough(state);
    if (this.canClose(state)) return true;
    const position = Math.min(count, Math.max(this.uniform, this.minimum));
    if (count >= this.maximum) return false;
    const key = `${this.maximum === Number.POSITIVE_INFINITY ? position : count}:${found.join()}`;
    const known = this.reachable.get(key);
    if (known !== undefined) return known;
    // Beyond the prefix every further item must bring something, or count towards the minimum.
    this.reachable.set(key, false);
    const result = this.choices(state).some((choice) => {
      const isProgress = count < this.minimum || count < this.uniform || choice.found.some((v, i) => v > found[i]!);
      return isProgress && this.canFinish({ ...state, place: AFTER_VALUE, count: count + 1, found: choice.found });
    });
    this.reachable.set(key, result);
    return result;
  }

  private hasEnough({ used }: ArrayState): boolean {
    const taken = countBits(used);
    return this.distinct!.length - taken >= Math.max(0, this.minimum - taken);
  }

  /** The ways to write the item at a state. */
  private choices({ count, found }: ArrayState): readonly ItemChoice[] {
    const position = Math.min(count, this.uniform);
    const key = this.contains.length === 0 ? position : -1;
    const known = this.choicesOf.get(key);
    if (known !== undefined) return known;
    const { sets } = this.values;
    let options: ItemChoice[] = [{ set: this.schemasAt(position), found }];
    for (const [index, facet] of this.contains.entries()) {
      if (facet.kind === 'exists' && count < facet.from) continue;
      options = options.flatMap(({ set, found: before }) => {
        const inside = { set: sets.with(set, facet.schema), found: before.map((v, i) => (i === index ? v + 1 : v)) };
        const isCounted = facet.kind === 'contains' && facet.maximum !== Number.POSITIVE_INFINITY;
        const outside = { set: isCounted ? sets.with(set, negated(facet.schema)) : set, found: before };
        if (before[index]! >= this.most(index)) return isCounted ? [outside] : [outside];
        return [inside, outside];
      });
    }
    options = this.unevaluated(position, options, found);
    const possible = options.filter(({ set }) => set !== NEVER_SET && this.values.isSatisfiable(set));
    if (key >= 0) this.choicesOf.set(key, possible);
    return possible;
  }

  /** Items that no `contains` finds must satisfy `unevaluatedItems`. */
  private unevaluated(position: number, options: ItemChoice[], before: readonly number[]): ItemChoice[] {
    const { sets } = this.values;
    for (const facet of this.facets) {
      if (facet.kind !== 'unevaluated' || facet.covers.some((cover) => looksAt(cover, position))) continue;
      const containing = facet.covers.filter(isContaining);
      if (containing.length === 0) continue;
      options = options.flatMap((option) => {
        const evaluated = containing.map(({ schema }) => ({ ...option, set: sets.with(option.set, schema) }));
        const isFound = this.contains.some((c, i) => option.found[i]! > before[i]! && containing.some((o) => o === c));
        return isFound ? [option] : [...evaluated, { ...option, set: sets.with(option.set, facet.schema) }];
      });
    }
    return options;
  }

  isAlive(state: number): boolean {
    return this.canFinish(this.states[state]!);
  }

  fillRow(id: number, row: Int32Array): void {
    const state = this.states[id]!;
    const { arena, values } = this;
    if (this.canClose(state)) row[CLOSE] = EMPTY_TEXT;
    const item = state.count < this.maximum ? this.item(state) : NOTHING;
    if (item === NOTHING) return;
    if (state.place === AFTER_VALUE) {
      row[COMMA] = arena.sequence(values.gap, item);
      return;
    }
    const offset = arena.rowOffset(item);
    for (let byte = 0; byte < 256; byte++) {
      const target = arena.rows[offset + byte]!;
      if (target !== NOTHING) row[byte] = target;
    }
  }

  /** An item and what follows it. */
  private item(state: ArrayState): number {
    const { arena, values } = this;
    const next = { ...state, place: AFTER_VALUE, count: state.count + 1 } as ArrayState;
    arena.spend(12);
    if (this.distinct !== undefined) return this.distinctItem(next, this.distinct);
    return arena.alternation(
      this.choices(state).map(({ set, found }) =>
        arena.sequence(values.expression(set), values.pad, this.expression({ ...next, found })),
      ),
    );
  }

  /** The same where each value may come only once. */
  private distinctItem(next: ArrayState, texts: readonly string[]): number {
    const { arena, values } = this;
    arena.spend(2 * texts.length);
    const lengths = this.lengthsLeft(next);
    const wanted = Math.max(0, this.minimum - next.count);
    const shortest = sum(lengths.slice(0, wanted));
    const branches = texts.flatMap((text, index) => {
      if (hasBit(next.used, index)) return [];
      const then = () => arena.sequence(values.pad, this.expression({ ...next, used: withBit(next.used, index) }));
      const own = this.sizes[index]!;
      // Where it is among the shortest, one more of the others is needed.
      const others = wanted > 0 && own <= lengths[wanted - 1]! ? shortest - own + lengths[wanted]! : shortest;
      return [{ text, then, rest: wanted === 0 ? 1 : 1 + others + wanted }];
    });
    return literals(arena, branches);
  }

  /** Bytes of the values that may still come, ascending. */
  private lengthsLeft({ used }: ArrayState): number[] {
    return this.bySize.filter((index) => !hasBit(used, index)).map((index) => this.sizes[index]!);
  }

  /** What items must be, of all that may be written. */
  valueSets(): SchemaSetId[] {
    const found = new Set<SchemaSetId>();
    for (let count = 0; count <= this.uniform && count < this.maximum; count++) {
      const state: ArrayState = { place: AFTER_VALUE, count, found: this.contains.map(() => 0), used: NONE };
      for (const { set } of this.choices(state)) found.add(set);
    }
    return [...found];
  }

  isNullable(): boolean {
    return false;
  }

  minimumLength(id: number): number {
    const known = this.minima.get(id);
    if (known !== undefined) return known;
    this.minima.set(id, Number.POSITIVE_INFINITY);
    const least = this.findMinimum(this.states[id]!);
    this.minima.set(id, least);
    return least;
  }

  shortestStart(id: number): ShortestStart {
    const state = this.states[id]!;
    if (this.canClose(state)) return { bytes: ']', then: EMPTY_TEXT };
    const [bytes, gap] = state.place === AFTER_VALUE ? [',', this.values.gap] : ['', EMPTY_TEXT];
    return { bytes, then: this.arena.sequence(gap, this.item(state)) };
  }

  private findMinimum(state: ArrayState): number {
    if (this.canClose(state)) return 1;
    const { count } = state;
    if (count >= this.maximum) return Number.POSITIVE_INFINITY;
    const comma = state.place === AFTER_VALUE ? 1 : 0;
    if (this.distinct !== undefined) {
      const wanted = this.minimum - count;
      const lengths = this.lengthsLeft(state);
      return lengths.length < wanted ? Number.POSITIVE_INFINITY : comma + sum(lengths.slice(0, wanted)) + wanted;
    }
    if (this.contains.length > 0) {
      let least = Number.POSITIVE_INFINITY;
      for (const { set, found } of this.choices(state)) {
        const after = this.state({ ...state, place: AFTER_VALUE, count: count + 1, found });
        least = Math.min(least, this.values.shortest(set) + this.minimumLength(after));
      }
      return comma + least;
    }
    let bytes = comma;
    for (let index = count; index < this.minimum; index++) {
      const item = 1 + this.values.shortest(this.schemasAt(index));
      if (index >= this.uniform) return bytes + (this.minimum - index) * item;
      bytes += item;
    }
    return bytes;
  }

  /** Bytes from after the opening bracket; Infinity where there is no such array. */
  get shortest(): number {
    if (!this.isPossible) return Number.POSITIVE_INFINITY;
    return this.minimumLength(this.state(this.nothingYet));
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

function finite(count: number): number {
  return count === Number.POSITIVE_INFINITY ? 0 : count;
}

function negated(schema: SignedSchema): SignedSchema {
  if (schema === ANYTHING) return NEVER;
  return schema === NEVER ? ANYTHING : schema ^ 1;
}
