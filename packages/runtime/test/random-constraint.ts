import { createRandom, type TokenConstraint } from '@tooltune/sdk';

export interface RandomConstraintOptions {
  seed: number;
  /** Tokens after which nothing but the end may come. */
  length: number;
  /** The last token of the vocabulary is the end. */
  vocabularySize: number;
  /** How many tokens may be allowed at a place. */
  sizes: readonly number[];
}

/** Allows, after each number of tokens, some set of them; the same for the same seed. */
export class RandomConstraint implements TokenConstraint {
  position = 0;
  readonly #options: RandomConstraintOptions;

  constructor(options: RandomConstraintOptions) {
    this.#options = options;
  }

  get #endToken(): number {
    return this.#options.vocabularySize - 1;
  }

  allowed(): Set<number> {
    const { seed, length, sizes } = this.#options;
    if (this.position >= length) return new Set([this.#endToken]);
    const random = createRandom(`${seed}/${this.position}`);
    const count = sizes[random.integer(0, sizes.length - 1)]!;
    const tokens = random.shuffle(Array.from({ length: this.#endToken }, (_, token) => token)).slice(0, count);
    return new Set(tokens);
  }

  allows(token: number): boolean {
    return this.allowed().has(token);
  }

  fillMask(mask: Uint32Array): void {
    mask.fill(0);
    for (const token of this.allowed()) mask[token >>> 5]! |= 1 << (token & 31);
  }

  advance(token: number): void {
    if (!this.allows(token)) throw new Error(`${token} is not allowed`);
    this.position++;
  }

  rollback(count: number): void {
    this.position -= count;
  }

  fork(): TokenConstraint {
    const copy = new RandomConstraint(this.#options);
    copy.position = this.position;
    return copy;
  }

  forced(): number[] {
    const allowed = [...this.allowed()];
    return allowed.length === 1 && this.position % 2 === 0 && allowed[0] !== this.#endToken ? allowed : [];
  }

  canEnd(): boolean {
    return this.position >= this.#options.length;
  }

  isComplete(): boolean {
    return this.canEnd();
  }

  shortestCompletion(): number[] {
    return [];
  }
}
