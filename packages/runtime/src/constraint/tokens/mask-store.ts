import { type ExpressionArena, NOTHING, UNBOUNDED } from '../grammar/expression-arena.js';
import { stringCharacter } from '../strings/json-string.js';
import { type TokenTrie, trieChild } from './token-trie.js';
import type { Vocabulary } from './vocabulary.js';

/** The allowed tokens of a state. */
interface Mask {
  bits: Uint32Array;
  /** Most bytes that any allowed token leaves still to be written, at the least. */
  longestRest: number;
}

/** Bytes of masks that are kept. */
const CACHE_BYTES = 48 * 2 ** 20;
const MAXIMUM_COUNTS = 100_000;

/**
 * Masks of one grammar for one vocabulary, made by one walk of the vocabulary's trie and kept while they recur.
 * Nothing is allocated for a state whose mask is kept.
 */
export class MaskStore {
  readonly arena: ExpressionArena;
  readonly vocabulary: Vocabulary;
  private readonly masks = new Map<number, Mask>();
  private readonly capacity: number;
  private readonly character: number;
  /** Expressions by depth on the way down the trie. */
  private readonly path: Int32Array;
  private readonly shortest = new Map<number, number>();

  constructor(arena: ExpressionArena, vocabulary: Vocabulary) {
    this.arena = arena;
    this.vocabulary = vocabulary;
    this.character = stringCharacter(arena);
    this.path = new Int32Array(vocabulary.trie.maximumDepth + 1);
    this.capacity = Math.max(16, Math.floor(CACHE_BYTES / (4 * vocabulary.plainMask.length)));
  }

  /** Writes the allowed tokens of a state of which `tokensLeft` tokens must finish the text. */
  fill(expression: number, tokensLeft: number, bits: Uint32Array): void {
    this.arena.trimRows();
    const mask = this.mask(expression);
    if (mask.longestRest <= tokensLeft - 1) {
      bits.set(mask.bits);
      return;
    }
    bits.fill(0);
    if (tokensLeft > 0) this.walk(this.vocabulary.trie, expression, bits, tokensLeft - 1);
    this.addEnd(expression, bits);
  }

  /** The expression after a token's bytes; NOTHING where it may not come. */
  after(expression: number, token: number): number {
    const { arena } = this;
    const bytes = this.vocabulary.tokenBytes(token);
    let state = bytes.length === 0 ? NOTHING : expression;
    for (let index = 0; index < bytes.length && state !== NOTHING; index++) {
      state = arena.derivative(state, bytes[index]!);
    }
    return state;
  }

  /** Whether so many tokens are enough to finish the text. */
  fits(expression: number, tokens: number): boolean {
    return this.arena.minimumLength(expression) <= tokens || this.shortestTokens(expression, tokens) <= tokens;
  }

  /**
   * Tokens of the way to finish that `shortestBytes` gives, cut into longest matches. Every state on that way goes on
   * along it, so each of these tokens leaves a state that needs one token less.
   * @param limit Stops counting above it.
   */
  shortestTokens(expression: number, limit: number = Number.POSITIVE_INFINITY): number {
    const known = this.shortest.get(expression);
    if (known !== undefined) return known;
    const { arena } = this;
    if (this.shortest.size > MAXIMUM_COUNTS) this.shortest.clear();
    const states: number[] = [];
    let state = expression;
    let rest = 0;
    while (!arena.isNullable(state)) {
      const counted = this.shortest.get(state);
      if (counted !== undefined) {
        rest = counted;
        break;
      }
      states.push(state);
      if (states.length > limit) return states.length;
      state = this.nextOnShortestWay(state).state;
    }
    for (let index = states.length - 1; index >= 0; index--) this.shortest.set(states[index]!, ++rest);
    return rest;
  }

  /** The tokens that shortestTokens counts. */
  greedyCompletion(expression: number): number[] {
    const tokens: number[] = [];
    for (let state = expression; !this.arena.isNullable(state); ) {
      const next = this.nextOnShortestWay(state);
      tokens.push(next.token);
      state = next.state;
    }
    return tokens;
  }

  private nextOnShortestWay(expression: number): { token: number; state: number } {
    const { arena, vocabulary } = this;
    const { trie } = vocabulary;
    let node = -1;
    let state = expression;
    let found = { token: -1, state: NOTHING };
    while (!arena.isNullable(state)) {
      const byte = arena.shortestByte(state);
      node = trieChild(trie, node, byte);
      if (node < 0) break;
      state = arena.derivative(state, byte);
      if (trie.token[node]! >= 0) found = { token: trie.token[node]!, state };
    }
    return found;
  }

  private mask(expression: number): Mask {
    const key = this.representative(expression);
    const known = this.masks.get(key);
    if (known !== undefined) {
      // The map's order is that of use: the first is dropped first.
      this.masks.delete(key);
      this.masks.set(key, known);
      return known;
    }
    if (this.masks.size >= this.capacity) {
      for (const oldest of this.masks.keys()) {
        this.masks.delete(oldest);
        break;
      }
    }
    const mask = this.build(key);
    this.masks.set(key, mask);
    return mask;
  }

  /** A string with more room than the longest token has the mask of one with any room, so that masks recur in it. */
  private representative(expression: number): number {
    const { arena } = this;
    const head = arena.head(expression);
    if (!arena.isRepetitionOf(head, this.character)) return expression;
    const maximum = arena.repetitionMaximum(head);
    if (maximum !== UNBOUNDED && maximum < this.vocabulary.longestToken) return expression;
    const free = arena.repetition(this.character, arena.repetitionMinimum(head), UNBOUNDED);
    return arena.sequence(free, arena.tail(expression));
  }

  private build(expression: number): Mask {
    const { vocabulary } = this;
    const isPlain = this.takesPlainText(expression);
    const bits = isPlain ? vocabulary.plainMask.slice() : new Uint32Array(vocabulary.plainMask.length);
    const trie = isPlain ? vocabulary.otherTrie : vocabulary.trie;
    const walked = this.walk(trie, expression, bits, Number.POSITIVE_INFINITY);
    this.addEnd(expression, bits);
    return { bits, longestRest: isPlain ? Math.max(walked, this.arena.minimumLength(expression)) : walked };
  }

  /** True inside a string that has room for all plain tokens: none of them needs a walk. */
  private takesPlainText(expression: number): boolean {
    const { arena } = this;
    const members = arena.members(expression);
    for (let index = 0; index < members.length; index++) {
      const head = arena.head(members[index]!);
      if (!arena.isRepetitionOf(head, this.character)) continue;
      const maximum = arena.repetitionMaximum(head);
      if (maximum === UNBOUNDED || maximum >= this.vocabulary.plainCharacters) return true;
    }
    return false;
  }

  private addEnd(expression: number, bits: Uint32Array): void {
    if (!this.arena.isNullable(expression)) return;
    for (const token of this.vocabulary.endTokens) bits[token >>> 5]! |= 1 << (token & 31);
  }

  /**
   * One pass over the trie. Sets the bits of the tokens that may come, and after which `tokensLeft` tokens are enough.
   * Returns the most bytes that any of them leaves to be written.
   */
  private walk(trie: TokenTrie, expression: number, bits: Uint32Array, tokensLeft: number): number {
    const { arena, path } = this;
    const { byte, depth, skip, token, twin, nodeCount } = trie;
    const isTight = tokensLeft !== Number.POSITIVE_INFINITY;
    let longestRest = 0;
    path[0] = expression;
    for (let node = 0; node < nodeCount; ) {
      const level = depth[node]!;
      const state = path[level - 1]!;
      const known = arena.rowOffsets[state]!;
      const offset = known >= 0 ? known : arena.rowOffset(state);
      const next = arena.rows[offset + byte[node]!]!;
      if (next === NOTHING) {
        node = skip[node]!;
        continue;
      }
      path[level] = next;
      let id = token[node]!;
      if (id >= 0 && (!isTight || this.fits(next, tokensLeft))) {
        const rest = arena.minimumLength(next);
        if (rest > longestRest) longestRest = rest;
        for (; id >= 0; id = twin[id]!) bits[id >>> 5]! |= 1 << (id & 31);
      }
      node++;
    }
    return longestRest;
  }
}
