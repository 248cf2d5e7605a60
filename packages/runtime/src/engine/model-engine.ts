/** Which logits of the next token are wanted. The fewer, the cheaper. */
export type LogitsRequest =
  /** None: the tokens are only taken in. Spares the output layer. */
  | { kind: 'none' }
  /** Of the most likely token. */
  | { kind: 'best' }
  /** Of the `count` most likely tokens. */
  | { kind: 'top'; count: number }
  /** Of these tokens. Meant for few: engines may look each up for every token of the vocabulary. */
  | { kind: 'only'; tokens: readonly number[] };

/** A token and its raw logit (before any softmax). */
export interface TokenLogit {
  token: number;
  logit: number;
}

/** A line of tokens in the model's memory. Held by one request at a time. */
export interface ModelSequence {
  /** Number of tokens evaluated so far. */
  readonly length: number;
  /** How many tokens of the prompt for which the sequence was acquired it holds already, with the logits of a fresh one. */
  readonly cachedTokens: number;
  /**
   * Appends tokens (at least one).
   * @returns the wanted logits after the last, the highest first, equal ones by token id.
   * @throws EngineError `engine/context-full` if they do not fit; nothing is evaluated then.
   */
  evaluate(tokens: readonly number[], request: LogitsRequest): Promise<TokenLogit[]>;
  /** Forgets every token from this place on. */
  truncate(length: number): Promise<void>;
  /** Gives the sequence back. What it holds stays, for the next request that begins alike. */
  release(): void;
}

/** A model, with or without an adapter, ready to evaluate tokens. */
export interface ModelEngine {
  /** Tokens that a sequence can hold, prompt and answer together. */
  readonly contextSize: number;
  readonly vocabularySize: number;
  /** The model file's metadata by its GGUF keys (`tokenizer.ggml.tokens`). */
  readonly metadata: Readonly<Record<string, unknown>>;
  /**
   * Lends the free sequence that begins most like this prompt, cut back to what is common; waits while none is free.
   * At least two tokens of the prompt are left to evaluate.
   * @throws the signal's reason when aborted while waiting
   * @throws EngineError `engine/context-full` if the prompt does not fit, `engine/disposed`
   */
  acquireSequence(prompt: readonly number[], signal?: AbortSignal): Promise<ModelSequence>;
  /** Frees the memory. Requests under way fail with `engine/disposed`. */
  dispose(): Promise<void>;
}
