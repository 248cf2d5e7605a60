import type { Automaton } from './automaton.js';
import type { ExpressionArena } from './expression-arena.js';
import { quote } from './json-string.js';
import { encodeUtf8 } from './utf8.js';

/** How a grounded string may differ from the text it is copied from: not at all, or in the case of its letters. */
export type GroundedMode = 'span' | 'span-ci';

const WORD = /[\p{L}\p{N}\p{M}_]/u;
const SPACE = /^\s$/u;
const SURROGATE = /^\p{Cs}$/u;

/** True when a text has something that a grounded string could be: at least one word. */
export function hasWord(text: string): boolean {
  return WORD.test(text);
}

/**
 * Pieces of texts that begin and end at word boundaries, escaped as JSON.stringify does. A state is the set of places in
 * the texts where the piece so far may stand, so states are those of the texts' suffix automaton (Blumer et al., 1985),
 * made only when they are asked for: linear in the length of the texts.
 */
class GroundedAutomaton implements Automaton {
  private readonly arena: ExpressionArena;
  private readonly id: number;

  /** Edges by place: (byte, place after it) pairs; the first places stand before a code point, the rest inside one. */
  private readonly edges: number[][] = [];
  /** By place: bytes to the nearest place where the piece may end, and the same if something visible must come first. */
  private readonly toEnd: number[] = [];
  private readonly toVisibleEnd: number[] = [];
  /** By place: whether the code point that it is in, or before, is white space. */
  private readonly isSpace: boolean[] = [];
  private readonly mayEnd: boolean[] = [];
  /** By place: whether it stands before a code point (or after the last), not inside one. */
  private readonly isHead: boolean[] = [];
  private readonly starts: number[] = [];

  private readonly states: { places: readonly number[]; visible: boolean }[] = [];
  private readonly stateIds = new Map<string, number>();

  constructor(arena: ExpressionArena, texts: readonly string[], mode: GroundedMode) {
    this.arena = arena;
    for (const text of texts) this.addText(Array.from(text), mode);
    this.id = arena.addAutomaton(this);
  }

  start(): number {
    return this.expression(this.starts, false);
  }

  private addText(codePoints: readonly string[], mode: GroundedMode): void {
    const base = this.edges.length;
    const length = codePoints.length;
    for (let index = 0; index <= length; index++) {
      const before = codePoints[index - 1];
      const after = codePoints[index];
      const boundary = before === undefined || after === undefined || !WORD.test(before) || !WORD.test(after);
      this.edges.push([]);
      this.mayEnd.push(boundary);
      this.isHead.push(true);
      this.isSpace.push(after !== undefined && SPACE.test(after));
      if (boundary && after !== undefined) this.starts.push(base + index);
    }
    this.toEnd.length = this.edges.length;
    this.toVisibleEnd.length = this.edges.length;
    for (let index = length; index >= 0; index--) {
      this.setDistances(base + index);
      if (index > 0 && !SURROGATE.test(codePoints[index - 1]!)) {
        for (const variant of variants(codePoints[index - 1]!, mode)) this.addEdge(base + index - 1, variant);
      }
    }
  }

  /** The bytes of a code point from one place to the next; places inside it are numbered after all texts' so far. */
  private addEdge(from: number, codePoint: string): void {
    const bytes = encodeUtf8(JSON.stringify(codePoint).slice(1, -1));
    if (bytes.some((byte) => !this.arena.isUsable(byte))) return;
    let after = from + 1;
    for (let index = bytes.length - 1; index > 0; index--) {
      const inside = this.edges.push([bytes[index]!, after]) - 1;
      this.mayEnd.push(false);
      this.isHead.push(false);
      this.isSpace.push(this.isSpace[from]!);
      this.setDistances(inside);
      after = inside;
    }
    this.edges[from]!.push(bytes[0]!, after);
  }

  private setDistances(place: number): void {
    let end = this.mayEnd[place] ? 0 : Number.POSITIVE_INFINITY;
    let visibleEnd = Number.POSITIVE_INFINITY;
    const edges = this.edges[place]!;
    for (let index = 1; index < edges.length; index += 2) {
      const after = edges[index]!;
      end = Math.min(end, 1 + this.toEnd[after]!);
      // Inside a visible code point the rest of the way need not be visible.
      visibleEnd = Math.min(visibleEnd, 1 + (this.isSpace[place] ? this.toVisibleEnd[after]! : this.toEnd[after]!));
    }
    this.toEnd[place] = end;
    this.toVisibleEnd[place] = visibleEnd;
  }

  private expression(places: readonly number[], visible: boolean): number {
    const key = `${visible ? 'v' : 's'}${places.join()}`;
    let state = this.stateIds.get(key);
    if (state === undefined) {
      state = this.states.push({ places, visible }) - 1;
      this.stateIds.set(key, state);
    }
    return this.arena.automaton(this.id, state);
  }

  fillRow(state: number, row: Int32Array): void {
    const { places, visible } = this.states[state]!;
    const byByte = new Map<number, Set<number>>();
    const visibleBytes = new Set<number>();
    for (const place of places) {
      const edges = this.edges[place]!;
      for (let index = 0; index < edges.length; index += 2) {
        const byte = edges[index]!;
        const targets = byByte.get(byte);
        if (targets === undefined) byByte.set(byte, new Set([edges[index + 1]!]));
        else targets.add(edges[index + 1]!);
        // Known only at the end of a character: its first bytes may be those of a space too.
        if (!this.isSpace[place] && this.isHead[edges[index + 1]!]) visibleBytes.add(byte);
      }
    }
    for (const [byte, targets] of byByte) {
      const after = [...targets].sort((a, b) => a - b);
      row[byte] = this.expression(after, visible || visibleBytes.has(byte));
    }
  }

  isNullable(state: number): boolean {
    const { places, visible } = this.states[state]!;
    return visible && places.some((place) => this.mayEnd[place]);
  }

  minimumLength(state: number): number {
    const { places, visible } = this.states[state]!;
    const distances = visible ? this.toEnd : this.toVisibleEnd;
    return places.reduce((shortest, place) => Math.min(shortest, distances[place]!), Number.POSITIVE_INFINITY);
  }
}

function variants(codePoint: string, mode: GroundedMode): Set<string> {
  const found = new Set([codePoint]);
  if (mode === 'span-ci') {
    for (const other of [codePoint.toLowerCase(), codePoint.toUpperCase()]) {
      if (Array.from(other).length === 1 && other.toLowerCase() === codePoint.toLowerCase()) found.add(other);
    }
  }
  return found;
}

/**
 * A JSON string that is a piece of one of the texts: from word boundary to word boundary, and not only white space. A
 * boundary lies between two code points unless both are letters, digits, marks or underscores.
 */
export function groundedString(arena: ExpressionArena, texts: readonly string[], mode: GroundedMode): number {
  const body = new GroundedAutomaton(arena, texts, mode).start();
  return arena.sequence(quote(arena), body, quote(arena));
}
