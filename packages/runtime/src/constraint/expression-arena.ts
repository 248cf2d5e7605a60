import type { Automaton } from './automaton.js';
import { ConstraintError } from './constraint-error.js';

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

const MAXIMUM_EXPRESSIONS = 2_000_000;
/** Rows (1 KiB each) that are kept before they are dropped and built anew on demand. */
const MAXIMUM_ROWS = 65_536;

/**
 * Expressions over bytes, hash-consed: equal expressions have equal ids, so an id is a state of the automaton, and the
 * row of its 256 derivatives is its transitions (Brzozowski, "Derivatives of Regular Expressions", 1964). Rows are built
 * when first needed. Expressions from which no end can be reached never exist: they collapse to NOTHING.
 */
export class ExpressionArena {
  /** Offset in `rows` of an expression's row, or -1 while there is none. Replaced when it grows. */
  rowOffsets = new Int32Array(1024).fill(-1);
  /** Rows of 256 expressions. Replaced when it grows. */
  rows = new Int32Array(64 * 256);
  private rowCount = 0;

  private count = 2;
  private kinds = new Uint8Array(1024);
  private first = new Int32Array(1024);
  private second = new Int32Array(1024);
  private third = new Int32Array(1024);
  private nullable = new Uint8Array(1024);
  private minimum = new Float64Array(1024);

  private table = new Int32Array(4096);
  private readonly byteSets: Uint32Array[] = [];
  private readonly byteSetIds = new Map<string, number>();
  private readonly lists: Int32Array[] = [];
  private readonly listIds = new Map<string, number>();
  private readonly automata: Automaton[] = [];
  private readonly scratchRows: Int32Array[] = [];
  private depth = 0;
  private readonly usableBytes: Uint8Array;

  /**
   * @param usableBytes By byte: 0 when it can never be written, as the vocabulary has no token for it. What needs such a
   * byte is left out of every expression, so that no walk ends where it cannot go on. Default: all can.
   */
  constructor(usableBytes: Uint8Array = new Uint8Array(256).fill(1)) {
    this.usableBytes = usableBytes;
    this.kinds[EMPTY_TEXT] = 1;
    this.nullable[EMPTY_TEXT] = 1;
    this.minimum[NOTHING] = Number.POSITIVE_INFINITY;
  }

  /** False for a byte that no token can write. */
  isUsable(byte: number): boolean {
    return this.usableBytes[byte] === 1;
  }

  /** Number of expressions made so far. */
  get size(): number {
    return this.count;
  }

  isNullable(expression: number): boolean {
    return this.nullable[expression] === 1;
  }

  /** Bytes of the shortest text that the expression matches. */
  minimumLength(expression: number): number {
    return this.minimum[expression]!;
  }

  /** One byte out of inclusive ranges: bytes(0x30, 0x39, 0x2d, 0x2d). */
  bytes(...ranges: number[]): number {
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
    return this.intern(BYTES, id, 0, 0, false, 1);
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
    return this.intern(SEQUENCE, head, tail, 0, nullable, this.minimum[head]! + this.minimum[tail]!);
  }

  /** Any one of the options. */
  alternation(options: readonly number[]): number {
    const members: number[] = [];
    for (const option of options) {
      if (this.kinds[option] === ALTERNATION)
        for (const member of this.lists[this.first[option]!]!) members.push(member);
      else if (option !== NOTHING) members.push(option);
    }
    members.sort((a, b) => a - b);
    const list = members.filter((member, index) => member !== members[index - 1]);
    if (list.length === 0) return NOTHING;
    if (list.length === 1) return list[0]!;
    const key = list.join();
    let id = this.listIds.get(key);
    if (id === undefined) {
      id = this.lists.push(Int32Array.from(list)) - 1;
      this.listIds.set(key, id);
    }
    let nullable = false;
    let minimum = Number.POSITIVE_INFINITY;
    for (const member of list) {
      nullable ||= this.nullable[member] === 1;
      minimum = Math.min(minimum, this.minimum[member]!);
    }
    return this.intern(ALTERNATION, id, 0, 0, nullable, minimum);
  }

  optional(part: number): number {
    return this.alternation([EMPTY_TEXT, part]);
  }

  /** From `minimum` to `maximum` times (UNBOUNDED: any number). */
  repetition(part: number, minimum: number, maximum: number): number {
    if (maximum !== UNBOUNDED && maximum < minimum) return NOTHING;
    if (maximum === 0 || part === EMPTY_TEXT) return EMPTY_TEXT;
    if (part === NOTHING) return minimum === 0 ? EMPTY_TEXT : NOTHING;
    if (minimum === 1 && maximum === 1) return part;
    const nullable = minimum === 0 || this.nullable[part] === 1;
    return this.intern(REPETITION, part, minimum, maximum, nullable, minimum * this.minimum[part]!);
  }

  /** Makes an automaton's states usable as expressions; returns its id. */
  addAutomaton(automaton: Automaton): number {
    return this.automata.push(automaton) - 1;
  }

  /** The expression of an automaton's state. */
  automaton(id: number, state: number): number {
    const automaton = this.automata[id]!;
    const minimum = automaton.minimumLength(state);
    if (minimum === Number.POSITIVE_INFINITY) return NOTHING;
    return this.intern(AUTOMATON, id, state, 0, automaton.isNullable(state), minimum);
  }

  /** The options of an alternation, or the expression itself. */
  members(expression: number): ArrayLike<number> {
    return this.kinds[expression] === ALTERNATION ? this.lists[this.first[expression]!]! : [expression];
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
    const wanted = this.minimum[expression]! - 1;
    if (wanted < 0) return -1;
    const offset = this.rowOffset(expression);
    for (let byte = 0; byte < 256; byte++) {
      const after = this.rows[offset + byte]!;
      if (after !== NOTHING && this.minimum[after] === wanted) return byte;
    }
    return -1;
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

  /** Drops the rows when they have become many. Only between walks: offsets that were given out become wrong. */
  trimRows(): void {
    if (this.rowCount <= MAXIMUM_ROWS) return;
    this.rowOffsets.fill(-1);
    this.rows = new Int32Array(64 * 256);
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
            if (other !== NOTHING) row[byte] = row[byte] === NOTHING ? other : this.alternation([row[byte]!, other]);
          }
        }
        return;
      }
      case ALTERNATION:
        this.deriveAlternation(this.lists[this.first[expression]!]!, row);
        return;
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

  private deriveAlternation(members: Int32Array, row: Int32Array): void {
    for (const member of members) this.rowOffset(member);
    let previous: number[] = [];
    let result = NOTHING;
    for (let byte = 0; byte < 256; byte++) {
      const targets: number[] = [];
      for (const member of members) {
        const target = this.rows[this.rowOffsets[member]! + byte]!;
        if (target !== NOTHING) targets.push(target);
      }
      if (targets.length !== previous.length || targets.some((target, index) => target !== previous[index])) {
        previous = targets;
        result = this.alternation(targets);
      }
      row[byte] = result;
    }
  }

  private intern(
    kind: number,
    first: number,
    second: number,
    third: number,
    nullable: boolean,
    minimum: number,
  ): number {
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
    this.kinds[id] = kind;
    this.first[id] = first;
    this.second[id] = second;
    this.third[id] = third;
    this.nullable[id] = nullable ? 1 : 0;
    this.minimum[id] = minimum;
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
    this.minimum = enlarged(this.minimum, new Float64Array(length));
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
