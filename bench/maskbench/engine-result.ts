/** What one engine did with the rows. All times in microseconds. */
export interface EngineResult {
  engine: string;
  versions: Record<string, string>;
  /** What a reader must know about how this engine was timed. */
  notes: string[];
  schemas: SchemaResult[];
  times: {
    /** Compiling, starting and the first mask, by schema that compiles. */
    firstMask: Float64Array;
    /** Taking a token and filling the next mask, by token. */
    mask: Float64Array;
    /** The check of a whole value at the end, by value that came to it. */
    check: Float64Array;
  };
}

export interface SchemaResult {
  name: string;
  group: string;
  /** Why the schema is refused. */
  compileError?: { code: string; keyword?: string; message: string };
  firstMask?: number;
  /** Masks after the first of each walk: so many follow each other in `times.mask`. */
  masks: number;
  slowestMask?: number;
  /** Keywords that are left to the check at the end. */
  deferred?: string[];
  tests: TestVerdict[];
}

export interface TestVerdict {
  valid: boolean;
  accepted: boolean;
  /** Number of the token that the mask does not have, where it lacks one. */
  stoppedAt?: number;
  /** True where decoding let the value through and the check at the end did not. */
  refusedByCheck?: true;
  /** An engine that failed in the middle, or contradicted itself. Counts as neither verdict. */
  failure?: string;
  /** The vocabulary has no token for one of its bytes: not walked. */
  skipped?: true;
}

/** Right on every instance; a schema without any passes if it compiles. */
export function passes({ compileError, tests }: SchemaResult): boolean {
  return compileError === undefined && tests.every((test) => test.skipped || isRight(test));
}

export function isFalseAccept({ valid, accepted, failure, skipped }: TestVerdict): boolean {
  return !skipped && failure === undefined && accepted && !valid;
}

export function isFalseReject({ valid, accepted, failure, skipped }: TestVerdict): boolean {
  return !skipped && failure === undefined && !accepted && valid;
}

function isRight({ valid, accepted, failure }: TestVerdict): boolean {
  return failure === undefined && valid === accepted;
}
