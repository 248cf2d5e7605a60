import { encodeUtf8 } from '../utf8.js';
import type { Automaton } from './automaton.js';
import { EMPTY_TEXT, type ExpressionArena, NOTHING } from './expression-arena.js';

/** Order in which an object's properties may be written: any, or that of the schema. */
export type PropertyOrder = 'any' | 'schema';

/** A declared property of an object. */
export interface ObjectProperty {
  name: string;
  /** Expression of its value. */
  value: number;
  required: boolean;
}

interface KeyNode {
  children: Map<number, number>;
  depth: number;
  /** Bit i is set when the key of property i lies below or here. */
  below: bigint;
  /** Property whose key, quotes and colon included, ends here; -1 if none does. */
  property: number;
}

const QUOTE = 0x22;
const COMMA = 0x2c;
const CLOSE = 0x7d;
/** Positions that are not in a key. */
const AFTER_OPEN = -1;
const AFTER_VALUE = -2;

interface ObjectState {
  /** Bit i is set when property i may not be written any more. */
  used: bigint;
  /** Node of the key tree, AFTER_OPEN or AFTER_VALUE. */
  position: number;
}

/**
 * The inside of a JSON object and its closing brace, its properties in any order, each at most once. A state is the set
 * of properties that are gone and the place in the prefix tree of the keys.
 */
class ObjectAutomaton implements Automaton {
  private readonly arena: ExpressionArena;
  private readonly id: number;
  private readonly properties: readonly ObjectProperty[];
  private readonly order: PropertyOrder;
  private readonly all: bigint;
  private readonly required: bigint;
  /** Bytes of key, colon and shortest value, by property. */
  private readonly lengths: number[];
  private readonly keys: KeyNode[] = [{ children: new Map(), depth: 0, below: 0n, property: -1 }];
  private readonly states: ObjectState[] = [];
  private readonly stateIds = new Map<string, number>();

  constructor(arena: ExpressionArena, properties: readonly ObjectProperty[], order: PropertyOrder) {
    this.arena = arena;
    this.order = order;
    this.properties = properties;
    this.all = (1n << BigInt(properties.length)) - 1n;
    let required = 0n;
    this.lengths = properties.map((property, index) => {
      if (property.required) required |= 1n << BigInt(index);
      return this.insertKey(property.name, index) + arena.minimumLength(property.value);
    });
    this.required = required;
    this.id = arena.addAutomaton(this);
  }

  start(): number {
    return this.expression(0n, AFTER_OPEN);
  }

  private insertKey(name: string, property: number): number {
    const bytes = encodeUtf8(`${JSON.stringify(name)}:`);
    const bit = 1n << BigInt(property);
    let node = 0;
    this.keys[node]!.below |= bit;
    for (const byte of bytes) {
      let child = this.keys[node]!.children.get(byte);
      if (child === undefined) {
        const depth = this.keys[node]!.depth + 1;
        child = this.keys.push({ children: new Map(), depth, below: 0n, property: -1 }) - 1;
        this.keys[node]!.children.set(byte, child);
      }
      node = child;
      this.keys[node]!.below |= bit;
    }
    this.keys[node]!.property = property;
    return bytes.length;
  }

  private expression(used: bigint, position: number): number {
    if (position === AFTER_VALUE && used === this.all) return this.closed();
    const key = `${position}:${used.toString(36)}`;
    let state = this.stateIds.get(key);
    if (state === undefined) {
      state = this.states.push({ used, position }) - 1;
      this.stateIds.set(key, state);
    }
    return this.arena.automaton(this.id, state);
  }

  private closed(): number {
    return this.arena.bytes(CLOSE, CLOSE);
  }

  /** Properties that may be written next. In the schema's order no required one may be passed over. */
  private candidates(used: bigint): bigint {
    const open = this.all & ~used;
    if (this.order === 'any') return open;
    const missing = this.required & ~used;
    if (missing === 0n) return open;
    const firstMissing = missing & -missing;
    return open & ((firstMissing << 1n) - 1n);
  }

  fillRow(state: number, row: Int32Array): void {
    const { used, position } = this.states[state]!;
    const candidates = this.candidates(used);
    if (position < 0) {
      if ((this.required & ~used) === 0n) row[CLOSE] = EMPTY_TEXT;
      if (candidates === 0n) return;
      if (position === AFTER_VALUE) row[COMMA] = this.expression(used, 0);
      else row[QUOTE] = this.expression(used, this.keys[0]!.children.get(QUOTE)!);
      return;
    }
    for (const [byte, child] of this.keys[position]!.children) {
      const { below, property } = this.keys[child]!;
      if ((below & candidates) === 0n) continue;
      if (property < 0) {
        row[byte] = this.expression(used, child);
        continue;
      }
      const bit = 1n << BigInt(property);
      const gone = this.order === 'any' ? used | bit : used | ((bit << 1n) - 1n);
      row[byte] = this.arena.sequence(this.properties[property]!.value, this.expression(gone, AFTER_VALUE));
    }
  }

  isNullable(): boolean {
    return false;
  }

  minimumLength(state: number): number {
    const { used, position } = this.states[state]!;
    const missing = this.required & ~used;
    // Each missing property costs a comma, its key and value; then the brace.
    let rest = 1;
    this.forEachProperty(missing, (property) => {
      rest += 1 + this.lengths[property]!;
    });
    if (position === AFTER_VALUE) return rest;
    if (position === AFTER_OPEN) return missing === 0n ? rest : rest - 1;
    const { below, depth } = this.keys[position]!;
    let shortest = Number.POSITIVE_INFINITY;
    this.forEachProperty(below & this.candidates(used), (property) => {
      const alone = this.lengths[property]! - depth;
      const counted = (missing >> BigInt(property)) & 1n ? 1 + this.lengths[property]! : 0;
      shortest = Math.min(shortest, alone + rest - counted);
    });
    return shortest;
  }

  private forEachProperty(set: bigint, visit: (property: number) => void): void {
    if (set === 0n) return;
    for (let property = 0; property < this.properties.length; property++) {
      if ((set >> BigInt(property)) & 1n) visit(property);
    }
  }
}

/**
 * An expression for a compact JSON object of these properties. Optional ones without any possible value never appear.
 */
export function jsonObject(
  arena: ExpressionArena,
  properties: readonly ObjectProperty[],
  order: PropertyOrder = 'any',
): number {
  const canBe = ({ name, value }: ObjectProperty) =>
    value !== NOTHING && encodeUtf8(JSON.stringify(name)).every((byte) => arena.isUsable(byte));
  if (properties.some((property) => property.required && !canBe(property))) return NOTHING;
  const possible = properties.filter(canBe);
  return arena.sequence(arena.bytes(0x7b, 0x7b), new ObjectAutomaton(arena, possible, order).start());
}
