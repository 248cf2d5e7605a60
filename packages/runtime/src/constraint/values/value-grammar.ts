import type { JsonValue } from '@tooltune/sdk';
import type { Automaton } from '../grammar/automaton.js';
import { EMPTY_TEXT, type ExpressionArena, NOTHING, UNBOUNDED } from '../grammar/expression-arena.js';
import { literal, literals } from '../grammar/literal-automaton.js';
import { jsonNumber } from '../numbers/json-number.js';
import { isValid } from '../schema/evaluate-schema.js';
import type { LoadedSchema, SchemaNode, SchemaPattern } from '../schema/schema-node.js';
import { ArrayGrammar } from './array-grammar.js';
import {
  type Branch,
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
  typeOf,
} from './branch.js';
import { addConstantNode, addListNode } from './constant-node.js';
import { type ExpansionContext, SchemaExpansion } from './expand-schema.js';
import { impossiblePart } from './impossible-part.js';
import { numberConstraints } from './number-values.js';
import { ObjectGrammar } from './object-grammar.js';
import {
  isNegated,
  NEVER_SET,
  nodeIndex,
  type SchemaSetId,
  SchemaSets,
  type SignedSchema,
  signed,
} from './schema-sets.js';
import { regularBody, type StringContext, stringBody, stringValue } from './string-values.js';
import { ValueLengths } from './value-lengths.js';
import type { PropertyOrder, Values } from './values.js';

/** White space that may be written: none, one space after commas and colons, or up to so many characters anywhere. */
export type Whitespace = 'none' | 'single' | { maximum: number };

/** How values are written. */
export interface ValueOptions {
  propertyOrder: PropertyOrder;
  isClosed: boolean;
  whitespace: Whitespace;
  /** Most code points of a string that has no `maxLength`; UNBOUNDED for no bound. */
  maximumStringLength: number;
  formats: 'assert' | 'annotation';
  groundingTexts: readonly string[];
  /** Whether numbers may be written with an exponent. */
  exponents: boolean;
}

/** A keyword that is left to the check at the end. */
export interface DeferredKeyword {
  node: SchemaNode;
  keyword: string;
}

/** Most values of a range of integers that are listed one by one. */
const MAXIMUM_LISTED = 256;
/** Sets that are taken apart to find out which keywords are deferred. */
const MAXIMUM_EXPLORED = 20_000;

/** Objects and arrays of an enum that may be written in any order; where there are more it is that of the enum. */
const MAXIMUM_COMPOSITES = 32;

interface Container {
  branch: Branch;
  kind: 'object' | 'array';
  grammar: ObjectGrammar | ArrayGrammar | undefined;
}

/**
 * The values that sets of schemas allow, as expressions over the bytes of JSON. Objects and arrays are taken apart only
 * when a walk comes to them, so schemas may be recursive, and what is not written costs nothing.
 */
export class ValueGrammar implements Values, Automaton, ExpansionContext, StringContext {
  readonly arena: ExpressionArena;
  readonly sets = new SchemaSets();
  readonly nodes: SchemaNode[];
  readonly propertyOrder: PropertyOrder;
  readonly isClosed: boolean;
  readonly formats: 'assert' | 'annotation';
  readonly maximumLength: number;
  private readonly exponents: boolean;
  readonly groundingTexts: readonly string[];
  readonly gap: number;
  readonly pad: number;
  /** Keywords that were found not to be enforced, so far. */
  readonly deferred: DeferredKeyword[] = [];
  private readonly deferredKeys = new Set<string>();
  private readonly expansion = new SchemaExpansion(this);
  private readonly lengths = new ValueLengths(this);
  private readonly id: number;
  private readonly expressions: (number | undefined)[] = [];
  private readonly containers: Container[] = [];
  private readonly containerIds = new Map<Branch, number>();
  private readonly constants = new Map<JsonValue, SchemaNode>();
  private readonly scalars = new Map<Branch, number>();

  constructor(arena: ExpressionArena, loaded: LoadedSchema, options: ValueOptions) {
    this.arena = arena;
    this.nodes = [...loaded.nodes];
    this.propertyOrder = options.propertyOrder;
    this.isClosed = options.isClosed;
    this.formats = options.formats;
    this.maximumLength = options.maximumStringLength;
    this.groundingTexts = options.groundingTexts;
    this.exponents = options.exponents;
    const { whitespace } = options;
    if (typeof whitespace === 'object') {
      this.pad = arena.repetition(arena.bytes(0x20, 0x20, 0x09, 0x0a, 0x0d, 0x0d), 0, Math.max(0, whitespace.maximum));
      this.gap = this.pad;
    } else {
      this.pad = EMPTY_TEXT;
      this.gap = whitespace === 'single' ? arena.optional(arena.bytes(0x20, 0x20)) : EMPTY_TEXT;
    }
    this.id = arena.addAutomaton(this);
  }

  /** The values of one schema. */
  schema(node: SchemaNode): number {
    return this.expression(this.sets.single(signed(node)));
  }

  expression(set: SchemaSetId): number {
    return (this.expressions[set] ??= this.compile(set));
  }

  branches(set: SchemaSetId): readonly Branch[] {
    return this.expansion.set(set);
  }

  private compile(set: SchemaSetId): number {
    const options: number[] = [];
    const texts = new Set<string>();
    for (const branch of this.branches(set)) {
      if (branch.values !== undefined) this.addFinite(set, branch, texts, options);
      else options.push(this.scalar(branch), this.container(branch, 'array'), this.container(branch, 'object'));
    }
    if (texts.size > 0) {
      options.push(
        literals(
          this.arena,
          Array.from(texts, (text) => ({ text, then: EMPTY_TEXT })),
        ),
      );
    }
    return this.arena.alternation(options);
  }

  /** Adds the texts of scalars, and of many objects and arrays; few of those are taken apart, so that any order will do. */
  private addFinite(set: SchemaSetId, branch: Branch, texts: Set<string>, options: number[]): void {
    const values = this.validValues(set, branch);
    const composites = values.filter((value) => typeof value === 'object' && value !== null);
    for (const value of values) {
      this.arena.spend(0.5);
      const isScalar = typeof value !== 'object' || value === null;
      if (isScalar || composites.length > MAXIMUM_COMPOSITES) texts.add(JSON.stringify(value));
      else options.push(this.schema(this.constant(value)));
    }
  }

  /** Of the values of a finite branch those that satisfy the whole set. */
  validValues(set: SchemaSetId, branch: Branch): readonly JsonValue[] {
    const values = branch.values!.filter((value) => (typeOf(value) & branch.types) !== 0);
    const members = this.sets.members(set);
    const isPlain = isWithoutFacets(branch);
    if (isPlain && members.length === 1 && !isNegated(members[0]!)) {
      if (isOnlyFinite(this.nodes[nodeIndex(members[0]!)]!)) return values;
    }
    return values.filter(
      (value) =>
        (isPlain && (typeof value !== 'object' || value === null)) ||
        members.every((member) => this.isValid(this.nodes[nodeIndex(member)]!, value) !== isNegated(member)),
    );
  }

  /** The null, booleans, numbers and strings of a branch. */
  scalar(branch: Branch): number {
    let expression = this.scalars.get(branch);
    if (expression === undefined) this.scalars.set(branch, (expression = this.compileScalar(branch)));
    return expression;
  }

  private compileScalar(branch: Branch): number {
    const { arena } = this;
    const { types } = branch;
    const options: number[] = [];
    if ((types & IS_NULL) !== 0) options.push(literal(arena, 'null'));
    if ((types & IS_TRUE) !== 0) options.push(literal(arena, 'true'));
    if ((types & IS_FALSE) !== 0) options.push(literal(arena, 'false'));
    if ((types & IS_NUMBER) !== 0) options.push(this.number(branch));
    if ((types & IS_STRING) !== 0) options.push(stringValue(this, branch));
    if (arena.isUncertain) this.deferRoot('pattern');
    return arena.alternation(options);
  }

  private number(branch: Branch): number {
    const constraints = numberConstraints(branch);
    constraints.exponents = this.exponents;
    constraints.integers = (branch.types & IS_INTEGER) !== 0;
    constraints.fractions = (branch.types & IS_FRACTION) !== 0;
    const enforced = jsonNumber(this.arena, constraints);
    if (enforced !== undefined) return enforced;
    for (const { multipleOf, notMultipleOf, node } of branch.numbers) {
      if ((multipleOf ?? notMultipleOf) !== undefined) this.defer(node, 'multipleOf');
    }
    const bounded = jsonNumber(this.arena, { ...constraints, multipleOf: undefined, notMultipleOf: undefined });
    const { integers, fractions, exponents } = constraints;
    return bounded ?? jsonNumber(this.arena, { integers, fractions, exponents }) ?? NOTHING;
  }

  private container(branch: Branch, kind: 'object' | 'array'): number {
    if ((branch.types & (kind === 'object' ? IS_OBJECT : IS_ARRAY)) === 0) return NOTHING;
    if (!this.lengths.isContainerPossible(branch, kind)) return NOTHING;
    const id = this.containerIds.get(branch) ?? this.addContainers(branch);
    return this.arena.automaton(this.id, kind === 'object' ? id : id + 1);
  }

  private addContainers(branch: Branch): number {
    const id = this.containers.length;
    this.containers.push({ branch, kind: 'object', grammar: undefined }, { branch, kind: 'array', grammar: undefined });
    this.containerIds.set(branch, id);
    return id;
  }

  private grammar(container: Container): ObjectGrammar | ArrayGrammar {
    container.grammar ??=
      container.kind === 'object'
        ? new ObjectGrammar(this, container.branch.objects)
        : new ArrayGrammar(this, container.branch.arrays);
    return container.grammar;
  }

  fillRow(state: number, row: Int32Array): void {
    const container = this.containers[state]!;
    const inside = this.arena.sequence(this.pad, this.grammar(container).start());
    row[container.kind === 'object' ? 0x7b : 0x5b] = inside;
  }

  isNullable(): boolean {
    return false;
  }

  isAlive(state: number): boolean {
    const container = this.containers[state]!;
    const { branch, kind } = container;
    const isSimple =
      kind === 'object'
        ? branch.objects.every((facet) => facet.kind === 'declared' || facet.kind === 'required')
        : branch.arrays.every((facet) => facet.kind === 'items' || facet.kind === 'length');
    return isSimple || this.grammar(container).isPossible;
  }

  minimumLength(state: number): number {
    const { branch, kind } = this.containers[state]!;
    return this.lengths.container(branch, kind);
  }

  /** Takes apart everything that can be reached from a schema, so that `deferred` is complete. */
  explore(node: SchemaNode): void {
    const waiting = [this.sets.single(signed(node))];
    const seen = new Set(waiting);
    for (let set = waiting.pop(); set !== undefined && seen.size < MAXIMUM_EXPLORED; set = waiting.pop()) {
      this.expression(set);
      for (const branch of this.branches(set)) {
        const id = this.containerIds.get(branch);
        if (id === undefined) continue;
        for (const container of [this.containers[id]!, this.containers[id + 1]!]) {
          if ((branch.types & (container.kind === 'object' ? IS_OBJECT : IS_ARRAY)) === 0) continue;
          for (const value of this.grammar(container).valueSets()) {
            if (seen.has(value)) continue;
            seen.add(value);
            waiting.push(value);
          }
        }
      }
    }
  }

  /** Of a schema that no value satisfies the part that is to blame. */
  impossiblePart(node: SchemaNode): SchemaNode {
    return impossiblePart(node, (part) => this.isSatisfiable(this.sets.single(signed(part))));
  }

  isSatisfiable(set: SchemaSetId): boolean {
    return this.lengths.isSatisfiable(set);
  }

  shortest(set: SchemaSetId): number {
    return this.lengths.minimum(set);
  }

  finiteValues(set: SchemaSetId): readonly string[] | undefined {
    const texts = new Set<string>();
    for (const branch of this.branches(set)) {
      const listed = branch.values === undefined ? listedValues(branch) : this.validValues(set, branch);
      if (listed === undefined) return undefined;
      for (const value of listed) {
        if (typeof value === 'object' && value !== null) return undefined;
        texts.add(JSON.stringify(value));
      }
    }
    return [...texts];
  }

  isNameValid(node: SchemaNode, negated: boolean, name: string): boolean {
    return this.isValid(node, name) !== negated;
  }

  nameBody(schema: SignedSchema): number {
    const set = this.sets.single(schema);
    if (set === NEVER_SET) return NOTHING;
    return this.arena.alternation(
      this.branches(set).map((branch) => {
        if ((branch.types & IS_STRING) === 0) return NOTHING;
        if (branch.values === undefined) return stringBody(this.unbounded, branch);
        const names = this.validValues(set, branch).filter((value) => typeof value === 'string');
        return literals(
          this.arena,
          names.map((name) => ({ text: JSON.stringify(name).slice(1, -1), then: EMPTY_TEXT })),
        );
      }),
    );
  }

  private get unbounded(): StringContext {
    return {
      arena: this.arena,
      maximumLength: UNBOUNDED,
      groundingTexts: [],
      defer: (node, keyword) => this.defer(node, keyword),
    };
  }

  patternBody(pattern: SchemaPattern): number | undefined {
    return regularBody(this.arena, pattern);
  }

  spend(units: number): void {
    this.arena.spend(units);
  }

  constant(value: JsonValue): SchemaNode {
    let node = this.constants.get(value);
    if (node === undefined) this.constants.set(value, (node = addConstantNode(this.nodes, value, '')));
    return node;
  }

  listOf(values: readonly JsonValue[]): SchemaNode {
    return addListNode(this.nodes, values, '');
  }

  isValid(node: SchemaNode, value: JsonValue): boolean {
    return isValid(node, value, { formats: this.formats });
  }

  defer(node: SchemaNode, keyword: string): void {
    const key = `${node.id} ${keyword}`;
    if (this.deferredKeys.has(key)) return;
    this.deferredKeys.add(key);
    this.deferred.push({ node, keyword });
  }

  private deferRoot(keyword: string): void {
    this.defer(this.nodes[0]!, keyword);
  }
}

/** Whether nothing but its type and its list of values matters for the values of a schema. */
function isOnlyFinite(node: SchemaNode): boolean {
  if (node.enum !== undefined && node.const !== undefined) return false;
  const { ref, dynamicRef, allOf, anyOf, oneOf, not, dependentSchemas } = node;
  if (ref ?? dynamicRef ?? allOf ?? anyOf ?? oneOf ?? not ?? dependentSchemas ?? node.if) return false;
  return true;
}

/** The values of a branch of few; undefined where there are more. */
function listedValues({ types, numbers, excluded }: Branch): JsonValue[] | undefined {
  if ((types & ~(IS_NULL | IS_TRUE | IS_FALSE | IS_INTEGER)) !== 0) return undefined;
  const values: JsonValue[] = [];
  if ((types & IS_NULL) !== 0) values.push(null);
  if ((types & IS_TRUE) !== 0) values.push(true);
  if ((types & IS_FALSE) !== 0) values.push(false);
  if ((types & IS_INTEGER) === 0) return values;
  const constraints = numberConstraints({ numbers, excluded } as Branch);
  const low = Math.ceil(
    Math.max(constraints.minimum ?? Number.NEGATIVE_INFINITY, constraints.exclusiveMinimum ?? Number.NEGATIVE_INFINITY),
  );
  const high = Math.floor(
    Math.min(constraints.maximum ?? Number.POSITIVE_INFINITY, constraints.exclusiveMaximum ?? Number.POSITIVE_INFINITY),
  );
  if (!(high - low < MAXIMUM_LISTED) || (constraints.multipleOf ?? constraints.notMultipleOf) !== undefined)
    return undefined;
  for (let value = low; value <= high; value++) {
    if (value === constraints.exclusiveMinimum || value === constraints.exclusiveMaximum) continue;
    if (!excluded.includes(value)) values.push(value + 0);
  }
  return values;
}
