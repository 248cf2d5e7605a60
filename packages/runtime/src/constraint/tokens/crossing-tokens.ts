import type { TokenBytes } from './token-trie.js';

const QUOTE = 0x22;

/**
 * Tokens that may end the name of a property and get to the next one (`":1,`), ascending; few vocabularies have any. The
 * second name must not be the first, which such a token alone does not tell.
 */
export function readCrossingTokens({ bytes, offsets }: TokenBytes): Int32Array {
  const crossing: number[] = [];
  for (let token = 0; token + 1 < offsets.length; token++) {
    const end = offsets[token + 1]!;
    for (let index = offsets[token]!; index < end; index++) {
      if (bytes[index] !== QUOTE) continue;
      if (/"\s*:.*,/s.test(textOf(bytes.subarray(index, end)))) crossing.push(token);
      break;
    }
  }
  return Int32Array.from(crossing);
}

/** Whether a crossing token may hold some of the second name. */
export function holdsSecondName(bytes: Uint8Array): boolean {
  return /"\s*:.*,\s*"./s.test(textOf(bytes));
}

/** Each byte as a character. */
function textOf(bytes: Uint8Array): string {
  return String.fromCharCode(...bytes);
}
