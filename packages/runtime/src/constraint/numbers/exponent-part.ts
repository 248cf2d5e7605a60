import type { Automaton } from '../grammar/automaton.js';
import type { ExpressionArena } from '../grammar/expression-arena.js';
import { hasDigits } from './usable-digits.js';

const PLUS = 0x2b;
const MINUS = 0x2d;
const ZERO = 0x30;
/** Digits of an exponent: enough for any double, leading zeros included. */
const MAXIMUM_DIGITS = 3;

/** Exponents from `low` to `high`, both included. */
export interface ExponentRange {
  low: number;
  high: number;
}

interface State {
  ranges: readonly ExponentRange[];
  key: string;
  /** 1 or -1; 0 before the sign. */
  sign: number;
  digits: number;
  value: number;
  minimum: number;
}

/** What follows the letter of an exponent, `[+-]?[0-9]{1,3}`, for exponents within given ranges. */
export class ExponentPart implements Automaton {
  private readonly arena: ExpressionArena;
  /** True where all digits can be written; otherwise the ways to stop have to be searched. */
  private readonly isComplete: boolean;
  private readonly states: State[] = [];
  private readonly ids = new Map<string, number>();
  private readonly id: number;

  constructor(arena: ExpressionArena) {
    this.arena = arena;
    this.isComplete = hasDigits(arena) && arena.isUsable(MINUS);
    this.id = arena.addAutomaton(this);
  }

  /** The expression for an exponent in one of the ranges. */
  within(ranges: readonly ExponentRange[]): number {
    const key = ranges.map(({ low, high }) => `${low}..${high}`).join();
    return this.arena.automaton(this.id, this.state(ranges, key, 0, 0, 0));
  }

  fillRow(id: number, row: Int32Array): void {
    const state = this.states[id]!;
    for (let byte = PLUS; byte <= ZERO + 9; byte++) {
      const next = this.next(state, byte);
      if (next >= 0) row[byte] = this.arena.automaton(this.id, next);
    }
  }

  isNullable(id: number): boolean {
    const { ranges, sign, digits, value } = this.states[id]!;
    return digits > 0 && touches(ranges, sign * value, sign * value);
  }

  isAlive(id: number): boolean {
    return this.isComplete || this.minimumLength(id) !== Number.POSITIVE_INFINITY;
  }

  minimumLength(id: number): number {
    const state = this.states[id]!;
    if (this.isComplete) return shortest(state.ranges, state.sign, state.digits, state.value);
    if (!Number.isNaN(state.minimum)) return state.minimum;
    let minimum = this.isNullable(id) ? 0 : Number.POSITIVE_INFINITY;
    for (let byte = PLUS; byte <= ZERO + 9; byte++) {
      const next = this.next(state, byte);
      if (next >= 0) minimum = Math.min(minimum, 1 + this.minimumLength(next));
    }
    state.minimum = minimum;
    return minimum;
  }

  /** The state after one more byte; -1 where no exponent begins like that. */
  private next({ ranges, key, sign, digits, value }: State, byte: number): number {
    if (!this.arena.isUsable(byte)) return -1;
    if (byte === PLUS || byte === MINUS) {
      if (sign !== 0) return -1;
      return this.open(ranges, key, byte === PLUS ? 1 : -1, 0, 0);
    }
    if (byte < ZERO || digits === MAXIMUM_DIGITS) return -1;
    return this.open(ranges, key, sign === 0 ? 1 : sign, digits + 1, value * 10 + byte - ZERO);
  }

  private open(ranges: readonly ExponentRange[], key: string, sign: number, digits: number, value: number): number {
    if (shortest(ranges, sign, digits, value) === Number.POSITIVE_INFINITY) return -1;
    return this.state(ranges, key, sign, digits, value);
  }

  private state(ranges: readonly ExponentRange[], key: string, sign: number, digits: number, value: number): number {
    const stateKey = `${key};${sign},${digits},${value}`;
    const known = this.ids.get(stateKey);
    if (known !== undefined) return known;
    const id = this.states.push({ ranges, key, sign, digits, value, minimum: Number.NaN }) - 1;
    this.ids.set(stateKey, id);
    return id;
  }
}

/** Bytes of the shortest way to an exponent in the ranges; Infinity where there is none. */
function shortest(ranges: readonly ExponentRange[], sign: number, digits: number, value: number): number {
  if (sign === 0) return Math.min(shortest(ranges, 1, 0, 0), 1 + shortest(ranges, -1, 0, 0));
  for (let more = digits === 0 ? 1 : 0, width = 10 ** more; digits + more <= MAXIMUM_DIGITS; more++, width *= 10) {
    const near = sign * value * width;
    const far = sign * (value * width + width - 1);
    if (touches(ranges, Math.min(near, far), Math.max(near, far))) return more;
  }
  return Number.POSITIVE_INFINITY;
}

function touches(ranges: readonly ExponentRange[], low: number, high: number): boolean {
  return ranges.some((range) => range.low <= high && low <= range.high);
}
