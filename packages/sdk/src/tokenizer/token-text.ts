/** How the text between special tokens becomes tokens, and what bytes a token of text stands for. */
export interface TokenText {
  /** Adds the tokens of a text to a list. */
  encode(text: string, tokens: number[]): void;
  /** UTF-8 bytes of a token that is neither special nor user-defined. */
  bytesOf(token: number): Uint8Array;
}
