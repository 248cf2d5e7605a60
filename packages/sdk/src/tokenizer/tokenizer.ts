/** Turns text into token ids and back, exactly as the model's own runtime does. */
export interface Tokenizer {
  /** Number of token ids; ids are 0 to vocabularySize - 1. */
  readonly vocabularySize: number;
  /** Id that ends an assistant's turn (`<|im_end|>` for ChatML). */
  readonly endOfTurnToken: number;
  /** Ids after which generation stops (end of turn, end of text). */
  readonly endTokens: readonly number[];
  /**
   * Token ids of a text. Never adds a beginning- or end-of-text token.
   * @param options.special Whether the text of a special token (`<|im_start|>`) becomes that token. Default true;
   * false for text that a user wrote, so that nobody can forge a turn.
   * @param options.continues Whether other text stands before it. Only tokenizers that write a space before every text
   * (Llama 2, TinyLlama) care: before this one they then write none. Default false.
   */
  encode(text: string, options?: { special?: boolean; continues?: boolean }): number[];
  /**
   * Text of the ids; half characters become U+FFFD. Special tokens appear as their text, and a space that the tokenizer
   * wrote before a text as a space.
   */
  decode(tokens: readonly number[]): string;
  /** UTF-8 bytes that a token stands for; empty for special tokens. Do not modify. */
  tokenBytes(token: number): Uint8Array;
  /** True for control tokens such as `<|im_start|>`, which must not be produced inside text. */
  isSpecial(token: number): boolean;
}
