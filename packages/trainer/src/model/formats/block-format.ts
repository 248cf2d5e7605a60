/**
 * How blocks of one ggml format are unpacked. A block becomes integer codes, one or more groups of which share a scale,
 * and, in formats with an offset, a minimum: value = code · scale - minimum.
 */
export interface BlockFormat {
  /** Bits of a code. */
  bits: 4 | 8;
  /** Whether codes are two's complement. */
  signed: boolean;
  /** Values that share a scale. */
  groupSize: 16 | 32;
  hasMinimums: boolean;
  unpack: UnpackBlock;
}

/** Unpacks the block that begins at `data[at]`. Scales and minimums are exact products of a half and a small integer. */
export type UnpackBlock = (
  data: Uint8Array,
  at: number,
  /** Where the codes go, one a byte, in the order of the values. */
  codes: Uint8Array,
  /** Where the scales go, and the minimums, from `group` on. */
  scales: Float32Array,
  minimums: Float32Array,
  group: number,
) => void;
