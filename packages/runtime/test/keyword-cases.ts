import type { JsonSchema, JsonValue } from '@tooltune/sdk';
import { expect, test } from 'vitest';
import { compileSchema, createVocabulary, type SchemaOptions } from '../src/constraint/index.js';
import { createBytePairTokenizer } from './byte-pair-tokenizer.js';

/** Texts that a schema lets through, and others that it does not. */
export interface KeywordCase {
  name: string;
  schema: JsonSchema;
  options?: SchemaOptions & { groundingTexts?: string[] };
  accepted: string[];
  rejected: string[];
  /** Pointers of the keywords that decoding leaves to the check, which then rejects some. Default: none. */
  deferred?: string[];
}

const tokenizer = createBytePairTokenizer();
const vocabulary = createVocabulary(tokenizer);

/** One test for each case: of texts in the tokenizer's tokens, and of the verdict on the whole value. */
export function testKeywordCases(cases: readonly KeywordCase[]): void {
  test.each(cases)('$name', ({ schema, options = {}, accepted, rejected, deferred = [] }) => {
    const { groundingTexts = [], ...schemaOptions } = options;
    const compiled = compileSchema(schema, schemaOptions);
    const takes = (text: string) => {
      const walk = compiled.start({ vocabulary, groundingTexts });
      for (const token of tokenizer.encode(text)) {
        if (!walk.allows(token)) return false;
        walk.advance(token);
      }
      return walk.canEnd();
    };
    const isValid = (text: string) => compiled.check(JSON.parse(text) as JsonValue);
    expect({
      deferred: compiled.deferred().map(({ pointer }) => pointer),
      wronglyRejected: accepted.filter((text) => !takes(text) || !isValid(text)),
      wronglyAccepted: rejected.filter((text) => takes(text) && (deferred.length === 0 || isValid(text))),
    }).toEqual({ deferred, wronglyRejected: [], wronglyAccepted: [] });
  });
}
