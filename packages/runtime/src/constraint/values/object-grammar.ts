import type { Automaton, ShortestStart } from '../grammar/automaton.js';
import { EMPTY_TEXT, type ExpressionArena, NOTHING } from '../grammar/expression-arena.js';
import { hasBit } from './bit-sets.js';
import type { ObjectFacet } from './branch.js';
import type { KeyPlace } from './key-place.js';
import { ObjectLengths } from './object-lengths.js';
import { ObjectProgress, type Progress } from './object-progress.js';
import { ObjectProperties } from './object-properties.js';
import type { SchemaSetId } from './schema-sets.js';
import type { Values } from './values.js';

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const CLOSE = 0x7d;

/** Places that are not in a name. Those in one are nodes of the tree of names. */
const AFTER_OPEN = -1;
const BEFORE_KEY = -2;
const AFTER_VALUE = -3;
/** After the closing quote of an undeclared name of class c: AFTER_KEY - c. */
const AFTER_KEY = -4;

/** Above all numbers of names. */
const MAXIMUM_NAMES = 2 ** 22;

interface ObjectState {
  readonly progress: Progress;
  readonly place: number;
  /** The name that has been written, where it is an undeclared one; -1 while it is not known. */
  readonly name: number;
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
  private readonly properties: ObjectProperties;
  private readonly progress: ObjectProgress;
  private readonly lengths: ObjectLengths;
  private readonly nothingYet: Progress | undefined;
  private readonly states: ObjectState[] = [];
  /** By progress: the expressions of its states by place, and of those with a name. */
  private readonly expressions: Map<number, number>[] = [];
  private readonly namedExpressions: Map<number, number>[] = [];

  constructor(values: Values, facets: readonly ObjectFacet[]) {
    this.values = values;
    this.arena = values.arena;
    this.properties = new ObjectProperties(values, facets);
    this.progress = new ObjectProgress(this.properties);
    this.lengths = new ObjectLengths(this.properties, this.progress);
    this.nothingYet = this.progress.start();
    this.id = this.arena.addAutomaton(this);
  }

  /** Whether the automaton of an expression is one of an object. */
  static of(arena: ExpressionArena, expression: number): { object: ObjectGrammar; state: number } | undefined {
    const found = arena.automatonOf(expression);
    return found?.automaton instanceof ObjectGrammar ? { object: found.automaton, state: found.state } : undefined;
  }

  /** False where no object is possible at all. */
  get isPossible(): boolean {
    return this.nothingYet !== undefined;
  }

  start(): number {
    return this.nothingYet === undefined ? NOTHING : this.expression(this.nothingYet, AFTER_OPEN);
  }

  /** Bytes from after the opening brace; Infinity where no object is possible. */
  get shortest(): number {
    return this.nothingYet === undefined ? Number.POSITIVE_INFINITY : this.afterOpen(this.nothingYet);
  }

  /** What values of properties must be, of all that may be written. */
  valueSets(): SchemaSetId[] {
    return this.properties.valueSets();
  }

  /** True right after a name whose text the state does not know. */
  awaitsName(state: number): boolean {
    const { place, name } = this.states[state]!;
    return place <= AFTER_KEY && name < 0;
  }

  /** The same state once the name is known; NOTHING where it may not be this one. */
  named(state: number, text: string): number {
    const { progress, place } = this.states[state]!;
    const name = this.properties.learn(text, this.properties.classes[AFTER_KEY - place]!);
    return hasBit(this.progress.candidates(progress), name) ? this.expression(progress, place, name) : NOTHING;
  }

  private expression(progress: Progress, place: number, name = -1): number {
    const all = name < 0 ? this.expressions : this.namedExpressions;
    const ofProgress = (all[progress.id] ??= new Map());
    // A small number in any case, which maps are quickest with.
    const key = name < 0 ? place : (AFTER_KEY - place) * MAXIMUM_NAMES + name;
    let expression = ofProgress.get(key);
    if (expression === undefined) {
      expression = this.arena.automaton(this.id, this.states.push({ progress, place, name }) - 1);
      ofProgress.set(key, expression);
    }
    return expression;
  }

  isAlive(state: number): boolean {
    const { progress, place } = this.states[state]!;
    return place < 0 || this.hasCandidate(progress, place) || this.hasUndeclared(progress, place);
  }

  private hasCandidate(progress: Progress, node: number): boolean {
    const candidates = this.progress.candidates(progress);
    for (const name of this.properties.tree.node(node).below) if (hasBit(candidates, name)) return true;
    return false;
  }

  private hasUndeclared(progress: Progress, node: number): boolean {
    const { classes, undeclared } = this.properties;
    return classes.some((_, index) => this.progress.isClassFree(progress, index) && undeclared.isOpen(node, index));
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
        if (this.progress.canClose(progress)) row[CLOSE] = EMPTY_TEXT;
        const key = this.expression(progress, 0);
        if (key === NOTHING) return;
        if (place === AFTER_OPEN) row[QUOTE] = key;
        else row[COMMA] = this.arena.sequence(this.values.gap, this.expression(progress, BEFORE_KEY));
        return;
      }
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
    const { arena } = this;
    // First, as they join the tree.
    this.progress.spare(progress);
    const { children, name } = this.properties.tree.node(node);
    if (this.progress.isFree(progress)) this.copyRow(arena.alternation(this.undeclared(progress, node)), row);
    for (const [byte, child] of children) {
      row[byte] =
        row[byte] !== NOTHING || this.hasCandidate(progress, child) ? this.expression(progress, child) : NOTHING;
    }
    if (name < 0) return;
    row[QUOTE] = NOTHING;
    if (!hasBit(this.progress.candidates(progress), name)) return;
    const { set, obligations } = this.properties.names[name]!;
    const value = this.value(progress, set, obligations, name);
    row[QUOTE] = arena.sequence(this.values.pad, arena.bytes(COLON, COLON), this.values.gap, value);
  }

  private colon(state: number): number {
    return this.arena.sequence(this.arena.bytes(COLON, COLON), this.afterColon(state));
  }

  private afterColon(state: number): number {
    const { progress, place, name } = this.states[state]!;
    const { set, obligations } = this.properties.classes[AFTER_KEY - place]!;
    return this.arena.sequence(this.values.gap, this.value(progress, set, obligations, name));
  }

  /** A value and what follows it, for each choice of obligations that it meets. */
  private value(progress: Progress, set: SchemaSetId, obligations: number, name: number): number {
    const { arena, values } = this;
    const options: number[] = [];
    for (const way of this.properties.waysToMeet(set, obligations & ~progress.met)) {
      const after = this.progress.after(progress, name, way.met);
      if (after === undefined) continue;
      this.lengths.follow(progress, name, after);
      options.push(arena.sequence(values.expression(way.set), values.pad, this.expression(after, AFTER_VALUE)));
    }
    return arena.alternation(options);
  }

  /** Where a state is inside a name: what names may go on from there. Undefined elsewhere, and where only known ones may. */
  keyPlace(state: number): KeyPlace | undefined {
    const { progress, place } = this.states[state]!;
    if (place < 0 || !this.progress.isFree(progress)) return undefined;
    this.progress.spare(progress);
    const { children, name } = this.properties.tree.node(place);
    return { undeclared: this.undeclared(progress, place), bytes: children.keys(), isName: name >= 0 };
  }

  /** The undeclared names that may go on from a node, with their closing quotes. */
  private undeclared(progress: Progress, node: number): number[] {
    const options: number[] = [];
    for (let index = 0; index < this.properties.classes.length; index++) {
      const isFree = this.progress.isClassFree(progress, index);
      const rest = isFree ? this.properties.undeclared.rest(node, index) : NOTHING;
      if (rest === NOTHING) continue;
      const after = this.expression(progress, AFTER_KEY - index);
      options.push(this.arena.sequence(rest, this.arena.bytes(QUOTE, QUOTE), after));
    }
    return options;
  }

  isNullable(): boolean {
    return false;
  }

  minimumLength(state: number): number {
    const { progress, place, name } = this.states[state]!;
    if (place === AFTER_VALUE) return this.lengths.rest(progress);
    if (place === AFTER_OPEN) return this.afterOpen(progress);
    if (place === BEFORE_KEY) return 1 + this.lengths.name(progress, 0);
    if (place >= 0) return this.lengths.name(progress, place);
    const { set, obligations } = this.properties.classes[AFTER_KEY - place]!;
    return 1 + this.lengths.value(progress, name, set, obligations);
  }

  shortestStart(state: number): ShortestStart | undefined {
    const { progress, place } = this.states[state]!;
    if (place !== AFTER_VALUE && place !== AFTER_OPEN && place !== BEFORE_KEY) return undefined;
    if (place !== BEFORE_KEY && this.progress.canClose(progress)) return { bytes: '}', then: EMPTY_TEXT };
    const name = this.lengths.nextRequired(progress);
    if (name < 0) return undefined;
    const { set, obligations } = this.properties.names[name]!;
    const comma = place === AFTER_VALUE ? ',' : '';
    const bytes = `${comma}"${this.properties.tree.bytes[name]!}":`;
    return { bytes, then: this.value(progress, set, obligations, name) };
  }

  private afterOpen(progress: Progress): number {
    return this.lengths.rest(progress) - (this.progress.canClose(progress) ? 0 : 1);
  }
}
