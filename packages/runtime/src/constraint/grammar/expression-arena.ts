import { ConstraintError } from '../constraint-error.js';
import type { Automaton } from './automaton.js';
import { IntegerLists } from './integer-lists.js';
import { IntersectionSearch } from './intersection-search.js';

/** The expression that matches nothing: a dead end. */
export const NOTHING = 0;
/** The expression that matches only the empty text. */
export const EMPTY_TEXT = 1;
/** No upper bound of a repetition. */
export const UNBOUNDED = -1;

const BYTES = 2;
const SEQUENCE = 3;
const ALTERNATION = 4;
const REPETITION = 5;
const AUTOMATON = 6;
const INTERSECTION = 7;
const COMPLEMENT = 8;

const MAXIMUM_EXPRESSIONS = 2_000_000;
/** Rows (1 KiB each) that are kept before they are dropped and built anew on demand. */
const MAXIMUM_ROWS = 16_384;
/** Rows that one walk may make: patterns that explode would make millions. */
const MAXIMUM_NEW_ROWS = 24_000;
/** Most repetitions that are counted; with a larger maximum there is none. */
const MAXIMUM_COUNT = 2 ** 30;
/** Units of work between two renewals. */
const MAXIMUM_WORK = 60_000;

/**
 * Expressions over bytes, hash-consed: equal expressions have equal ids, so an id is a state of the automaton, and the
 * row of its 256 derivatives is its transitions (Brzozowski, "Derivatives of Regular Expressions", 1964). Rows are built
 * when first needed. Expressions from which no end can be reached never exist: they collapse to NOTHING. Complements are
 * the exception, and are only for use inside an intersection.
 */
export class ExpressionArena {
  /** Offset in `rows` of an expression's row, or -1 while there is none. Replaced when it grows. */
  rowOffsets: Int32Array;
  /** Rows of 256 expressions. Replaced when it grows. */
  rows: Int32Array;
  private rowCount: number;
  private work = 0;
  private rowLimit = MAXIMUM_NEW_ROWS;
  /** True where some automaton prefers its texts to others. */
  prefers = false;

  private count: number;
  private kinds: Uint8Array;
  private first: Int32Array;
  private second: Int32Array;
  private third: Int32Array;
  private nullable: Uint8Array;
  private minimum: Float64Array;

  private table: Int32Array;
  /** By byte: the expression of just that one, or NOTHING while it is not known. */
  private readonly single: Int32Array;
  private readonly byteSets: Uint32Array[] = [];
  private readonly byteSetIds = new Map<string, number>();
  private readonly lists: IntegerLists;
  private readonly automata: Automaton[] = [];
  private readonly scratchRows: Int32Array[] = [];
  private depth = 0;
  private anythingId: number | undefined;
  private bodyCharacter: number;
  private readonly intersections = new IntersectionSearch(this);
  private readonly usableBytes: Uint8Array;
  private readonly writesAllBytes: boolean;

  /**
   * @param usableBytes By byte: 0 when it can never be written, as the vocabulary has no token for it. What needs such a
   * byte is left out of every expression, so that no walk ends where it cannot go on. Default: all can.
   * @param copied For `copy`.
   */
  constructor(usableBytes: Uint8Array = new Uint8Array(256).fill(1), copied?: ExpressionArena) {
    this.usableBytes = usableBytes;
    this.writesAllBytes = usableBytes.every((usable) => usable === 1);
    this.rowOffsets = copied?.rowOffsets.slice() ?? new Int32Array(1024).fill(-1);
    this.rows = copied?.rows.slice() ?? new Int32Array(64 * 256);
    this.rowCount = copied?.rowCount ?? 0;
    this.count = copied?.count ?? 2;
    this.kinds = copied?.kinds.slice() ?? new Uint8Array(1024);
    this.first = copied?.first.slice() ?? new Int32Array(1024);
    this.second = copied?.second.slice() ?? new Int32Array(1024);
    this.third = copied?.third.slice() ?? new Int32Array(1024);
    this.nullable = copied?.nullable.slice() ?? new Uint8Array(1024);
    this.minimum = copied?.minimum.slice() ?? new Float64Array(1024).fill(Number.NaN);
    this.table = copied?.table.slice() ?? new Int32Array(4096);
    this.single = copied?.single.slice() ?? new Int32Array(256);
    this.lists = copied?.lists.copy() ?? new IntegerLists();
    this.anythingId = copied?.anythingId;
    this.bodyCharacter = copied?.bodyCharacter ?? -1;
    if (copied !== undefined) return;
    this.kinds[EMPTY_TEXT] = 1;
    this.nullable[EMPTY_TEXT] = 1;
    this.minimum[NOTHING] = Number.POSITIVE_INFINITY;
    this.minimum[EMPTY_TEXT] = 0;
  }

  /**
   * Another arena with the same expressions, which then goes its own way: cheaper than building again what every grammar
   * needs. Only for arenas without automata, as those belong to theirs.
   */
  copy(): ExpressionArena {
    if (this.automata.length > 0) throw new Error('an arena with automata cannot be copied');
    const other = new ExpressionArena(this.usableBytes, this);
    for (const set of this.byteSets) other.byteSets.push(set);
    for (const [key, id] of this.byteSetIds) other.byteSetIds.set(key, id);
    return other;
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

  /** Number of expressions made so far. */
  get size(): number {
    return this.count;
  }

  isNullable(expression: number): boolean {
    return this.nullable[expression] === 1;
  }

  /** Bytes of the shortest text that the expression matches. Worked out when it is first asked for. */
  minimumLength(expression: number): number {
    const known = this.minimum[expression]!;
    return Number.isNaN(known) ? this.findMinimum(expression) : known;
  }

  private findMinimum(expression: number): number {
    const chain: number[] = [];
    let rest = expression;
    // Not recursive along a sequence: literals can be thousands of parts long.
    while (Number.isNaN(this.minimum[rest]!) && this.kinds[rest] === SEQUENCE) {
      chain.push(rest);
      rest = this.second[rest]!;
    }
    if (Number.isNaN(this.minimum[rest]!)) this.minimum[rest] = this.partMinimum(rest);
    let sum = this.minimum[rest]!;
    for (let index = chain.length - 1; index >= 0; index--) {
      sum += this.minimumLength(this.first[chain[index]!]!);
      this.minimum[chain[index]!] = sum;
    }
    return this.minimum[expression]!;
  }

  private partMinimum(expression: number): number {
    const first = this.first[expression]!;
    switch (this.kinds[expression]) {
      case ALTERNATION: {
        let least = Number.POSITIVE_INFINITY;
        for (const member of this.lists.list(first)) least = Math.min(least, this.minimumLength(member));
        return least;
      }
      case REPETITION:
        return this.second[expression] === 0 ? 0 : this.second[expression]! * this.minimumLength(first);
      case AUTOMATON:
        return this.automata[first]!.minimumLength(this.second[expression]!);
      case COMPLEMENT:
        // A lower bound, which is all that the search of intersections needs.
        return this.nullable[expression] === 1 ? 0 : 1;
      case INTERSECTION:
        return this.intersections.minimumLength(expression);
      default:
        return 1;
    }
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

  private concatenate(head: number, tail: number): number {
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

  /** What all of the options match. */
  intersection(options: ArrayLike<number>): number {
    const expression = this.candidate(options);
    return this.intersections.isEmpty(expression) ? NOTHING : expression;
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

  /** True for an expression that matches the empty text and no other. */
  isOnlyEmpty(expression: number): boolean {
    if (this.nullable[expression] === 0) return false;
    const offset = this.rowOffset(expression);
    return this.rows.subarray(offset, offset + 256).every((after) => after === NOTHING);
  }

  /** The only byte that may come next, or -1 where there is a choice or the text may end. */
  onlyByte(expression: number): number {
    if (this.nullable[expression] === 1) return -1;
    const offset = this.rowOffset(expression);
    let only = -1;
    for (let byte = 0; byte < 256; byte++) {
      if (this.rows[offset + byte] === NOTHING) continue;
      if (only >= 0) return -1;
      only = byte;
    }
    return only;
  }

  /** The first byte of a shortest text that the expression matches; -1 for the empty one. */
  shortestByte(expression: number): number {
    if (this.nullable[expression] === 1) return -1;
    const offset = this.rowOffset(expression);
    let [shortest, least] = [-1, Number.POSITIVE_INFINITY];
    for (let byte = 0; byte < 256; byte++) {
      const after = this.rows[offset + byte]!;
      if (after === NOTHING || (byte > 0 && after === this.rows[offset + byte - 1])) continue;
      const length = this.minimumLength(after);
      if (length < least) [shortest, least] = [byte, length];
    }
    return shortest;
  }

  /** The expression after one more byte; NOTHING where it may not come. */
  derivative(expression: number, byte: number): number {
    const offset = this.rowOffset(expression);
    return this.rows[offset + byte]!;
  }

  /** Offset in `rows` of the 256 derivatives of an expression; builds the row when there is none. */
  rowOffset(expression: number): number {
    const known = this.rowOffsets[expression]!;
    if (known >= 0) return known;
    const row = (this.scratchRows[this.depth] ??= new Int32Array(256));
    row.fill(NOTHING);
    this.depth++;
    try {
      this.derive(expression, row);
    } finally {
      this.depth--;
    }
    if (this.rowCount >= this.rowLimit) {
      throw new ConstraintError('constraint/too-large', 'the schema needs too many states; simplify its patterns');
    }
    const offset = this.rowCount * 256;
    if (offset + 256 > this.rows.length) {
      const grown = new Int32Array(this.rows.length * 2);
      grown.set(this.rows);
      this.rows = grown;
    }
    this.rows.set(row, offset);
    this.rowCount++;
    this.rowOffsets[expression] = offset;
    return offset;
  }

  /**
   * Counts work that grows with the schema, so that none takes for ever: about a microsecond each.
   * @throws ConstraintError `constraint/too-large` when too much was done since the last renewal
   */
  spend(units: number): void {
    this.work += units;
    if (this.work > MAXIMUM_WORK) {
      throw new ConstraintError('constraint/too-large', 'the schema has too many possibilities to follow; simplify it');
    }
  }

  /** True when it could not be told in time whether some intersection matches anything. */
  get isUncertain(): boolean {
    return this.intersections.gaveUp;
  }

  /**
   * Between two walks: allows the next one its full work, and drops the rows when they have become many, so that offsets
   * that were given out become wrong.
   */
  renew(): void {
    this.work = 0;
    this.intersections.renew();
    this.rowLimit = this.rowCount + MAXIMUM_NEW_ROWS;
    if (this.rowCount <= MAXIMUM_ROWS) return;
    this.rowLimit = MAXIMUM_NEW_ROWS;
    this.rowOffsets.fill(-1);
    // Kept, as large arrays take long to clear.
    if (this.rows.length > 2 * MAXIMUM_ROWS * 256) this.rows = new Int32Array(64 * 256);
    this.rowCount = 0;
  }

  private derive(expression: number, row: Int32Array): void {
    switch (this.kinds[expression]) {
      case BYTES: {
        const set = this.byteSets[this.first[expression]!]!;
        for (let byte = 0; byte < 256; byte++) if ((set[byte >>> 5]! >>> (byte & 31)) & 1) row[byte] = EMPTY_TEXT;
        return;
      }
      case SEQUENCE: {
        const head = this.first[expression]!;
        const tail = this.second[expression]!;
        this.deriveThen(head, tail, row);
        if (this.nullable[head] === 1) {
          const offset = this.rowOffset(tail);
          for (let byte = 0; byte < 256; byte++) {
            const other = this.rows[offset + byte]!;
            if (other !== NOTHING) row[byte] = row[byte] === NOTHING ? other : this.either(row[byte]!, other);
          }
        }
        return;
      }
      case ALTERNATION:
        this.deriveMembers(this.lists.list(this.first[expression]!), row, false);
        return;
      case INTERSECTION:
        this.deriveMembers(this.lists.list(this.first[expression]!), row, true);
        return;
      case COMPLEMENT: {
        const offset = this.rowOffset(this.first[expression]!);
        let previous = -1;
        let result = NOTHING;
        for (let byte = 0; byte < 256; byte++) {
          const target = this.rows[offset + byte]!;
          if (target !== previous) result = this.complement((previous = target));
          row[byte] = result;
        }
        return;
      }
      case REPETITION: {
        const minimum = this.second[expression]!;
        const maximum = this.third[expression]!;
        const part = this.first[expression]!;
        const rest = this.repetition(part, Math.max(minimum - 1, 0), maximum === UNBOUNDED ? UNBOUNDED : maximum - 1);
        this.deriveThen(part, rest, row);
        return;
      }
      case AUTOMATON:
        this.automata[this.first[expression]!]!.fillRow(this.second[expression]!, row);
        return;
    }
  }

  private deriveThen(head: number, tail: number, row: Int32Array): void {
    const offset = this.rowOffset(head);
    let previous = NOTHING;
    let result = NOTHING;
    for (let byte = 0; byte < 256; byte++) {
      const target = this.rows[offset + byte]!;
      if (target !== previous) {
        previous = target;
        result = this.concatenate(target, tail);
      }
      row[byte] = result;
    }
  }

  private either(one: number, other: number): number {
    return one === other ? one : this.alternation([one, other]);
  }

  /** The rows of all members joined; those of neighbouring bytes are mostly the same. */
  private deriveMembers(members: Int32Array, row: Int32Array, all: boolean): void {
    for (const member of members) this.rowOffset(member);
    const targets: number[] = [];
    let result = NOTHING;
    for (let byte = 0; byte < 256; byte++) {
      let isSame = byte > 0;
      for (let index = 0; isSame && index < members.length; index++) {
        const place = this.rowOffsets[members[index]!]! + byte;
        isSame = this.rows[place] === this.rows[place - 1];
      }
      if (!isSame) {
        targets.length = 0;
        for (const member of members) {
          const target = this.rows[this.rowOffsets[member]! + byte]!;
          if (target !== NOTHING) targets.push(target);
        }
        if (all) result = targets.length === members.length ? this.intersection(targets) : NOTHING;
        else result = targets.length === 1 ? targets[0]! : this.alternation(targets);
      }
      row[byte] = result;
    }
  }

  private intern(kind: number, first: number, second: number, third: number, nullable: boolean): number {
    const capacity = this.table.length - 1;
    let slot = hash(kind, first, second, third) & capacity;
    for (let id = this.table[slot]!; id !== 0; id = this.table[slot]!) {
      if (
        this.kinds[id] === kind &&
        this.first[id] === first &&
        this.second[id] === second &&
        this.third[id] === third
      ) {
        return id;
      }
      slot = (slot + 1) & capacity;
    }
    if (this.count >= MAXIMUM_EXPRESSIONS) {
      throw new ConstraintError('constraint/too-large', 'the schema needs too many states; simplify its patterns');
    }
    if (this.count === this.kinds.length) this.grow();
    const id = this.count++;
    this.spend(0.2);
    this.kinds[id] = kind;
    this.first[id] = first;
    this.second[id] = second;
    this.third[id] = third;
    this.nullable[id] = nullable ? 1 : 0;
    this.table[slot] = id;
    if (this.count * 2 > this.table.length) this.rehash();
    return id;
  }

  private grow(): void {
    const length = this.kinds.length * 2;
    const rowOffsets = new Int32Array(length).fill(-1);
    rowOffsets.set(this.rowOffsets);
    this.rowOffsets = rowOffsets;
    this.kinds = enlarged(this.kinds, new Uint8Array(length));
    this.first = enlarged(this.first, new Int32Array(length));
    this.second = enlarged(this.second, new Int32Array(length));
    this.third = enlarged(this.third, new Int32Array(length));
    this.nullable = enlarged(this.nullable, new Uint8Array(length));
    this.minimum = enlarged(this.minimum, new Float64Array(length).fill(Number.NaN));
  }

  private rehash(): void {
    const table = new Int32Array(this.table.length * 2);
    const capacity = table.length - 1;
    for (let id = 2; id < this.count; id++) {
      let slot = hash(this.kinds[id]!, this.first[id]!, this.second[id]!, this.third[id]!) & capacity;
      while (table[slot] !== 0) slot = (slot + 1) & capacity;
      table[slot] = id;
    }
    this.table = table;
  }
}

function enlarged<T extends Uint8Array | Int32Array | Float64Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

function hash(kind: number, first: number, second: number, third: number): number {
  let value = Math.imul(kind, 0x9e3779b1) ^ Math.imul(first, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 15), 0xc2b2ae35) ^ Math.imul(second, 0x27d4eb2f);
  value = Math.imul(value ^ (value >>> 13), 0x165667b1) ^ Math.imul(third, 0x9e3779b1);
  return (value ^ (value >>> 16)) >>> 0;
}
