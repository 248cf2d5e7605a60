import { type ExpressionArena, NOTHING, UNBOUNDED } from '../grammar/expression-arena.js';
import { ALL_CODE_POINTS } from '../strings/code-points.js';
import { canonicalCharacter, knownStringCharacter } from '../strings/json-string.js';
import { type Mask, MaskBuilder } from './mask-builder.js';
import { PreferredTokens } from './preferred-tokens.js';
import { ShortestWay } from './shortest-way.js';
import type { Vocabulary } from './vocabulary.js';

/** Bytes of masks that are kept. */
const CACHE_BYTES = 48 * 2 ** 20;

/** Masks of one grammar for one vocabulary, kept while they recur. Nothing is allocated for a state whose mask is kept. */
export class MaskStore {
  readonly arena: ExpressionArena;
  readonly vocabulary: Vocabulary;
  readonly shortestWay: ShortestWay;
  private readonly builder: MaskBuilder;
  private readonly preferred: PreferredTokens;
  private readonly masks = new Map<number, Mask>();
  private readonly capacity: number;
  private readonly canonicalCharacter: number;

  constructor(arena: ExpressionArena, vocabulary: Vocabulary) {
    this.arena = arena;
    this.vocabulary = vocabulary;
    this.shortestWay = new ShortestWay(arena, vocabulary);
    this.builder = new MaskBuilder(arena, vocabulary);
    this.preferred = new PreferredTokens(arena, vocabulary);
    this.canonicalCharacter = canonicalCharacter(arena, ALL_CODE_POINTS);
    this.capacity = Math.max(16, Math.floor(CACHE_BYTES / ((vocabulary.size + 31) >>> 3)));
  }

  /**
   * Writes the allowed tokens of a state of which `tokensLeft` tokens must finish the text.
   * @param named The state after a token where objects know all names that end in it, and NOTHING where it may not come.
   */
  fill(expression: number, tokensLeft: number, bits: Uint32Array, named: (token: number) => number): void {
    this.arena.renew();
    const isLimited = tokensLeft !== Number.POSITIVE_INFINITY;
    const mask = this.mask(expression, isLimited);
    const isTight = isLimited && mask.longestRest > tokensLeft - 1;
    if (!isTight) bits.set(mask.bits);
    else if (tokensLeft > 0) this.builder.buildWithin(expression, (after) => this.fits(after, tokensLeft - 1), bits);
    else bits.fill(0);
    if (isTight && this.arena.isNullable(expression)) {
      for (const token of this.vocabulary.endTokens) bits[token >>> 5]! |= 1 << (token & 31);
    }
    for (const token of isTight && tokensLeft > 0 ? this.vocabulary.crossing : mask.doubtful) {
      const after = named(token);
      if (after !== NOTHING && this.fits(after, tokensLeft - 1)) bits[token >>> 5]! |= 1 << (token & 31);
      else bits[token >>> 5]! &= ~(1 << (token & 31));
    }
  }

  /**
   * Writes those of the allowed tokens that keep to what is preferred; false, and nothing is written, where all do.
   * @param named As for `fill`.
   */
  fillPreferred(expression: number, tokensLeft: number, bits: Uint32Array, named: (token: number) => number): boolean {
    if (!this.preferred.differAt(expression)) return false;
    this.preferred.fill(expression, (after) => this.fits(after, tokensLeft - 1), bits);
    const allowed = new Uint32Array(bits.length);
    this.fill(expression, tokensLeft, allowed, named);
    for (let word = 0; word < bits.length; word++) bits[word]! &= allowed[word]!;
    return true;
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
    if (tokens === Number.POSITIVE_INFINITY) return true;
    return this.arena.minimumLength(expression) <= tokens || this.shortestWay.count(expression, tokens) <= tokens;
  }

  private mask(expression: number, isLimited: boolean): Mask {
    const key = this.representative(expression);
    const known = this.masks.get(key);
    if (known !== undefined) {
      // The map's order is that of use: the first is dropped first.
      this.masks.delete(key);
      if (!isLimited || !Number.isNaN(known.longestRest)) {
        this.masks.set(key, known);
        return known;
      }
    } else if (this.masks.size >= this.capacity) {
      for (const oldest of this.masks.keys()) {
        this.masks.delete(oldest);
        break;
      }
    }
    const mask = this.builder.build(key, isLimited);
    this.masks.set(key, mask);
    return mask;
  }

  /** A string with more room than the longest token has the mask of one with any room, so that masks recur in it. */
  private representative(expression: number): number {
    const { arena } = this;
    const head = arena.head(expression);
    for (const character of [knownStringCharacter(arena), this.canonicalCharacter]) {
      if (!arena.isRepetitionOf(head, character)) continue;
      const maximum = arena.repetitionMaximum(head);
      if (maximum === UNBOUNDED || maximum < this.vocabulary.longestToken) return expression;
      const free = arena.repetition(character, arena.repetitionMinimum(head), UNBOUNDED);
      return arena.sequence(free, arena.tail(expression));
    }
    return expression;
  }
}
