import { createVocabulary, type Vocabulary } from '../constraint/index.js';

let vocabulary: Vocabulary | undefined;

/** A vocabulary whose tokens are the 256 bytes, so that a constraint can be walked by text that another tokenizer wrote. */
export function byteVocabulary(): Vocabulary {
  const bytes = Array.from({ length: 256 }, (_, byte) => Uint8Array.of(byte));
  vocabulary ??= createVocabulary({
    vocabularySize: 257,
    tokenBytes: (token) => bytes[token] ?? new Uint8Array(),
    isSpecial: (token) => token === 256,
    endTokens: [256],
    encode: (text) => [...new TextEncoder().encode(text)],
  });
  return vocabulary;
}
