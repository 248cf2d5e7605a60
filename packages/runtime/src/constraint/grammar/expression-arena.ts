import { ConstraintError } from '../constraint-error.js';
import type { ShortestStart } from './automaton.js';
import { ExpressionAlgebra, UNBOUNDED } from './expression-algebra.js';
import {
  ALTERNATION,
  AUTOMATON,
  BYTES,
  COMPLEMENT,
  EMPTY_TEXT,
  enlarged,
  INTERSECTION,
  NOTHING,
  REPETITION,
  SEQUENCE,
} from './expression-table.js';
import { IntersectionSearch } from './intersection-search.js';

export { EMPTY_TEXT, NOTHING, UNBOUNDED };

/** Rows (1 KiB each) that are kept before they are dropped and built anew on demand. */
const MAXIMUM_ROWS = 16_384;
/** Rows that one walk may make: patterns that explode would make millions. */
const MAXIMUM_NEW_ROWS = 24_000;

/**
 * Expressions over bytes, hash-consed: equal expressions have equal ids, so an id is a state of the automaton, and the
 * row of its 256 derivatives is its transitions (Brzozowski, "Derivatives of Regular Expressions", 1964). Rows are built
 * when first needed. Expressions from which no end can be reached never exist: they collapse to NOTHING. Complements are
 * the exception, and are only for use inside an intersection.
 */
export class ExpressionArena extends ExpressionAlgebra {
  /** Offset in `rows` of an expression's row, or -1 while there is none. Replaced when it grows. */
  rowOffsets: Int32Array;
  /** Rows of 256 expressions. Replaced when it grows. */
  rows: Int32Array;
  private rowCount: number;
  private rowLimit = MAXIMUM_NEW_ROWS;
  private minimum: Float64Array;
  private readonly scratchRows: Int32Array[] = [];
  private depth = 0;
  private readonly intersections = new IntersectionSearch(this);

  /**
   * @param usableBytes By byte: 0 when it can never be written, as the vocabulary has no token for it. What needs such a
   * byte is left out of every expression, so that no walk ends where it cannot go on. Default: all can.
   * @param copied For `copy`.
   */
  constructor(usableBytes: Uint8Array = new Uint8Array(256).fill(1), copied?: ExpressionArena) {
    super(usableBytes, copied);
    this.rowOffsets = copied?.rowOffsets.slice() ?? new Int32Array(1024).fill(-1);
    this.rows = copied?.rows.slice() ?? new Int32Array(64 * 256);
    this.rowCount = copied?.rowCount ?? 0;
    this.minimum = copied?.minimum.slice() ?? new Float64Array(1024).fill(Number.NaN);
    if (copied !== undefined) return;
    this.minimum[NOTHING] = Number.POSITIVE_INFINITY;
    this.minimum[EMPTY_TEXT] = 0;
  }

  /**
   * Another arena with the same expressions, which then goes its own way: cheaper than building again what every grammar
   * needs. Only for arenas without automata, as those belong to theirs.
   */
  copy(): ExpressionArena {
    if (this.automata.length > 0) throw new Error('an arena with automata cannot be copied');
    return new ExpressionArena(this.usableBytes, this);
  }

  protected override grow(length: number): void {
    super.grow(length);
    this.rowOffsets = enlarged(this.rowOffsets, new Int32Array(length).fill(-1));
    this.minimum = enlarged(this.minimum, new Float64Array(length).fill(Number.NaN));
  }

  /** What all of the options match. */
  intersection(options: ArrayLike<number>): number {
    const expression = this.candidate(options);
    return this.intersections.isEmpty(expression) ? NOTHING : expression;
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
    const isLast = this.minimumLength(expression) === 1;
    let [shortest, least] = [-1, Number.POSITIVE_INFINITY];
    for (let byte = 0; byte < 256; byte++) {
      const after = this.rows[offset + byte]!;
      if (after === NOTHING || (byte > 0 && after === this.rows[offset + byte - 1])) continue;
      // The lengths of the others, which may take long to find, do not matter.
      if (isLast && this.nullable[after] === 0) continue;
      const length = this.minimumLength(after);
      if (length < least) [shortest, least] = [byte, length];
    }
    return shortest;
  }

  /**
   * The bytes of a shortest text that the expression matches, each as a character: those that shortestByte leads to, in
   * fewer steps. There must be one of some length.
   */
  shortestText(expression: number): string {
    let text = '';
    for (let rest = expression; this.nullable[rest] === 0; ) {
      const { bytes, then } = this.shortestStart(rest);
      text += bytes;
      rest = then;
    }
    return text;
  }

  private shortestStart(expression: number): ShortestStart {
    this.spend(1);
    const member = this.shortestMember(expression);
    // Of several that are as short the bytes decide.
    if (member < 0) return this.shortestByteOf(expression, EMPTY_TEXT);
    const whole = this.head(member);
    const tail = this.tail(member);
    // What may be left out is.
    if (this.nullable[whole] === 1) return { bytes: '', then: tail };
    const head = this.shortestMember(whole);
    if (head < 0) return this.shortestByteOf(whole, tail);
    if (this.kinds[head] === REPETITION) {
      return { bytes: this.shortestText(this.first[head]!).repeat(this.second[head]!), then: tail };
    }
    if (this.kinds[head] === AUTOMATON) {
      const start = this.automata[this.first[head]!]!.shortestStart?.(this.second[head]!);
      if (start !== undefined) return { bytes: start.bytes, then: this.concatenate(start.then, tail) };
    }
    return this.shortestByteOf(head, tail);
  }

  private shortestByteOf(head: number, tail: number): ShortestStart {
    const byte = this.shortestByte(head);
    return { bytes: String.fromCharCode(byte), then: this.concatenate(this.derivative(head, byte), tail) };
  }

  /** The only option that has the least length; -1 where there are several. */
  private shortestMember(expression: number): number {
    const members = this.members(expression);
    let [shortest, least] = [-1, Number.POSITIVE_INFINITY];
    for (let index = 0; index < members.length; index++) {
      const length = this.minimumLength(members[index]!);
      if (length < least) [shortest, least] = [members[index]!, length];
      else if (length === least) shortest = -1;
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
    this.spend(1);
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

  /** True when it could not be told in time whether some intersection matches anything. */
  get isUncertain(): boolean {
    return this.intersections.gaveUp;
  }

  /**
   * Between two walks: allows the next one its full work, and drops the rows when they have become many, so that offsets
   * that were given out become wrong.
   */
  renew(): void {
    this.renewWork();
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

  /** The rows of all members joined. */
  private deriveMembers(members: Int32Array, row: Int32Array, all: boolean): void {
    this.eachRun(members, (first, end, targets) => {
      const alive = targets.filter((target) => target !== NOTHING);
      let result = NOTHING;
      if (!all) result = alive.length === 1 ? alive[0]! : this.alternation(alive);
      else if (alive.length === members.length) result = this.intersection(alive);
      row.fill(result, first, end);
    });
  }

  /** Visits runs of neighbouring bytes, mostly long ones, that lead each of the expressions to one and the same target. */
  eachRun(
    expressions: ArrayLike<number>,
    visit: (first: number, end: number, targets: readonly number[]) => void,
  ): void {
    for (let index = 0; index < expressions.length; index++) this.rowOffset(expressions[index]!);
    const targets: number[] = [];
    for (let first = 0, end = 1; first < 256; first = end++) {
      targets.length = 0;
      // Looked up anew for each run: what is visited may make new rows, and rows move when they grow.
      for (let index = 0; index < expressions.length; index++) {
        targets.push(this.rows[this.rowOffsets[expressions[index]!]! + first]!);
      }
      while (end < 256 && this.leadTo(expressions, end, targets)) end++;
      visit(first, end, targets);
    }
  }

  private leadTo(expressions: ArrayLike<number>, byte: number, targets: readonly number[]): boolean {
    for (let index = 0; index < expressions.length; index++) {
      if (this.rows[this.rowOffsets[expressions[index]!]! + byte] !== targets[index]) return false;
    }
    return true;
  }
}
