import type { LogitsRequest, ModelSequence, TokenLogit } from '../engine/index.js';

/** Tokens that are evaluated at once at most, so that an abort need not wait for a whole prompt. */
const batchTokens = 128;

/** The logits of the next token, asked for when they are needed and, if need be, once more. */
export class LogitsSource {
  readonly #sequence: ModelSequence;
  readonly #signal: AbortSignal | undefined;
  #pending: number[];
  #last: number | undefined;

  /** @param pending Tokens that are to be evaluated before anything is asked. */
  constructor(sequence: ModelSequence, pending: readonly number[], signal: AbortSignal | undefined) {
    this.#sequence = sequence;
    this.#pending = [...pending];
    this.#signal = signal;
  }

  /** Appends a token; it is evaluated, together with others, at the next question. */
  append(token: number): void {
    this.#pending.push(token);
  }

  /**
   * Logits after all tokens so far. Asked again without a token in between, it evaluates the last token again: llama.cpp
   * keeps no logits once it has answered.
   * @throws the signal's reason when aborted between batches
   */
  async ask(request: LogitsRequest): Promise<TokenLogit[]> {
    if (this.#pending.length === 0 && this.#last !== undefined) {
      await this.#sequence.truncate(this.#sequence.length - 1);
      return this.#sequence.evaluate([this.#last], request);
    }
    // A batch of one would be evaluated by other kernels; see LlamaSequence.
    while (this.#pending.length >= batchTokens + 2) {
      await this.#sequence.evaluate(this.#pending.splice(0, batchTokens), { kind: 'none' });
      this.#signal?.throwIfAborted();
    }
    const tokens = this.#pending;
    this.#pending = [];
    this.#last = tokens.at(-1);
    return this.#sequence.evaluate(tokens, request);
  }
}
