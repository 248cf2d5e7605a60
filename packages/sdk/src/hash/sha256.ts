import { sha256 as digest } from '@noble/hashes/sha2.js';
import { bytesToHex } from '@noble/hashes/utils.js';

/** SHA-256 of bytes, or of a string's UTF-8: 32 bytes. */
export function sha256(data: Uint8Array | string): Uint8Array {
  return digest(typeof data === 'string' ? new TextEncoder().encode(data) : data);
}

/** SHA-256 as 64 lower-case hexadecimal digits. For a large file, `fileSha256` of `@tooltune/sdk/files` is faster. */
export function sha256Hex(data: Uint8Array | string): string {
  return bytesToHex(sha256(data));
}
