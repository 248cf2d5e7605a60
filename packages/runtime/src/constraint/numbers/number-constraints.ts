/** What a number has to satisfy. Absent: no demand. */
export interface NumberConstraints {
  /** Whether values without a fractional part are allowed. */
  integers: boolean;
  /** Whether values with a fractional part are allowed. */
  fractions: boolean;
  minimum?: number | undefined;
  maximum?: number | undefined;
  exclusiveMinimum?: number | undefined;
  exclusiveMaximum?: number | undefined;
  /** The value is a multiple of all of these. */
  multipleOf?: readonly number[] | undefined;
  /** The value is a multiple of none of these. */
  notMultipleOf?: readonly number[] | undefined;
  /** Values that are not allowed. */
  excluded?: readonly number[] | undefined;
  /** False: no text with an exponent, so that a digit that is out of range can never be saved by one. Default true. */
  exponents?: boolean | undefined;
}
