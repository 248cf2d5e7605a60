import { TooltuneError } from '@tooltune/sdk';

/** One thing in which an adapter differs from what it is to be used with. */
export interface AdapterDifference {
  /** Such as `toolset` or `base model`. */
  what: string;
  /** What the adapter was trained with. */
  expected: string;
  /** What it was given. */
  actual: string;
}

/**
 * An adapter bundle that cannot be used. Codes: `adapter/not-a-bundle`, `adapter/corrupt` (a file is not the one that was
 * written), `adapter/mismatch` (made for another toolset, base model or prompt), `adapter/needs-merge` (of a kind that
 * llama.cpp cannot load), `adapter/other-task` (names intents where tools are to be called, or the other way round).
 */
export class AdapterError extends TooltuneError {
  /** What differs; empty unless the code is `adapter/mismatch`. */
  readonly differences: readonly AdapterDifference[];

  constructor(
    code:
      | 'adapter/not-a-bundle'
      | 'adapter/corrupt'
      | 'adapter/mismatch'
      | 'adapter/needs-merge'
      | 'adapter/other-task',
    message: string,
    options: { cause?: unknown; differences?: readonly AdapterDifference[] } = {},
  ) {
    super(code, message, options);
    this.differences = options.differences ?? [];
  }
}
