/**
 * What may come next, in tokens. Implemented by runtime's constraint engine; asked by decoding, and by a trainer that
 * leaves forced tokens out of its loss. Token ids are the vocabulary's.
 */
export interface TokenConstraint {
  /** May this token come next? Constant time after the first question about a state. */
  allows(token: number): boolean;
  /** Sets bit (t & 31) of mask[t >>> 5] for every allowed token t and clears the others. Length: ceil(vocabulary / 32). */
  fillMask(mask: Uint32Array): void;
  /** Takes a token. Throws a TooltuneError (`constraint/not-allowed`) for one that is not allowed. */
  advance(token: number): void;
  /** Takes back the last `count` tokens. */
  rollback(count: number): void;
  /** An independent constraint in the same state. */
  fork(): TokenConstraint;
  /** Tokens that must come next, as the tokenizer itself would write them; empty where there is a choice. */
  forced(): number[];
  /** True where the output may end here. */
  canEnd(): boolean;
  /** True where nothing can follow, however many tokens were left: an end here is not for want of them. */
  isComplete(): boolean;
  /** A shortest way (in bytes) to a valid end from here, as canonical tokens; empty if it can end now. */
  shortestCompletion(): number[];
}
