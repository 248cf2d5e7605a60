import { ConstraintError } from '../constraint-error.js';
import type { Automaton } from '../grammar/automaton.js';
import { EMPTY_TEXT, type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { decodeUtf8, encodeUtf8 } from '../utf8.js';
import { bitsOf, countBits, hasBit, wordsOf } from './bit-sets.js';
import { boundsOf, type ObjectFacet } from './branch.js';
import { type KeyClass, keyClasses } from './key-classes.js';
import type { KeyPlace } from './key-place.js';
import { KeyTree } from './key-tree.js';
import { listedTexts } from './listed-texts.js';
import { declaredNames, isInRegion, type Obligation, schemasOfName } from './object-names.js';
import { NEVER_SET, type SchemaSetId } from './schema-sets.js';
import type { Values } from './values.js';

/** Most properties that `minProperties` may ask for. */
const MAXIMUM_COUNTED = 1000;
/** Stands for a name that is not known. */
const UNKNOWN_NAME = '\0';
/** Names of a class that are listed one by one. */
const MAXIMUM_LISTED = 64;
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const CLOSE = 0x7d;

/** Places that are not in a name. Those in one are nodes of the key tree. */
const AFTER_OPEN = -1;
const BEFORE_KEY = -2;
const AFTER_VALUE = -3;
/** After a name that may not end yet, as the one before it is not known: nothing follows. */
const WALL = -4;
/** After the closing quote of an undeclared name of class c: AFTER_KEY - c. */
const AFTER_KEY = -5;

/** What an object has so far. */
interface Progress {
  readonly id: number;
  /** Bit i is set when name i is taken, or may not be written any more. */
  readonly used: bigint;
  /** Bit i is set when name i is there. */
  readonly written: bigint;
  readonly count: number;
  /** Bit i is set when obligation i is met. */
  readonly met: number;
  /** True after a name that is not known, as its token is only being tried: no further one may end. */
  readonly isBlind: boolean;
  /** States of the automaton with this progress. */
  readonly states: Map<number, number>;
  /** Names that may be written next: bit i of word i >>> 5. */
  candidates: Uint32Array | undefined;
  rest: number | undefined;
}

interface ObjectState {
  readonly progress: Progress;
  readonly place: number;
  /** The name that has been written, where it is an undeclared one; -1 while it is not known. */
  readonly name: number;
}

interface PropertyName {
  set: SchemaSetId;
  isRequired: boolean;
  /** False where it can have no value. */
  isPossible: boolean;
  obligations: number;
}

/**
 * The inside of a JSON object and its closing brace. A state is the set of names that are taken and the place in the
 * prefix tree of the names. Undeclared names become known to the tree when they have been written (`named`), so that
 * none is written twice.
 */
export class ObjectGrammar implements Automaton {
  private readonly values: Values;
  private readonly arena: ExpressionArena;
  private readonly id: number;
  private readonly names: PropertyName[] = [];
  private readonly texts: string[] = [];
  private readonly indexes = new Map<string, number>();
  private readonly tree = new KeyTree();
  private readonly classes: KeyClass[];
  private readonly obligations: Obligation[];
  private readonly declaredCount: number;
  private readonly isOrdered: boolean;
  /** True where no property depends on another, or on how many there are. */
  private readonly isSimple: boolean;
  private possible = 0n;
  private required = 0n;
  /** By name: names that must be there with it, itself included; undefined where no name implies another. */
  private readonly implied: bigint[] | undefined;
  private readonly minimum: number;
  private readonly maximum: number;
  private readonly progresses = new Map<string, Progress>();
  private readonly states: ObjectState[] = [];
  private readonly alive = new Map<number, boolean>();
  private readonly minima = new Map<number, number>();
  /** False where no object is possible at all. */
  readonly isPossible: boolean;

  constructor(values: Values, facets: readonly ObjectFacet[]) {
    this.values = values;
    this.arena = values.arena;
    this.obligations = facets.filter((facet) => facet.kind === 'exists');
    const { minimum, maximum } = boundsOf(facets, 'count');
    this.minimum = minimum;
    this.maximum = maximum;
    const order = values.propertyOrder;
    this.isOrdered = order !== 'any';
    const names = typeof order === 'string' ? declaredNames(facets) : inOrder(declaredNames(facets), order);
    if (minimum > MAXIMUM_COUNTED) {
      const message = `more than ${MAXIMUM_COUNTED} properties (\`minProperties\`) are not supported`;
      throw new ConstraintError('constraint/too-large', message, { keyword: 'minProperties' });
    }
    for (const name of names) this.addName(name, schemasOfName(values, facets, name));
    for (const facet of facets) {
      if (facet.kind !== 'required') continue;
      for (const name of facet.names) {
        const index = this.indexes.get(name)!;
        this.names[index]!.isRequired = true;
        this.required |= 1n << BigInt(index);
      }
    }
    this.declaredCount = this.names.length;
    this.implied = this.findImplied(facets);
    this.isSimple =
      this.implied === undefined &&
      this.obligations.length === 0 &&
      minimum === 0 &&
      maximum === Number.POSITIVE_INFINITY;
    this.classes = maximum === 0 ? [] : this.withoutListed(keyClasses(values, facets), facets);
    this.id = this.arena.addAutomaton(this);
    if (minimum > 0 || this.obligations.length > 0) this.arena.countsNames = true;
    this.isPossible = this.canBe();
  }

  /** Where names must be counted, classes of few names become known names. */
  private withoutListed(classes: KeyClass[], facets: readonly ObjectFacet[]): KeyClass[] {
    if (this.minimum === 0) return classes;
    return classes.filter(({ body }) => {
      const names = listedTexts(this.arena, body, MAXIMUM_LISTED);
      for (const name of names ?? []) {
        if (!this.indexes.has(name)) this.addName(name, schemasOfName(this.values, facets, name));
      }
      return names === undefined;
    });
  }

  /** The text of a name up to a state's place in it; undefined where it is not one of the known names. */
  prefix(state: number): string | undefined {
    const { place } = this.states[state]!;
    if (place < 0) return undefined;
    const { depth } = this.tree.nodes[place]!;
    const text = JSON.stringify(this.texts[this.firstBelow(place)] ?? '').slice(1, -1);
    return decodeUtf8(encodeUtf8(text).subarray(0, depth));
  }

  /** Whether the automaton of an expression is one of an object. */
  static of(arena: ExpressionArena, expression: number): { object: ObjectGrammar; state: number } | undefined {
    const found = arena.automatonOf(expression);
    return found?.automaton instanceof ObjectGrammar ? { object: found.automaton, state: found.state } : undefined;
  }

  start(): number {
    return this.isPossible ? this.expression(this.progress(0n, 0n, 0, 0, false), AFTER_OPEN) : NOTHING;
  }

  /** True right after a name whose text the state does not know. */
  awaitsName(state: number): boolean {
    const { place, name } = this.states[state]!;
    return place <= AFTER_KEY && name < 0;
  }

  /** The same state where a name that is not known is taken to be one that nobody writes. */
  settled(state: number): number {
    const { progress, place, name } = this.states[state]!;
    if (place <= AFTER_KEY && name < 0) return this.named(state, UNKNOWN_NAME);
    if (!progress.isBlind) return this.expression(progress, place, name);
    const unknown = this.indexes.get(UNKNOWN_NAME) ?? this.addName(UNKNOWN_NAME, NEVER_SET, 0);
    const bit = 1n << BigInt(unknown);
    const { used, written, count, met } = progress;
    return this.expression(this.progress(used | bit, written | bit, count, met, false), place, name);
  }

  /** The same state once the name is known. */
  named(state: number, text: string): number {
    const { progress, place } = this.states[state]!;
    const { set, obligations } = this.classes[AFTER_KEY - place]!;
    let name = this.indexes.get(text);
    if (name === undefined) {
      name = this.addName(text, set, obligations);
      for (const known of this.progresses.values()) known.candidates = undefined;
    }
    return this.expression(progress, place, name);
  }

  private addName(text: string, set: SchemaSetId, obligations?: number): number {
    const index = this.names.length;
    this.arena.spend(1 + text.length / 32);
    const bit = 1n << BigInt(index);
    const canBeWritten = encodeUtf8(JSON.stringify(text)).every((byte) => this.arena.isUsable(byte));
    const isPossible = canBeWritten && this.values.isSatisfiable(set);
    if (isPossible) this.possible |= bit;
    let met = obligations ?? 0;
    if (obligations === undefined) {
      for (const [place, obligation] of this.obligations.entries()) {
        if (isInRegion(this.values, obligation, text)) met |= 1 << place;
      }
    }
    this.names.push({ set, isRequired: false, isPossible, obligations: met });
    this.texts.push(text);
    this.indexes.set(text, index);
    this.tree.insert(text);
    this.minima.clear();
    this.alive.clear();
    return index;
  }

  /** Names that follow from others; a name that implies an impossible one is impossible itself. */
  private findImplied(facets: readonly ObjectFacet[]): bigint[] | undefined {
    const rules = facets.filter((facet) => facet.kind === 'implied');
    if (rules.length === 0) return undefined;
    const implied = this.names.map((_, index) => 1n << BigInt(index));
    for (const { name, names } of rules) {
      for (const other of names) implied[this.indexes.get(name)!]! |= 1n << BigInt(this.indexes.get(other)!);
    }
    for (let isChanged = true; isChanged; ) {
      isChanged = false;
      for (const [index, set] of implied.entries()) {
        let wider = set;
        for (const other of bitsOf(set)) wider |= implied[other]!;
        if (wider !== set) isChanged = true;
        implied[index] = wider;
      }
    }
    for (const [index, set] of implied.entries()) {
      if ((set & ~this.possible) !== 0n) {
        this.names[index]!.isPossible = false;
        this.possible &= ~(1n << BigInt(index));
      }
    }
    for (const index of bitsOf(this.required)) this.required |= implied[index]!;
    return implied;
  }

  private canBe(): boolean {
    if (this.minimum > this.maximum || (this.required & ~this.possible) !== 0n) return false;
    if (countBits(this.required) > this.maximum) return false;
    if (this.classes.length === 0 && countBits(this.possible) < this.minimum) return false;
    return this.obligations.every((_, index) => this.dischargers(index).length > 0);
  }

  /** Sets of values that meet an obligation, with the bytes of the shortest name for them. */
  private dischargers(index: number): { set: SchemaSetId; bytes: number }[] {
    const found: { set: SchemaSetId; bytes: number }[] = [];
    const add = (set: SchemaSetId, obligations: number, bytes: number) => {
      if (((obligations >>> index) & 1) === 0) return;
      const narrowed = this.values.sets.with(set, this.obligations[index]!.schema);
      if (this.values.isSatisfiable(narrowed)) found.push({ set: narrowed, bytes });
    };
    for (const [name, { set, obligations, isPossible }] of this.names.entries()) {
      if (isPossible) add(set, obligations, this.tree.lengths[name]!);
    }
    for (const { set, obligations, body } of this.classes) add(set, obligations, this.arena.minimumLength(body));
    return found;
  }

  private progress(used: bigint, written: bigint, count: number, met: number, isBlind: boolean): Progress {
    const counted = this.maximum === Number.POSITIVE_INFINITY ? Math.min(count, this.minimum) : count;
    const key = `${used.toString(32)}:${used === written ? '' : written.toString(32)}:${counted}:${met}${isBlind ? 'b' : ''}`;
    let progress = this.progresses.get(key);
    if (progress === undefined) {
      const id = this.progresses.size;
      this.arena.spend(1 + this.names.length / 64);
      progress = {
        id,
        used,
        written,
        count: counted,
        met,
        isBlind,
        states: new Map(),
        candidates: undefined,
        rest: undefined,
      };
      this.progresses.set(key, progress);
    }
    return progress;
  }

  private expression(progress: Progress, place: number, name = -1): number {
    const key = (place + 0x1000) * 0x1000000 + name + 1;
    let state = progress.states.get(key);
    if (state === undefined) {
      state = this.states.push({ progress, place, name }) - 1;
      progress.states.set(key, state);
    }
    return this.arena.automaton(this.id, state);
  }

  private missing({ written }: Pick<Progress, 'written'>): bigint {
    let wanted = this.required;
    if (this.implied !== undefined) {
      for (const index of bitsOf(written)) if (index < this.implied.length) wanted |= this.implied[index]!;
    }
    return wanted & ~written;
  }

  private candidates(progress: Progress): Uint32Array {
    progress.candidates ??= wordsOf(this.findCandidates(progress), this.names.length);
    return progress.candidates;
  }

  private hasCandidate(progress: Progress, node: number): boolean {
    const candidates = this.candidates(progress);
    for (const name of this.tree.nodes[node]!.below) if (hasBit(candidates, name)) return true;
    return false;
  }

  private findCandidates(progress: Progress): bigint {
    let open = this.possible & ~progress.used;
    if (this.isOrdered) {
      const missing = this.missing(progress) & ((1n << BigInt(this.declaredCount)) - 1n);
      if (missing !== 0n) open &= ((missing & -missing) << 1n) - 1n;
      for (const index of bitsOf(open)) if (!this.fitsOrder(progress, index)) open &= ~(1n << BigInt(index));
    }
    if (this.maximum === Number.POSITIVE_INFINITY) return open;
    const missing = this.missing(progress);
    for (const index of bitsOf(open)) {
      const needed = (missing | (this.implied?.[index] ?? 1n << BigInt(index))) & ~progress.written;
      const left = needed & ~(1n << BigInt(index));
      const { obligations } = this.names[index]!;
      if (!this.hasRoom(progress.count + 1, left, progress.met | obligations)) open &= ~(1n << BigInt(index));
    }
    return open;
  }

  /** Whether what a name implies, and as many as must be, can still come when those before it are passed over. */
  private fitsOrder({ written, count }: Progress, index: number): boolean {
    const before = (1n << BigInt(index)) - 1n;
    if (this.implied !== undefined && ((this.implied[index] ?? 0n) & before & ~written) !== 0n) return false;
    if (this.classes.length > 0 || count + 1 >= this.minimum) return true;
    const after = this.possible & ~(before | (1n << BigInt(index)));
    return count + 1 + countBits(after) >= this.minimum;
  }

  /** Whether undeclared names may come next. */
  private isFree(progress: Progress): boolean {
    if (this.classes.length === 0) return false;
    const missing = this.missing(progress);
    if (this.isOrdered && missing !== 0n) return false;
    return this.classes.some(({ obligations }) => this.isClassFree(progress, obligations));
  }

  private isClassFree(progress: Progress, obligations: number): boolean {
    if (this.maximum === Number.POSITIVE_INFINITY) return true;
    return this.hasRoom(progress.count + 1, this.missing(progress), progress.met | obligations);
  }

  /** Whether there is room for the rest after a property that takes a name and meets obligations. */
  private leavesRoom(progress: Progress, written: bigint, met: number): boolean {
    if (this.maximum === Number.POSITIVE_INFINITY) return true;
    return this.hasRoom(progress.count + 1, this.missing({ written }), progress.met | met);
  }

  /** Whether with so many properties there is room for those that are missing, and one more for unmet obligations. */
  private hasRoom(count: number, missing: bigint, met: number): boolean {
    let unmet = (2 ** this.obligations.length - 1) & ~met;
    for (const index of bitsOf(missing)) unmet &= ~this.names[index]!.obligations;
    return count + countBits(missing) + (unmet === 0 ? 0 : 1) <= this.maximum;
  }

  private canClose(progress: Progress): boolean {
    return (
      progress.count >= this.minimum &&
      progress.met === 2 ** this.obligations.length - 1 &&
      this.missing(progress) === 0n
    );
  }

  isAlive(state: number): boolean {
    const { progress, place } = this.states[state]!;
    return place < 0 || this.isNodeAlive(progress, place);
  }

  /** Whether a name that may be written goes through the node. */
  private isNodeAlive(progress: Progress, node: number): boolean {
    if (this.hasCandidate(progress, node)) return true;
    const { children, name } = this.tree.nodes[node]!;
    if (!this.isFree(progress)) return false;
    const key = progress.id * 0x1000000 + node;
    const known = this.alive.get(key);
    if (known !== undefined) return known;
    let found = false;
    for (let index = 0; index < this.classes.length && !found; index++) {
      const rest = this.free(node, index);
      if (rest === NOTHING) continue;
      if (children.size === 0 && name < 0) found = true;
      else if (name < 0 && this.arena.isNullable(rest)) found = !progress.isBlind;
      else {
        const offset = this.arena.rowOffset(rest);
        for (let byte = 0; byte < 256 && !found; byte++) {
          if (this.arena.rows[offset + byte] === NOTHING) continue;
          const child = children.get(byte);
          found = child === undefined || this.isNodeAlive(progress, child);
        }
      }
    }
    this.alive.set(key, found);
    return found;
  }

  /** What of a class's names may follow the bytes of a node. */
  private free(node: number, index: number): number {
    const { free } = this.tree.nodes[node]!;
    if (free[index] !== undefined) return free[index];
    if (node === 0) free[index] = this.classes[index]!.body;
    else this.findFree(node, index);
    return free[index]!;
  }

  private findFree(node: number, index: number): void {
    // Parents come before their children, and are filled on the way.
    const text = encodeUtf8(JSON.stringify(this.texts[this.firstBelow(node)]!).slice(1, -1));
    let place = 0;
    let rest = this.classes[index]!.body;
    for (let depth = 0; place !== node; depth++) {
      place = this.tree.nodes[place]!.children.get(text[depth]!)!;
      if (rest !== NOTHING) rest = this.arena.derivative(rest, text[depth]!);
      this.tree.nodes[place]!.free[index] = rest;
    }
  }

  private firstBelow(node: number): number {
    return this.tree.nodes[node]!.below[0]!;
  }

  fillRow(state: number, row: Int32Array): void {
    const { progress, place } = this.states[state]!;
    if (place <= AFTER_KEY) {
      if (this.values.pad === EMPTY_TEXT) row[COLON] = this.afterColon(state);
      else this.copyRow(this.arena.sequence(this.values.pad, this.colon(state)), row);
      return;
    }
    switch (place) {
      case AFTER_OPEN:
      case AFTER_VALUE: {
        if (this.canClose(progress)) row[CLOSE] = EMPTY_TEXT;
        const key = this.expression(progress, 0);
        if (key === NOTHING) return;
        if (place === AFTER_OPEN) row[QUOTE] = key;
        else row[COMMA] = this.arena.sequence(this.values.gap, this.expression(progress, BEFORE_KEY));
        return;
      }
      case WALL:
        return;
      case BEFORE_KEY:
        row[QUOTE] = this.expression(progress, 0);
        return;
      default:
        this.fillNameRow(progress, place, row);
    }
  }

  private copyRow(expression: number, row: Int32Array): void {
    if (expression === NOTHING) return;
    const offset = this.arena.rowOffset(expression);
    for (let byte = 0; byte < 256; byte++) row[byte] = this.arena.rows[offset + byte]!;
  }

  private fillNameRow(progress: Progress, node: number, row: Int32Array): void {
    const { children, name } = this.tree.nodes[node]!;
    const { arena } = this;
    if (this.isFree(progress)) this.copyRow(arena.alternation(this.undeclared(progress, node)), row);
    const candidates = this.candidates(progress);
    for (const [byte, child] of children) {
      row[byte] =
        row[byte] !== NOTHING || this.hasCandidate(progress, child) ? this.expression(progress, child) : NOTHING;
    }
    if (name < 0) return;
    row[QUOTE] = NOTHING;
    if (!hasBit(candidates, name)) return;
    const { set, obligations } = this.names[name]!;
    const value = this.value(progress, set, obligations, 1n << BigInt(name), false);
    row[QUOTE] = arena.sequence(this.values.pad, arena.bytes(COLON, COLON), this.values.gap, value);
  }

  private colon(state: number): number {
    return this.arena.sequence(this.arena.bytes(COLON, COLON), this.afterColon(state));
  }

  private afterColon(state: number): number {
    const { progress, place, name } = this.states[state]!;
    const { set, obligations } = this.classes[AFTER_KEY - place]!;
    const bit = name < 0 ? 0n : 1n << BigInt(name);
    return this.arena.sequence(this.values.gap, this.value(progress, set, obligations, bit, name < 0));
  }

  /** A value and what follows it, for each choice of obligations that it meets. */
  private value(progress: Progress, set: SchemaSetId, obligations: number, bit: bigint, isBlind: boolean): number {
    const { arena, values } = this;
    const written = progress.written | bit;
    let used = written | progress.used;
    if (this.isOrdered && bit !== 0n) used |= (bit << 1n) - 1n;
    const options: number[] = [];
    const open = obligations & ~progress.met;
    for (let chosen = open; ; chosen = (chosen - 1) & open) {
      let narrowed = set;
      for (const [index, { schema }] of this.obligations.entries()) {
        if (((chosen >>> index) & 1) === 1) narrowed = values.sets.with(narrowed, schema);
      }
      if (values.isSatisfiable(narrowed) && this.leavesRoom(progress, written, chosen)) {
        const after = this.progress(
          used,
          written,
          progress.count + 1,
          progress.met | chosen,
          isBlind || progress.isBlind,
        );
        if (this.isSimple && after.rest === undefined && progress.rest !== undefined) {
          after.rest = progress.rest - this.lengthOf(bit & this.missing(progress));
        }
        options.push(arena.sequence(values.expression(narrowed), values.pad, this.expression(after, AFTER_VALUE)));
      }
      if (chosen === 0) break;
    }
    return arena.alternation(options);
  }

  /** Where a state is inside a name: what names may go on from there. Undefined elsewhere, and where only known ones may. */
  keyPlace(state: number): KeyPlace | undefined {
    const { progress, place } = this.states[state]!;
    if (place < 0 || !this.isFree(progress)) return undefined;
    const { children, name } = this.tree.nodes[place]!;
    return { undeclared: this.undeclared(progress, place), bytes: children.keys(), isName: name >= 0 };
  }

  /** The undeclared names that may go on from a node, with their closing quotes. */
  private undeclared(progress: Progress, node: number): number[] {
    const options: number[] = [];
    for (let index = 0; index < this.classes.length; index++) {
      const rest = this.isClassFree(progress, this.classes[index]!.obligations) ? this.free(node, index) : NOTHING;
      if (rest === NOTHING) continue;
      const after = this.expression(progress, progress.isBlind ? WALL : AFTER_KEY - index);
      options.push(this.arena.sequence(rest, this.arena.bytes(QUOTE, QUOTE), after));
    }
    return options;
  }

  /** What values of properties must be, of all that may be written. */
  valueSets(): SchemaSetId[] {
    const found = new Set<SchemaSetId>();
    for (const { set, isPossible, obligations } of [
      ...this.names,
      ...this.classes.map((c) => ({ ...c, isPossible: true })),
    ]) {
      if (!isPossible) continue;
      found.add(set);
      for (const [index, { schema }] of this.obligations.entries()) {
        if (((obligations >>> index) & 1) === 1) found.add(this.values.sets.with(set, schema));
      }
    }
    return [...found];
  }

  isNullable(): boolean {
    return false;
  }

  /** Exact but where `minProperties` must be met by undeclared names: then at least what is needed. */
  minimumLength(state: number): number {
    const { progress, place } = this.states[state]!;
    if (place === AFTER_VALUE) return this.rest(progress);
    if (place === AFTER_OPEN) return this.rest(progress) - (this.canClose(progress) ? 0 : 1);
    if (place === WALL) return Number.POSITIVE_INFINITY;
    if (place === BEFORE_KEY) return 1 + this.nameMinimum(progress, 0);
    if (place >= 0) return this.nameMinimum(progress, place);
    return 1 + this.arena.minimumLength(this.afterColon(state));
  }

  /** Bytes from after a value to the closing brace. */
  private rest(progress: Progress): number {
    if (progress.rest !== undefined) return progress.rest;
    const missing = this.missing(progress);
    let bytes = 1 + this.lengthOf(missing);
    let count = progress.count + countBits(missing);
    for (const index of this.obligations.keys()) {
      if (((progress.met >>> index) & 1) === 1) continue;
      let least = Number.POSITIVE_INFINITY;
      for (const { set, bytes: length } of this.dischargers(index)) {
        least = Math.min(least, length + 4 + this.values.shortest(set));
      }
      bytes += least;
      count++;
    }
    if (count < this.minimum) bytes += this.fill(progress, missing, this.minimum - count);
    progress.rest = bytes;
    return bytes;
  }

  /** Bytes of the properties of these names, each with its comma. */
  private lengthOf(names: bigint): number {
    let bytes = 0;
    for (const index of bitsOf(names)) bytes += this.propertyLength(index);
    return bytes;
  }

  private propertyLength(index: number): number {
    return this.tree.lengths[index]! + 4 + this.values.shortest(this.names[index]!.set);
  }

  /** Bytes of so many further properties. */
  private fill(progress: Progress, missing: bigint, count: number): number {
    const costs: number[] = [];
    const impossible = this.names.filter(({ isPossible }) => !isPossible).length;
    const taken = countBits(progress.used >> BigInt(this.declaredCount)) + impossible;
    for (const index of bitsOf(this.findCandidates(progress) & ~missing)) costs.push(this.propertyLength(index));
    for (const { body, set } of this.classes) {
      const one = this.arena.minimumLength(body) + 4 + this.values.shortest(set);
      // Names grow as the short ones are used up.
      for (let index = taken; index < taken + count; index++) {
        costs.push(one + (index === 0 ? 0 : 1 + Math.ceil(index / 16)));
      }
    }
    costs.sort((a, b) => a - b);
    return costs.length < count ? Number.POSITIVE_INFINITY : costs.slice(0, count).reduce((a, b) => a + b, 0);
  }

  /** Bytes of the rest of a known name and of all that follows it. */
  private knownNameMinimum(progress: Progress, node: number, candidates: Uint32Array): number {
    const { depth, below } = this.tree.nodes[node]!;
    let least = Number.POSITIVE_INFINITY;
    for (const index of below) {
      if (!hasBit(candidates, index)) continue;
      const { set, obligations } = this.names[index]!;
      const after = this.value(progress, set, obligations, 1n << BigInt(index), false);
      least = Math.min(least, this.tree.lengths[index]! - depth + 2 + this.arena.minimumLength(after));
    }
    return least;
  }

  /** The same where properties do not depend on each other: a missing one costs the same whichever is written first. */
  private simpleNameMinimum(progress: Progress, node: number): number {
    const { depth, below } = this.tree.nodes[node]!;
    const candidates = this.candidates(progress);
    const rest = this.rest(progress);
    let least = Number.POSITIVE_INFINITY;
    for (const index of below) {
      if (!hasBit(candidates, index)) continue;
      const { isRequired, set } = this.names[index]!;
      if (isRequired) return rest - depth - 2;
      least = Math.min(least, this.tree.lengths[index]! - depth + 2 + this.values.shortest(set) + rest);
    }
    return least;
  }

  private nameMinimum(progress: Progress, node: number): number {
    const key = progress.id * 0x1000000 + node;
    const known = this.minima.get(key);
    if (known !== undefined) return known;
    this.minima.set(key, Number.POSITIVE_INFINITY);
    const { depth, children, name } = this.tree.nodes[node]!;
    let least = this.isSimple
      ? this.simpleNameMinimum(progress, node)
      : this.knownNameMinimum(progress, node, this.candidates(progress));
    if (this.isFree(progress) && !progress.isBlind) {
      for (const [index, { set, obligations }] of this.classes.entries()) {
        const rest = this.free(node, index);
        if (rest === NOTHING) continue;
        const after = 2 + this.arena.minimumLength(this.value(progress, set, obligations, 0n, true));
        if (name < 0 && this.arena.isNullable(rest)) least = Math.min(least, after);
        const offset = this.arena.rowOffset(rest);
        for (let byte = 0; byte < 256; byte++) {
          const target = this.arena.rows[offset + byte]!;
          if (target === NOTHING) continue;
          const child = children.get(byte);
          if (child === undefined) least = Math.min(least, 1 + this.arena.minimumLength(target) + after);
          else if (depth < 4) least = Math.min(least, 1 + this.nameMinimum(progress, child));
        }
      }
    }
    this.minima.set(key, least);
    return least;
  }
}

/** Those of the list first. */
function inOrder(names: readonly string[], order: readonly string[]): string[] {
  const rank = (name: string) => (order.includes(name) ? order.indexOf(name) : order.length);
  return [...names].sort((a, b) => rank(a) - rank(b));
}
