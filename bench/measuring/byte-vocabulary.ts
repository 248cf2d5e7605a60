import { createVocabulary, type SchemaConstraint } from '@tooltune/runtime/constraint';
import type { JsonValue } from '@tooltune/sdk';

const endToken = 256;

/** Every byte is a token, so that each verdict is the grammar's and no tokenizer's. */
export const byteVocabulary = createVocabulary({
  vocabularySize: endToken + 1,
  endTokens: [endToken],
  isSpecial: (token) => token === endToken,
  tokenBytes: (token) => (token === endToken ? new Uint8Array() : Uint8Array.of(token)),
  encode: (text) => [...new TextEncoder().encode(text)],
});

/** Walks the compact JSON of a value byte by byte: `accepted`, `rejected`, or how the engine failed. */
export function judgeInstance(compiled: SchemaConstraint, data: JsonValue, isWhole: boolean): string {
  try {
    const walk = compiled.start({ vocabulary: byteVocabulary });
    for (const byte of new TextEncoder().encode(JSON.stringify(data))) {
      if (!walk.allows(byte)) return 'rejected';
      walk.advance(byte);
    }
    if (!walk.canEnd()) return 'rejected';
    if (compiled.check(data)) return 'accepted';
    return isWhole ? 'failed: the check refuses a value although nothing is deferred' : 'rejected';
  } catch (error) {
    return `failed: ${error}`;
  }
}
