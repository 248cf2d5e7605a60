/** A tensor that is trained. */
export interface Parameter {
  name: string;
  shape: readonly number[];
  /** Row-major. */
  data: Float32Array;
}
