import type { LogitsRequest, ModelSequence, TokenLogit } from '../engine/index.js';

/** Tokens that are evaluated at once at most, so that an abort need not wait for a whole prompt. */
const batchTokens = 128;

/** The logits of the next token, asked for when they are needed and, if need be, once more. */
export class LogitsSource {
  readonly #sequence: ModelSequence;
  readonly #signal: AbortSignal | undefined;
  #pending: number[];
  /** What was evaluated only to look at it. */
  #glimpsed: number[] = [];
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
    await this.#forgetGlimpses();
    if (this.#pending.length === 0 && this.#last !== undefined) {
      await this.#sequence.truncate(this.#sequence.length - 1);
      return this.#sequence.evaluate([this.#last], request);
    }
    const tokens = this.#pending;
    this.#pending = [];
    this.#last = tokens.at(-1);
    return this.#evaluate(tokens, request);
  }

  /**
   * The same for a look at what the model would say, which leaves no trace: what was appended since the last question is
   * evaluated again at the next, in the batches of one that never looked. A batch's size shows in the logits.
   */
  async glimpse(request: LogitsRequest): Promise<TokenLogit[]> {
    const tokens = this.#pending;
    this.#pending = [];
    this.#glimpsed.push(...tokens);
    return this.#evaluate(tokens, request);
  }

  /** Goes back to the tokens before `length` and on with others, at least one; both count from the sequence's start. */
  async rewind(length: number, tokens: readonly number[]): Promise<void> {
    await this.#forgetGlimpses();
    const evaluated = this.#sequence.length;
    const kept = Math.max(0, length - evaluated);
    if (length < evaluated) await this.#sequence.truncate(length);
    this.#pending = [...this.#pending.slice(0, kept), ...tokens];
  }

  async #forgetGlimpses(): Promise<void> {
    if (this.#glimpsed.length === 0) return;
    await this.#sequence.truncate(this.#sequence.length - this.#glimpsed.length);
    this.#pending.unshift(...this.#glimpsed);
    this.#glimpsed = [];
  }

  async #evaluate(tokens: readonly number[], request: LogitsRequest): Promise<TokenLogit[]> {
    let start = 0;
    // A batch of one would be evaluated by other kernels; see LlamaSequence.
    for (; tokens.length - start >= batchTokens + 2; start += batchTokens) {
      await this.#sequence.evaluate(tokens.slice(start, start + batchTokens), { kind: 'none' });
      this.#signal?.throwIfAborted();
    }
    return this.#sequence.evaluate(tokens.slice(start), request);
  }
}
