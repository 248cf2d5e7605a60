import { ConstraintError } from '../constraint-error.js';
import type { Automaton } from './automaton.js';
import {
  ALTERNATION,
  AUTOMATON,
  BYTES,
  COMPLEMENT,
  EMPTY_TEXT,
  ExpressionTable,
  INTERSECTION,
  NOTHING,
  REPETITION,
  SEQUENCE,
} from './expression-table.js';

/** No upper bound of a repetition. */
export const UNBOUNDED = -1;

/** Most repetitions that are counted; with a larger maximum there is none. */
const MAXIMUM_COUNT = 2 ** 30;

/** Expressions made of others, in a form in which as many as possible of those that mean the same are equal. */
export abstract class ExpressionAlgebra extends ExpressionTable {
  /** True where some automaton prefers its texts to others. */
  prefers = false;
  protected readonly automata: Automaton[] = [];
  protected readonly usableBytes: Uint8Array;
  private readonly writesAllBytes: boolean;
  /** By byte: the expression of just that one, or NOTHING while it is not known. */
  private readonly single: Int32Array;
  protected readonly byteSets: Uint32Array[];
  private readonly byteSetIds: Map<string, number>;
  private anythingId: number | undefined;
  private bodyCharacter: number;

  constructor(usableBytes: Uint8Array, copied?: ExpressionAlgebra) {
    super(copied);
    this.usableBytes = usableBytes;
    this.writesAllBytes = usableBytes.every((usable) => usable === 1);
    this.single = copied?.single.slice() ?? new Int32Array(256);
    this.byteSets = [...(copied?.byteSets ?? [])];
    this.byteSetIds = new Map(copied?.byteSetIds);
    this.anythingId = copied?.anythingId;
    this.bodyCharacter = copied?.bodyCharacter ?? -1;
  }

  /** False for a byte that no token can write. */
  isUsable(byte: number): boolean {
    return this.usableBytes[byte] === 1;
  }

  /** Whether the vocabulary can write all of these bytes, each a character. */
  canWrite(bytes: string): boolean {
    if (this.writesAllBytes) return true;
    for (let index = 0; index < bytes.length; index++)
      if (this.usableBytes[bytes.charCodeAt(index)] !== 1) return false;
    return true;
  }

  /** One byte out of inclusive ranges: bytes(0x30, 0x39, 0x2d, 0x2d). */
  bytes(...ranges: number[]): number {
    const [first] = ranges;
    if (ranges.length === 2 && first === ranges[1]) return (this.single[first!] ||= this.byteSet(ranges));
    return this.byteSet(ranges);
  }

  private byteSet(ranges: readonly number[]): number {
    const set = new Uint32Array(8);
    for (let index = 0; index + 1 < ranges.length; index += 2) {
      for (let byte = ranges[index]!; byte <= ranges[index + 1]!; byte++) {
        if (this.usableBytes[byte] === 1) set[byte >>> 5]! |= 1 << (byte & 31);
      }
    }
    const key = set.join();
    if (key === '0,0,0,0,0,0,0,0') return NOTHING;
    let id = this.byteSetIds.get(key);
    if (id === undefined) {
      id = this.byteSets.push(set) - 1;
      this.byteSetIds.set(key, id);
    }
    return this.intern(BYTES, id, 0, 0, false);
  }

  /** One after the other. */
  sequence(...parts: number[]): number {
    let result = EMPTY_TEXT;
    for (let index = parts.length - 1; index >= 0; index--) result = this.concatenate(parts[index]!, result);
    return result;
  }

  protected concatenate(head: number, tail: number): number {
    if (head === NOTHING || tail === NOTHING) return NOTHING;
    if (head === EMPTY_TEXT) return tail;
    if (tail === EMPTY_TEXT) return head;
    if (this.kinds[head] === SEQUENCE) {
      // Not recursive: patterns and literals can be thousands of parts long.
      const parts: number[] = [];
      for (let rest = head; rest !== EMPTY_TEXT; rest = this.tail(rest)) parts.push(this.head(rest));
      return parts.reduceRight((after, part) => this.concatenate(part, after), tail);
    }
    const nullable = this.nullable[head] === 1 && this.nullable[tail] === 1;
    return this.intern(SEQUENCE, head, tail, 0, nullable);
  }

  /** Any one of the options. */
  alternation(options: ArrayLike<number>): number {
    const list = this.factored(this.sortedMembers(ALTERNATION, options));
    if (list.length === 0) return NOTHING;
    if (list.length === 1) return list[0]!;
    if (list.includes(this.anything)) return this.anything;
    let nullable = false;
    for (const member of list) nullable ||= this.nullable[member] === 1;
    return this.intern(ALTERNATION, this.lists.id(list), 0, 0, nullable);
  }

  /**
   * The same options with common heads only once: `ab|ac` is `a(b|c)`. Otherwise ambiguity would multiply: where a value
   * can be read in several ways at every level of nesting.
   */
  private factored(list: number[]): number[] {
    for (let index = 1; index < list.length; index++) {
      const head = this.head(list[index]!);
      let other = 0;
      while (other < index && this.head(list[other]!) !== head) other++;
      if (other === index) continue;
      const tails = list.filter((member) => this.head(member) === head).map((member) => this.tail(member));
      const rest = list.filter((member) => this.head(member) !== head);
      rest.push(this.concatenate(head, this.alternation(tails)));
      return this.factored(this.sortedMembers(ALTERNATION, rest));
    }
    return list;
  }

  /** Sorted, each once, those of nested lists of the same kind in its place; without NOTHING. */
  private sortedMembers(kind: number, options: ArrayLike<number>): number[] {
    const members: number[] = [];
    for (let index = 0; index < options.length; index++) {
      const option = options[index]!;
      if (this.kinds[option] === kind) for (const member of this.lists.list(this.first[option]!)) members.push(member);
      else if (option !== NOTHING) members.push(option);
    }
    if (members.length < 2) return members;
    members.sort((a, b) => a - b);
    let kept = 1;
    for (let index = 1; index < members.length; index++) {
      if (members[index] !== members[index - 1]) members[kept++] = members[index]!;
    }
    members.length = kept;
    return members;
  }

  /** An intersection that may match nothing at all. Only for IntersectionSearch. */
  candidate(options: ArrayLike<number>): number {
    for (let index = 0; index < options.length; index++) if (options[index] === NOTHING) return NOTHING;
    const list = this.sortedMembers(INTERSECTION, options).filter((member) => member !== this.anything);
    if (list.length === 0) return this.anything;
    if (list.length === 1) return list[0]!;
    let nullable = true;
    for (const member of list) nullable &&= this.nullable[member] === 1;
    if (list[0] === EMPTY_TEXT) return nullable ? EMPTY_TEXT : NOTHING;
    for (const member of list) {
      if (this.kinds[member] === COMPLEMENT && list.includes(this.first[member]!)) return NOTHING;
    }
    return this.intern(INTERSECTION, this.lists.id(list), 0, 0, nullable);
  }

  /** Every byte string that the expression does not match. Only for use inside an intersection. */
  complement(expression: number): number {
    if (this.kinds[expression] === COMPLEMENT) return this.first[expression]!;
    return this.intern(COMPLEMENT, expression, 0, 0, this.nullable[expression] === 0);
  }

  private get anything(): number {
    return (this.anythingId ??= this.complement(NOTHING));
  }

  isIntersection(expression: number): boolean {
    return this.kinds[expression] === INTERSECTION;
  }

  isComplement(expression: number): boolean {
    return this.kinds[expression] === COMPLEMENT;
  }

  /** Members of an intersection. */
  conjuncts(expression: number): ArrayLike<number> {
    return this.lists.list(this.first[expression]!);
  }

  optional(part: number): number {
    return this.alternation([EMPTY_TEXT, part]);
  }

  /** From `minimum` to `maximum` times (UNBOUNDED: any number). */
  repetition(part: number, minimum: number, most: number): number {
    if (minimum > MAXIMUM_COUNT) {
      throw new ConstraintError('constraint/too-large', `nothing can be repeated more than ${MAXIMUM_COUNT} times`);
    }
    const maximum = most > MAXIMUM_COUNT ? UNBOUNDED : most;
    if (maximum !== UNBOUNDED && maximum < minimum) return NOTHING;
    if (maximum === 0 || part === EMPTY_TEXT) return EMPTY_TEXT;
    if (part === NOTHING) return minimum === 0 ? EMPTY_TEXT : NOTHING;
    if (minimum === 1 && maximum === 1) return part;
    const nullable = minimum === 0 || this.nullable[part] === 1;
    return this.intern(REPETITION, part, minimum, maximum, nullable);
  }

  /** Makes an automaton's states usable as expressions; returns its id. */
  addAutomaton(automaton: Automaton): number {
    if (automaton.isPreferred) this.prefers = true;
    return this.automata.push(automaton) - 1;
  }

  /** Whether an expression is part of what an automaton prefers. */
  isPreferred(expression: number): boolean {
    if (this.kinds[expression] === AUTOMATON) return this.automata[this.first[expression]!]!.isPreferred === true;
    if (this.kinds[expression] !== INTERSECTION) return false;
    return this.lists.list(this.first[expression]!).some((member) => this.isPreferred(member));
  }

  /** The expression of an automaton's state; NOTHING where it leads to no end. */
  automaton(id: number, state: number): number {
    const automaton = this.automata[id]!;
    const alive = automaton.isAlive?.(state) ?? automaton.minimumLength(state) !== Number.POSITIVE_INFINITY;
    return alive ? this.intern(AUTOMATON, id, state, 0, automaton.isNullable(state)) : NOTHING;
  }

  /** The automaton whose state the expression is, with that state; undefined for any other expression. */
  automatonOf(expression: number): { automaton: Automaton; state: number } | undefined {
    if (this.kinds[expression] !== AUTOMATON) return undefined;
    return { automaton: this.automata[this.first[expression]!]!, state: this.second[expression]! };
  }

  /** The options of an alternation, or the expression itself. */
  members(expression: number): ArrayLike<number> {
    return this.kinds[expression] === ALTERNATION ? this.lists.list(this.first[expression]!) : [expression];
  }

  isAlternation(expression: number): boolean {
    return this.kinds[expression] === ALTERNATION;
  }

  /** Adds the ways that an expression may begin: its alternatives, those at the head of a sequence included. */
  beginnings(expression: number, into: number[]): void {
    const members = this.members(expression);
    for (let index = 0; index < members.length; index++) {
      const member = members[index]!;
      const head = this.head(member);
      if (this.kinds[head] !== ALTERNATION) {
        into.push(member);
        continue;
      }
      const inner: number[] = [];
      this.beginnings(head, inner);
      for (const option of inner) into.push(this.concatenate(option, this.tail(member)));
    }
  }

  /** Head of a sequence, or the expression itself. */
  head(expression: number): number {
    return this.kinds[expression] === SEQUENCE ? this.first[expression]! : expression;
  }

  /** What follows the head of a sequence. */
  tail(expression: number): number {
    return this.kinds[expression] === SEQUENCE ? this.second[expression]! : EMPTY_TEXT;
  }

  /** True for a repetition of just this part. */
  isRepetitionOf(expression: number, part: number): boolean {
    return this.kinds[expression] === REPETITION && this.first[expression] === part;
  }

  /** Marks a part whose repetitions are the bodies of strings: whatever an intersection with it allows is one. */
  markBodyCharacter(part: number): void {
    this.bodyCharacter = part;
  }

  isBodyRepetition(expression: number): boolean {
    return this.kinds[expression] === REPETITION && this.first[expression] === this.bodyCharacter;
  }

  /** Bounds of a repetition. */
  repetitionMinimum(expression: number): number {
    return this.second[expression]!;
  }

  repetitionMaximum(expression: number): number {
    return this.third[expression]!;
  }
}
