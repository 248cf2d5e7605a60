import { ConstraintError } from '../constraint-error.js';
import { IntegerLists } from './integer-lists.js';

/** The expression that matches nothing: a dead end. */
export const NOTHING = 0;
/** The expression that matches only the empty text. */
export const EMPTY_TEXT = 1;

/** Kinds of expressions. */
export const BYTES = 2;
export const SEQUENCE = 3;
export const ALTERNATION = 4;
export const REPETITION = 5;
export const AUTOMATON = 6;
export const INTERSECTION = 7;
export const COMPLEMENT = 8;

const MAXIMUM_EXPRESSIONS = 2_000_000;
/** Units of work between two renewals. */
const MAXIMUM_WORK = 75_000;

/** Expressions by number, each with its kind and three numbers that say of what it is made. Equal ones have one number. */
export class ExpressionTable {
  protected count: number;
  protected kinds: Uint8Array;
  protected first: Int32Array;
  protected second: Int32Array;
  protected third: Int32Array;
  protected nullable: Uint8Array;
  /** Of alternations and intersections. */
  protected readonly lists: IntegerLists;
  private table: Int32Array;
  private work = 0;

  /** @param copied Whose expressions the new one has too. */
  constructor(copied?: ExpressionTable) {
    this.count = copied?.count ?? 2;
    this.kinds = copied?.kinds.slice() ?? new Uint8Array(1024);
    this.first = copied?.first.slice() ?? new Int32Array(1024);
    this.second = copied?.second.slice() ?? new Int32Array(1024);
    this.third = copied?.third.slice() ?? new Int32Array(1024);
    this.nullable = copied?.nullable.slice() ?? new Uint8Array(1024);
    this.lists = copied?.lists.copy() ?? new IntegerLists();
    this.table = copied?.table.slice() ?? new Int32Array(4096);
    if (copied !== undefined) return;
    this.kinds[EMPTY_TEXT] = 1;
    this.nullable[EMPTY_TEXT] = 1;
  }

  /** Number of expressions made so far. */
  get size(): number {
    return this.count;
  }

  isNullable(expression: number): boolean {
    return this.nullable[expression] === 1;
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

  /** Allows as much work as at first again. */
  protected renewWork(): void {
    this.work = 0;
  }

  /** The expression of its parts. */
  protected intern(kind: number, first: number, second: number, third: number, nullable: boolean): number {
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
    if (this.count === this.kinds.length) this.grow(this.kinds.length * 2);
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

  /** Makes room for so many expressions. */
  protected grow(length: number): void {
    this.kinds = enlarged(this.kinds, new Uint8Array(length));
    this.first = enlarged(this.first, new Int32Array(length));
    this.second = enlarged(this.second, new Int32Array(length));
    this.third = enlarged(this.third, new Int32Array(length));
    this.nullable = enlarged(this.nullable, new Uint8Array(length));
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

/** A larger array, with what the other holds. */
export function enlarged<T extends Uint8Array | Int32Array | Float64Array>(from: T, into: T): T {
  into.set(from);
  return into;
}

function hash(kind: number, first: number, second: number, third: number): number {
  let value = Math.imul(kind, 0x9e3779b1) ^ Math.imul(first, 0x85ebca6b);
  value = Math.imul(value ^ (value >>> 15), 0xc2b2ae35) ^ Math.imul(second, 0x27d4eb2f);
  value = Math.imul(value ^ (value >>> 13), 0x165667b1) ^ Math.imul(third, 0x9e3779b1);
  return (value ^ (value >>> 16)) >>> 0;
}
