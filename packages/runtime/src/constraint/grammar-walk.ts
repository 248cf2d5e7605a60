import type { TokenConstraint } from '@tooltune/sdk';
import { ConstraintError } from './constraint-error.js';
import { NOTHING } from './grammar/expression-arena.js';
import { canonicalTokens, stableTokens } from './tokens/canonical-tokens.js';
import type { MaskStore } from './tokens/mask-store.js';
import { stringStart } from './tokens/string-start.js';
import { decodeUtf8, joinBytes } from './utf8.js';
import { nameKeys } from './values/name-keys.js';

/** Longest forced text that is looked for at once, in bytes. */
const MAXIMUM_FORCED = 4096;
/** The state after an end token. */
const ENDED = -1;
const QUOTE = 0x22;

/** What a constraint says of the tokens that it allows. */
export interface TokenPreference {
  /**
   * Sets bit (t & 31) of mask[t >>> 5] for every allowed token t that keeps to what the constraint prefers, and clears the
   * others: inside a string that is `x-grounded: optional`, and right before it, a token that leads into the string must
   * leave it the beginning of some piece of the texts, or end it as one. False, and nothing is written, elsewhere, which
   * costs next to nothing, and once the string is no such beginning.
   */
  fillPreferred(mask: Uint32Array): boolean;
}

/** A walk through a grammar, token by token. */
export class GrammarWalk implements TokenConstraint, TokenPreference {
  private readonly store: MaskStore;
  private readonly maximumTokens: number;
  private readonly tokens: number[] = [];
  /** Expression after each number of tokens; the first is the grammar's start. */
  private readonly states: number[];
  /** What forced() gave here, until a token comes or goes. */
  private forcedHere: number[] | undefined;

  constructor(store: MaskStore, states: readonly number[], tokens: readonly number[], maximumTokens: number) {
    this.store = store;
    this.states = [...states];
    this.tokens = [...tokens];
    this.maximumTokens = maximumTokens;
  }

  private get state(): number {
    return this.states[this.states.length - 1]!;
  }

  /** Tokens of text that may still come. */
  private get tokensLeft(): number {
    return this.maximumTokens - this.tokens.length;
  }

  allows(token: number): boolean {
    return this.next(token) !== NOTHING;
  }

  /** The state after a token, NOTHING where it may not come. */
  private next(token: number): number {
    const { store, state, tokensLeft } = this;
    const { arena, vocabulary } = store;
    if (state === ENDED || token < 0 || token >= vocabulary.size) return NOTHING;
    if (vocabulary.endTokens.includes(token)) return arena.isNullable(state) ? ENDED : NOTHING;
    if (tokensLeft === 0) return NOTHING;
    const after = vocabulary.crossing.has(token) ? this.named(token) : store.after(state, token);
    return after !== NOTHING && store.fits(after, tokensLeft - 1) ? after : NOTHING;
  }

  fillMask(mask: Uint32Array): void {
    if (this.state === ENDED) mask.fill(0);
    else this.store.fill(this.state, this.tokensLeft, mask, this.named);
  }

  fillPreferred(mask: Uint32Array): boolean {
    return this.state !== ENDED && this.store.fillPreferred(this.state, this.tokensLeft, mask, this.named);
  }

  advance(token: number): void {
    this.store.arena.renew();
    const after = this.next(token);
    if (after === NOTHING) {
      throw new ConstraintError(
        'constraint/not-allowed',
        `token ${token} is not allowed after ${this.tokens.length} tokens`,
      );
    }
    this.states.push(after === ENDED || !this.endsString(token) ? after : this.named(token));
    this.tokens.push(token);
    this.forcedHere = undefined;
  }

  private endsString(token: number): boolean {
    return this.store.vocabulary.tokenBytes(token).includes(QUOTE);
  }

  /**
   * The state after a token where names of undeclared properties that end in it are known to their objects, so that none
   * is written twice; NOTHING where the token may not come.
   */
  private readonly named = (token: number): number => {
    const { arena, vocabulary } = this.store;
    const bytes = vocabulary.tokenBytes(token);
    let state = this.state;
    for (let index = 0; index < bytes.length && state !== NOTHING; index++) {
      state = arena.derivative(state, bytes[index]!);
      if (bytes[index] === QUOTE) state = nameKeys(arena, state, () => this.keyBefore(bytes.subarray(0, index)));
    }
    return state;
  };

  /** The name whose closing quote comes next. */
  private keyBefore(last: Uint8Array): string {
    let bytes = last;
    let start = -1;
    for (let index = this.tokens.length; start < 0 && index >= 0; index--) {
      if (index < this.tokens.length) bytes = joinBytes([this.store.vocabulary.tokenBytes(this.tokens[index]!), bytes]);
      start = stringStart(bytes, index === 0);
    }
    return JSON.parse(`"${decodeUtf8(bytes.subarray(start))}"`) as string;
  }

  rollback(count: number): void {
    if (!Number.isInteger(count) || count < 0 || count > this.tokens.length) {
      throw new ConstraintError('constraint/not-allowed', `cannot take back ${count} of ${this.tokens.length} tokens`);
    }
    this.tokens.length -= count;
    this.states.length -= count;
    this.forcedHere = undefined;
  }

  fork(): GrammarWalk {
    return new GrammarWalk(this.store, this.states, this.tokens, this.maximumTokens);
  }

  forced(): number[] {
    this.forcedHere ??= this.findForced();
    return [...this.forcedHere];
  }

  private findForced(): number[] {
    if (this.state === ENDED) return [];
    const { arena, vocabulary } = this.store;
    const bytes: number[] = [];
    let after = this.state;
    for (let byte = arena.onlyByte(after); byte >= 0 && bytes.length < MAXIMUM_FORCED; byte = arena.onlyByte(after)) {
      bytes.push(byte);
      after = arena.derivative(after, byte);
    }
    if (bytes.length === 0) return [];
    const tokens = stableTokens(vocabulary, arena, this.tokens, Uint8Array.from(bytes), after);
    // A tight budget may leave no room for the tokenizer's own way.
    let { state } = this;
    let allowed = 0;
    for (; allowed < Math.min(tokens.length, this.tokensLeft); allowed++) {
      state = this.store.after(state, tokens[allowed]!);
      if (state === NOTHING || !this.store.fits(state, this.tokensLeft - allowed - 1)) break;
    }
    return tokens.slice(0, allowed);
  }

  canEnd(): boolean {
    return this.state === ENDED || this.store.arena.isNullable(this.state);
  }

  isComplete(): boolean {
    return this.state === ENDED || this.store.arena.isOnlyEmpty(this.state);
  }

  shortestCompletion(): number[] {
    if (this.canEnd()) return [];
    const { arena, shortestWay, vocabulary } = this.store;
    arena.renew();
    const canonical = canonicalTokens(vocabulary, this.tokens, shortestWay.bytes(this.state));
    if (canonical !== undefined && canonical.tokens.length <= this.tokensLeft) return canonical.tokens;
    return shortestWay.tokens(this.state);
  }
}
