import type { TokenConstraint } from '@tooltune/sdk';
import type { TokenPreference } from '../constraint/index.js';

/** The tokens that may come next, in a buffer that is used again and again. */
export class TokenMask {
  readonly #bits: Uint32Array;
  readonly #endTokens: readonly number[];

  /** @param endTokens Tokens that end the output; they are allowed where the constraint can end. */
  constructor(vocabularySize: number, endTokens: readonly number[]) {
    this.#bits = new Uint32Array((vocabularySize + 31) >>> 5);
    this.#endTokens = endTokens;
  }

  /** Takes over what the constraint allows. */
  fill(constraint: TokenConstraint): void {
    constraint.fillMask(this.#bits);
    const canEnd = constraint.canEnd();
    for (const token of this.#endTokens) {
      if (canEnd) this.#bits[token >>> 5]! |= 1 << (token & 31);
      else this.#bits[token >>> 5]! &= ~(1 << (token & 31));
    }
  }

  /** Takes over what the constraint prefers; false where that is nothing, or all that it allows. */
  fillPreferred(constraint: TokenConstraint & Partial<TokenPreference>): boolean {
    return constraint.fillPreferred?.(this.#bits) === true;
  }

  has(token: number): boolean {
    return (this.#bits[token >>> 5]! & (1 << (token & 31))) !== 0;
  }

  /** Number of allowed tokens. */
  count(): number {
    let count = 0;
    for (let index = 0; index < this.#bits.length; index++) {
      // Bits counted in parallel (Warren, Hacker's Delight, 5-1).
      let word = this.#bits[index]!;
      word -= (word >>> 1) & 0x55555555;
      word = (word & 0x33333333) + ((word >>> 2) & 0x33333333);
      count += Math.imul((word + (word >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24;
    }
    return count;
  }

  /** The allowed tokens, ascending. */
  list(): number[] {
    const tokens: number[] = [];
    for (let index = 0; index < this.#bits.length; index++) {
      let word = this.#bits[index]!;
      while (word !== 0) {
        const bit = 31 - Math.clz32(word & -word);
        tokens.push((index << 5) | bit);
        word &= word - 1;
      }
    }
    return tokens;
  }
}
