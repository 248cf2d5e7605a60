import { TooltuneError } from '@tooltune/sdk';

/** Stable codes of what the constraint engine refuses. */
export type ConstraintErrorCode =
  /** A keyword, or the way it is used, is not supported. */
  | 'constraint/unsupported-keyword'
  /** The schema itself is wrong: a keyword has a value that JSON Schema does not give it. */
  | 'constraint/invalid-schema'
  /** No value can satisfy the schema. */
  | 'constraint/unsatisfiable'
  /** A schema refers to itself at the same place of the value, so that checking it never ends. */
  | 'constraint/infinite-reference'
  /** The schema is nested too deeply. */
  | 'constraint/too-deep'
  /** The grammar needs more states than the engine holds. */
  | 'constraint/too-large'
  /** Not even the shortest output fits into the token budget. */
  | 'constraint/budget'
  /** `advance` was given a token that is not allowed. */
  | 'constraint/not-allowed'
  /** An option has a value that makes no sense. */
  | 'constraint/bad-option'
  /** The named tool is not in the toolset, or there is none. */
  | 'constraint/unknown-tool';

/** Something that the constraint engine refuses. */
export class ConstraintError extends TooltuneError {
  declare readonly code: ConstraintErrorCode;
  /** The keyword that was refused, where it was one. */
  readonly keyword: string | undefined;
  /** JSON pointer (RFC 6901) of that keyword inside the schema. */
  readonly pointer: string | undefined;

  constructor(
    code: ConstraintErrorCode,
    message: string,
    options: { keyword?: string; pointer?: string; schemaName?: string; cause?: unknown } = {},
  ) {
    const { keyword, pointer, schemaName = 'schema', cause } = options;
    super(code, message, { cause, ...(pointer === undefined ? {} : { location: { file: schemaName, pointer } }) });
    this.keyword = keyword;
    this.pointer = pointer;
  }
}
