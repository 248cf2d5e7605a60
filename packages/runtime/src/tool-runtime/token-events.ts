import type { Tokenizer } from '@tooltune/sdk';
import type { DecodedToken } from '../decode/index.js';
import type { TokenEvent, TokenText } from '../stream/index.js';

/** Makes events of the tokens of an answer, and keeps those that may still be taken back. */
export class TokenEvents {
  readonly #tokenizer: Pick<Tokenizer, 'tokenBytes'>;
  #waiting: TokenEvent[] = [];
  #given = 0;

  constructor(tokenizer: Pick<Tokenizer, 'tokenBytes'>) {
    this.#tokenizer = tokenizer;
  }

  push({ token, forced, probability = 1, top = [] }: DecodedToken): void {
    this.#waiting.push({
      type: 'token',
      ...this.#textOf(token, probability),
      forced,
      top: top.map((candidate) => this.#textOf(candidate.token, candidate.probability)),
    });
  }

  /** Takes back all tokens of the answer but so many; those that were given stay. */
  keep(tokens: number): void {
    this.#waiting.length = Math.min(this.#waiting.length, Math.max(0, tokens - this.#given));
  }

  /** Those that wait. */
  take(): TokenEvent[] {
    const taken = this.#waiting;
    this.#given += taken.length;
    this.#waiting = [];
    return taken;
  }

  #textOf(token: number, probability: number): TokenText {
    return { token, bytes: this.#tokenizer.tokenBytes(token), logProbability: Math.min(0, Math.log(probability)) };
  }
}
