import { EMPTY_TEXT, type ExpressionArena, NOTHING, UNBOUNDED } from '../grammar/expression-arena.js';
import { ALL_CODE_POINTS } from '../strings/code-points.js';
import { canonicalCharacter, knownStringCharacter, quote } from '../strings/json-string.js';
import { type KeyPlace, keyPlaceOf } from '../values/key-place.js';
import { CLASSES, FIRST_LONG_CLASS } from './character-classes.js';
import { holdsSecondName } from './crossing-tokens.js';
import type { StringTokens } from './string-tokens.js';
import { type TokenTrie, trieChild } from './token-trie.js';
import type { Vocabulary } from './vocabulary.js';

const QUOTE = 0x22;
const LETTER = 0x61;
const CAPITAL = 0x41;

/** Tokens that may come. */
export interface Mask {
  bits: Uint32Array;
  /** Most bytes that any of the tokens leaves to be written, at the least; NaN where that was not asked for. */
  longestRest: number;
  /** Those of them that hold two names of an object, which may be the same: `":1,"b`. */
  doubtful: readonly number[];
}

/** A string that a walk is inside of, at the beginning of a character. */
interface OpenString {
  tokens: StringTokens;
  minimum: number;
  maximum: number;
  /** What follows the closing quote. */
  after: number;
}

/**
 * Finds out which tokens may come at a state. Strings and the names of open objects, where nearly all may, are put
 * together from what is known of the vocabulary; for anything else the vocabulary's trie is walked, and most of it is
 * skipped.
 */
export class MaskBuilder {
  private readonly arena: ExpressionArena;
  private readonly vocabulary: Vocabulary;
  private readonly canonicalCharacter: number;
  private readonly quote: number;
  private readonly twoNames: readonly number[];
  /** Expressions by depth on the way down a trie. */
  private readonly path: Int32Array;
  /** A state that some classes of characters lead back to, whose tokens are in the mask already; NOTHING for none. */
  private keptState = NOTHING;
  private kept = 0;
  private measures = false;
  private longestRest = 0;

  constructor(arena: ExpressionArena, vocabulary: Vocabulary) {
    this.arena = arena;
    this.vocabulary = vocabulary;
    this.canonicalCharacter = canonicalCharacter(arena, ALL_CODE_POINTS);
    this.quote = quote(arena);
    this.twoNames = [...vocabulary.crossing].filter((token) => holdsSecondName(vocabulary.tokenBytes(token)));
    this.path = new Int32Array(vocabulary.trie.maximumDepth + 2);
  }

  /** @param measures Whether `longestRest` is wanted. */
  build(expression: number, measures: boolean): Mask {
    const { arena, vocabulary } = this;
    const bits = new Uint32Array((vocabulary.size + 31) >>> 5);
    this.measures = measures;
    this.longestRest = 0;
    const members: number[] = [];
    arena.beginnings(expression, members);
    const others: number[] = [];
    const strings: OpenString[] = [];
    let isFirst = true;
    for (const member of members) {
      const string = this.openString(member);
      if (string !== undefined) strings.push(string);
      else if (!this.addKey(member, bits, isFirst)) others.push(member);
      else isFirst = false;
    }
    for (const string of strings) {
      this.addString(string, bits, isFirst);
      isFirst = false;
    }
    if (others.length > 0) this.addOther(arena.alternation(others), bits);
    if (arena.isNullable(expression)) {
      for (const token of vocabulary.endTokens) bits[token >>> 5]! |= 1 << (token & 31);
    }
    const doubtful = this.twoNames.filter((token) => ((bits[token >>> 5]! >>> (token & 31)) & 1) === 1);
    return { bits, longestRest: measures ? this.longestRest : Number.NaN, doubtful };
  }

  /** The tokens after which so many tokens are enough. */
  buildWithin(expression: number, fits: (after: number) => boolean, bits: Uint32Array): void {
    const { trie } = this.vocabulary;
    bits.fill(0);
    this.measures = false;
    this.walk(0, trie.nodeCount, expression, bits, fits);
  }

  private openString(member: number): OpenString | undefined {
    const { arena } = this;
    const head = arena.head(member);
    const isFree = arena.isRepetitionOf(head, knownStringCharacter(arena));
    if (!isFree && !arena.isRepetitionOf(head, this.canonicalCharacter)) return undefined;
    const tail = arena.tail(member);
    if (arena.head(tail) !== this.quote) return undefined;
    const maximum = arena.repetitionMaximum(head);
    return {
      tokens: this.vocabulary.stringTokens(isFree ? 'free' : 'canonical'),
      minimum: arena.repetitionMinimum(head),
      maximum: maximum === UNBOUNDED ? Number.POSITIVE_INFINITY : maximum,
      after: arena.tail(tail),
    };
  }

  private addString({ tokens, minimum, maximum, after }: OpenString, bits: Uint32Array, isFirst: boolean): void {
    const inside = tokens.insideWithin(maximum);
    if (isFirst) bits.set(inside);
    else for (let word = 0; word < inside.length; word++) bits[word]! |= inside[word]!;
    // What stays inside leaves at most the characters that are missing, the rest of one, and what follows the string.
    if (this.measures) this.noteRest(minimum + 12 + 1 + this.arena.minimumLength(after));
    const { arena, path } = this;
    const { byte, depth, skip, firstToken } = tokens.data;
    path[0] = after;
    this.addClosers(tokens, 0, minimum, maximum, bits);
    for (let node = 1; node < byte.length; ) {
      const level = depth[node]!;
      const next = arena.derivative(path[level - 1]!, byte[node]!);
      if (next === NOTHING) {
        node = skip[node]!;
        continue;
      }
      path[level] = next;
      if (firstToken[node] !== firstToken[node + 1]) {
        if (this.measures) this.noteRest(arena.minimumLength(next));
        this.addClosers(tokens, node, minimum, maximum, bits);
      }
      node++;
    }
  }

  private addClosers(tokens: StringTokens, node: number, minimum: number, maximum: number, bits: Uint32Array): void {
    const { firstToken, counts, tokens: closers } = tokens.data;
    for (let index = firstToken[node]!; index < firstToken[node + 1]!; index++) {
      const token = closers[index]!;
      const count = counts[token]!;
      if (count < minimum || count > maximum) continue;
      bits[token >>> 5]! |= 1 << (token & 31);
    }
  }

  /**
   * The names of an object that takes any: as inside any string, but for the tokens that run along a name that the object
   * knows. False where this is no such place.
   */
  private addKey(member: number, bits: Uint32Array, isFirst: boolean): boolean {
    const { arena } = this;
    const place = keyPlaceOf(arena, member);
    if (place === undefined) return false;
    const strings: OpenString[] = [];
    for (const option of place.undeclared) {
      const string = this.openString(option);
      if (string === undefined) return false;
      strings.push(string);
    }
    if (strings.length === 0) return false;
    const own = isFirst ? bits : new Uint32Array(bits.length);
    for (const [index, string] of strings.entries()) this.addString(string, own, index === 0);
    this.followNames(place, member, -1, own);
    if (!isFirst) for (let word = 0; word < bits.length; word++) bits[word]! |= own[word]!;
    return true;
  }

  /**
   * Corrects the tokens that run along names that the object knows.
   * @param from Node of the trie that the place is at; -1 for its root.
   */
  private followNames(place: KeyPlace, expression: number, from: number, bits: Uint32Array): void {
    const { arena } = this;
    const { trie } = this.vocabulary;
    if (place.isName) {
      const closing = trieChild(trie, from, QUOTE);
      if (closing >= 0) this.replace(closing, arena.derivative(expression, QUOTE), bits);
    }
    for (const byte of place.bytes) {
      const node = trieChild(trie, from, byte);
      if (node < 0) continue;
      const next = arena.derivative(expression, byte);
      const below = next === NOTHING ? undefined : keyPlaceOf(arena, next);
      if (below === undefined) {
        // Nothing but known names from here on.
        this.replace(node, next, bits);
        continue;
      }
      this.allow(node, next, bits);
      this.followNames(below, next, node, bits);
    }
  }

  /** Makes the tokens at and below a node those of an expression. */
  private replace(node: number, expression: number, bits: Uint32Array): void {
    const { skip } = this.vocabulary.trie;
    this.clear(node, skip[node]!, bits);
    if (expression === NOTHING) return;
    this.allow(node, expression, bits);
    this.walk(node + 1, skip[node]!, expression, bits);
  }

  /** Allows the tokens that end at a node. */
  private allow(node: number, expression: number, bits: Uint32Array): void {
    const { token, twin } = this.vocabulary.trie;
    if (token[node]! < 0) return;
    if (this.measures) this.noteRest(this.arena.minimumLength(expression));
    for (let id = token[node]!; id >= 0; id = twin[id]!) bits[id >>> 5]! |= 1 << (id & 31);
  }

  private clear(from: number, to: number, bits: Uint32Array): void {
    const { token, twin } = this.vocabulary.trie;
    for (let node = from; node < to; node++) {
      for (let id = token[node]!; id >= 0; id = twin[id]!) bits[id >>> 5]! &= ~(1 << (id & 31));
    }
  }

  /** What is neither a string nor a name: patterns, numbers, and all between values. */
  private addOther(expression: number, bits: Uint32Array): void {
    const { trie, classMasks } = this.vocabulary;
    const kept = this.keptClasses(expression);
    if (kept !== 0) {
      const mask = classMasks.of(kept);
      for (let word = 0; word < mask.length; word++) bits[word]! |= mask[word]!;
      // After half a character its other bytes, at most three, are left too.
      if (this.measures) this.noteRest(3 + this.arena.minimumLength(expression));
    }
    this.keptState = kept === 0 ? NOTHING : expression;
    this.kept = kept;
    this.walk(0, trie.nodeCount, expression, bits);
    this.keptState = NOTHING;
  }

  /** Classes of characters that lead from a state back to itself, as those that a pattern repeats. */
  private keptClasses(expression: number): number {
    const { arena } = this;
    const offset = arena.rowOffset(expression);
    if (arena.rows[offset + LETTER] !== expression && arena.rows[offset + CAPITAL] !== expression) return 0;
    let kept = 0;
    for (const [index, ranges] of CLASSES.entries()) {
      const isKept = ranges.every(([first, last]) => {
        for (let byte = first; byte <= last; byte++) {
          if (!arena.isUsable(byte)) continue;
          const rest = index < FIRST_LONG_CLASS ? EMPTY_TEXT : arena.derivative(this.canonicalCharacter, byte);
          if (arena.derivative(expression, byte) !== arena.sequence(rest, expression)) return false;
        }
        return true;
      });
      if (isKept) kept |= 1 << index;
    }
    return kept;
  }

  /** One pass over a part of the trie, whose first node is one level below the expression's place. */
  private walk(
    from: number,
    to: number,
    expression: number,
    bits: Uint32Array,
    fits?: (after: number) => boolean,
  ): void {
    if (from >= to) return;
    const { arena, path, measures } = this;
    const { byte, depth, skip, token, twin }: TokenTrie = this.vocabulary.trie;
    const { subtrees } = this.vocabulary.data.classes;
    const { keptState, kept } = this;
    const base = depth[from]! - 1;
    path[0] = expression;
    for (let node = from; node < to; ) {
      const level = depth[node]! - base;
      const state = path[level - 1]!;
      const known = arena.rowOffsets[state]!;
      const offset = known >= 0 ? known : arena.rowOffset(state);
      const next = arena.rows[offset + byte[node]!]!;
      if (next === NOTHING || (next === keptState && (subtrees[node]! & ~kept) === 0)) {
        node = skip[node]!;
        continue;
      }
      path[level] = next;
      let id = token[node]!;
      if (id >= 0 && (fits === undefined || fits(next))) {
        if (measures) this.noteRest(arena.minimumLength(next));
        for (; id >= 0; id = twin[id]!) bits[id >>> 5]! |= 1 << (id & 31);
      }
      node++;
    }
  }

  private noteRest(bytes: number): void {
    if (bytes > this.longestRest) this.longestRest = bytes;
  }
}
