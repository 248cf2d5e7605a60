const decoded = new Float32Array(65_536);
for (let bits = 0; bits < 65_536; bits++) {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >>> 10) & 31;
  const fraction = bits & 1023;
  decoded[bits] =
    exponent === 31
      ? fraction === 0
        ? sign * Number.POSITIVE_INFINITY
        : Number.NaN
      : exponent === 0
        ? sign * fraction * 2 ** -24
        : sign * (1 + fraction / 1024) * 2 ** (exponent - 15);
}

const float = new Float32Array(1);
const floatBits = new Uint32Array(float.buffer);

/** Value of an IEEE 754 binary16. */
export function fromHalf(bits: number): number {
  return decoded[bits]!;
}

/** Value of the little-endian binary16 at `bytes[at]`. */
export function readHalf(bytes: Uint8Array, at: number): number {
  return decoded[bytes[at]! | (bytes[at + 1]! << 8)]!;
}

/** Nearest IEEE 754 binary16 of a number, ties to even; overflows to infinity. */
export function toHalf(value: number): number {
  float[0] = value;
  const bits = floatBits[0]!;
  const sign = (bits >>> 16) & 0x8000;
  const magnitude = bits & 0x7fffffff;
  if (magnitude > 0x7f800000) return sign | 0x7e00;
  if (magnitude >= 0x47800000) return sign | 0x7c00;
  if (magnitude < 0x38800000) {
    // Below the smallest normal half: units of 2^-24, ties to even.
    const units = Math.abs(float[0]) * 2 ** 24;
    const floor = Math.floor(units);
    const rest = units - floor;
    return sign | (rest > 0.5 || (rest === 0.5 && floor % 2 === 1) ? floor + 1 : floor);
  }
  const rounded = magnitude + 0xfff + ((magnitude >>> 13) & 1);
  return sign | ((rounded - 0x38000000) >>> 13);
}
