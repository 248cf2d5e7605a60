import type { Vocabulary } from '@tooltune/runtime/constraint';

/** Cuts texts into the longest tokens from left to right: tokens that exist in every engine, whatever its tokenizer. */
export interface GreedyTokenizer {
  /** Undefined where the vocabulary has no token for a byte. */
  encode(text: string): Int32Array | undefined;
}

/** Of tokens with the same bytes, the first is taken. */
export function createGreedyTokenizer(vocabulary: Vocabulary): GreedyTokenizer {
  const tokens = new Map<string, number>();
  /** By the first two bytes: length of the longest token that starts so. */
  const longest = new Uint16Array(65_536);
  const single = new Int32Array(256).fill(-1);
  for (let token = vocabulary.size - 1; token >= 0; token--) {
    const bytes = vocabulary.tokenBytes(token);
    if (bytes.length === 1) single[bytes[0]!] = token;
    if (bytes.length < 2) continue;
    tokens.set(Buffer.from(bytes).toString('latin1'), token);
    const start = (bytes[0]! << 8) | bytes[1]!;
    longest[start] = Math.max(longest[start]!, bytes.length);
  }
  return {
    encode(text) {
      const bytes = Buffer.from(text, 'utf8');
      const written = bytes.toString('latin1');
      const encoded: number[] = [];
      let position = 0;
      while (position < bytes.length) {
        let token: number | undefined;
        let length = Math.min(longest[(bytes[position]! << 8) | (bytes[position + 1] ?? 0)]!, bytes.length - position);
        for (; length >= 2 && token === undefined; length--) {
          token = tokens.get(written.slice(position, position + length));
          if (token !== undefined) break;
        }
        if (token === undefined) {
          token = single[bytes[position]!]!;
          length = 1;
        }
        if (token < 0) return undefined;
        encoded.push(token);
        position += length;
      }
      return Int32Array.from(encoded);
    },
  };
}
