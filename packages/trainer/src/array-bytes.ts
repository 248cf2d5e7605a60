/** The bytes of an array as they lie in memory, without a copy: little-endian on every machine that Node runs on. */
export function arrayBytes(array: ArrayBufferView): Uint8Array {
  return new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
}
