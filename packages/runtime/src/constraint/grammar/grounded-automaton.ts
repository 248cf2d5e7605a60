import { encodeUtf8 } from '../utf8.js';
import type { Automaton } from './automaton.js';
import type { ExpressionArena } from './expression-arena.js';

/**
 * How a grounded string may differ from the text it is copied from: not at all, or in the case of its letters;
 * 'optional': so too, but it may be any other string as well.
 */
export type GroundedMode = 'span' | 'span-ci' | 'optional';

const WORD = /[\p{L}\p{N}\p{M}_]/u;
const SPACE = /^\s$/u;
const SURROGATE = /^\p{Cs}$/u;

/** True when a text has something that a grounded string could be: at least one word. */
export function hasWord(text: string): boolean {
  return WORD.test(text);
}

/** Fewest and most code points of a grounded string. */
export interface LengthBounds {
  minimum: number;
  maximum: number;
}

interface GroundedState {
  /** Places in the texts where the piece so far may stand. */
  places: readonly number[];
  /** Whether the piece so far has more than white space. */
  visible: boolean;
  /** Code points so far; always 0 where the length is not bounded, so that states recur. */
  count: number;
}

/**
 * Pieces of texts that begin and end at word boundaries, escaped as JSON.stringify does. A state is the set of places in
 * the texts where the piece so far may stand, so states are those of the texts' suffix automaton (Blumer et al., 1985),
 * made only when they are asked for: linear in the length of the texts.
 */
class GroundedAutomaton implements Automaton {
  readonly isPreferred: boolean;
  private readonly arena: ExpressionArena;
  private readonly id: number;
  private readonly bounds: LengthBounds;
  private readonly isBounded: boolean;

  /**
   * Edges by place: (byte, place after it) pairs. Each text's places before its code points and after the last, in order,
   * then places inside its code points.
   */
  private readonly edges: number[][] = [];
  /** By place: whether the piece may end there. */
  private readonly mayEnd: boolean[] = [];
  /** By place: whether it stands before a code point (or after the last), not inside one. */
  private readonly isHead: boolean[] = [];
  /** By place: whether the code point that it is in, or before, is white space. */
  private readonly isSpace: boolean[] = [];
  /** By place before a code point: fewest bytes of that code point; Infinity where it cannot be written. */
  private readonly width: number[] = [];
  private readonly starts: number[] = [];

  private readonly states: GroundedState[] = [];
  private readonly stateIds = new Map<string, number>();

  constructor(arena: ExpressionArena, texts: readonly string[], mode: GroundedMode, bounds: LengthBounds) {
    this.arena = arena;
    this.isPreferred = mode === 'optional';
    this.bounds = bounds;
    this.isBounded = bounds.minimum > 1 || bounds.maximum !== Number.POSITIVE_INFINITY;
    const known = new Map<string, CodePointTraits>();
    const traits = (codePoint: string) => {
      let found = known.get(codePoint);
      if (found === undefined) known.set(codePoint, (found = traitsOf(arena, codePoint, mode)));
      return found;
    };
    for (const text of texts) this.addText(text, traits);
    this.id = arena.addAutomaton(this);
  }

  start(): number {
    return this.expression(this.starts, false, 0);
  }

  private addText(text: string, traits: (codePoint: string) => CodePointTraits): void {
    const codePoints = Array.from(text, traits);
    const base = this.edges.length;
    for (let index = 0; index <= codePoints.length; index++) {
      const after = codePoints[index];
      const boundary = index === 0 || after === undefined || !after.isWord || !codePoints[index - 1]!.isWord;
      this.addPlace(boundary, true, after?.isSpace ?? false, after?.width ?? Number.POSITIVE_INFINITY);
      if (boundary && after !== undefined) this.starts.push(base + index);
    }
    for (const [index, { variants, isSpace }] of codePoints.entries()) {
      for (const bytes of variants) {
        let after = base + index + 1;
        for (let position = bytes.length - 1; position > 0; position--) {
          const inside = this.addPlace(false, false, isSpace, Number.POSITIVE_INFINITY);
          this.edges[inside]!.push(bytes[position]!, after);
          after = inside;
        }
        this.edges[base + index]!.push(bytes[0]!, after);
      }
    }
  }

  private addPlace(mayEnd: boolean, isHead: boolean, isSpace: boolean, width: number): number {
    this.mayEnd.push(mayEnd);
    this.isHead.push(isHead);
    this.isSpace.push(isSpace);
    this.width.push(width);
    return this.edges.push([]) - 1;
  }

  private expression(places: readonly number[], visible: boolean, count: number): number {
    const key = `${visible ? 'v' : 's'}${count}:${places.join()}`;
    let state = this.stateIds.get(key);
    if (state === undefined) {
      state = this.states.push({ places, visible, count }) - 1;
      this.stateIds.set(key, state);
    }
    return this.arena.automaton(this.id, state);
  }

  fillRow(state: number, row: Int32Array): void {
    const { places, visible, count } = this.states[state]!;
    const byByte = new Map<number, { targets: Set<number>; visible: boolean; isHead: boolean }>();
    for (const place of places) {
      const edges = this.edges[place]!;
      for (let index = 0; index < edges.length; index += 2) {
        const target = edges[index + 1]!;
        let entry = byByte.get(edges[index]!);
        if (entry === undefined) byByte.set(edges[index]!, (entry = { targets: new Set(), visible, isHead: false }));
        entry.targets.add(target);
        if (!this.isHead[target]) continue;
        // Known only at the end of a code point: its first bytes may be those of a space too.
        entry.isHead = true;
        if (!this.isSpace[place]) entry.visible = true;
      }
    }
    for (const [byte, entry] of byByte) {
      const after = [...entry.targets].sort((a, b) => a - b);
      row[byte] = this.expression(after, entry.visible, this.isBounded && entry.isHead ? count + 1 : count);
    }
  }

  isNullable(state: number): boolean {
    const { places, visible, count } = this.states[state]!;
    return visible && this.isLength(count) && places.some((place) => this.mayEnd[place]);
  }

  private isLength(count: number): boolean {
    return !this.isBounded || (count >= this.bounds.minimum && count <= this.bounds.maximum);
  }

  minimumLength(state: number): number {
    const { places, visible, count } = this.states[state]!;
    let shortest = Number.POSITIVE_INFINITY;
    for (const place of places) shortest = Math.min(shortest, this.bytesToEnd(place, visible, count, shortest));
    return shortest;
  }

  /** Bytes to the nearest place where the piece may end; Infinity where there is none within `most` bytes. */
  private bytesToEnd(from: number, visibleBefore: boolean, countBefore: number, most: number): number {
    let place = from;
    let visible = visibleBefore;
    let count = countBefore;
    let bytes = 0;
    if (!this.isHead[place]) {
      visible ||= !this.isSpace[place];
      count++;
      for (; !this.isHead[place]; bytes++) place = this.edges[place]![1]!;
    }
    while (bytes < most) {
      if (visible && this.mayEnd[place] && this.isLength(count)) return bytes;
      if (this.isBounded && count >= this.bounds.maximum) break;
      bytes += this.width[place]!;
      visible ||= !this.isSpace[place];
      place++;
      count++;
    }
    return Number.POSITIVE_INFINITY;
  }
}

/** What of a code point matters here. */
interface CodePointTraits {
  isWord: boolean;
  isSpace: boolean;
  /** Bytes of the shortest of the variants; Infinity where there is none. */
  width: number;
  /** Ways to write it, as JSON.stringify does; none for half a surrogate pair and what the vocabulary lacks. */
  variants: Uint8Array[];
}

function traitsOf(arena: ExpressionArena, codePoint: string, mode: GroundedMode): CodePointTraits {
  const written = new Set(SURROGATE.test(codePoint) ? [] : [codePoint]);
  if (mode !== 'span' && written.size > 0) {
    for (const other of [codePoint.toLowerCase(), codePoint.toUpperCase()]) {
      if (Array.from(other).length === 1 && other.toLowerCase() === codePoint.toLowerCase()) written.add(other);
    }
  }
  const variants = Array.from(written, (variant) => encodeUtf8(JSON.stringify(variant).slice(1, -1))).filter((bytes) =>
    bytes.every((byte) => arena.isUsable(byte)),
  );
  return {
    isWord: WORD.test(codePoint),
    isSpace: SPACE.test(codePoint),
    width: variants.reduce((least, { length }) => Math.min(least, length), Number.POSITIVE_INFINITY),
    variants,
  };
}

const groundedBodies = new WeakMap<ExpressionArena, Map<string, number>>();

/**
 * A piece of one of the texts, as it stands between the quotes of a JSON string: from word boundary to word boundary, and
 * not only white space. A boundary lies between two code points unless both are letters, digits, marks or underscores.
 * Built once per arena, however many strings are grounded in the same texts. Only the pieces, also where the mode is
 * 'optional'.
 */
export function groundedBody(
  arena: ExpressionArena,
  texts: readonly string[],
  mode: GroundedMode,
  bounds: LengthBounds = { minimum: 0, maximum: Number.POSITIVE_INFINITY },
): number {
  let expressions = groundedBodies.get(arena);
  if (expressions === undefined) groundedBodies.set(arena, (expressions = new Map()));
  const key = JSON.stringify([mode, bounds, texts]);
  let expression = expressions.get(key);
  if (expression === undefined) {
    expression = new GroundedAutomaton(arena, texts, mode, bounds).start();
    expressions.set(key, expression);
  }
  return expression;
}
