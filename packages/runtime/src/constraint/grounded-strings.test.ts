import { isGroundedSpan } from '@tooltune/sdk';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createBytePairTokenizer } from '../../test/byte-pair-tokenizer.js';
import { compileSchema, createVocabulary } from './index.js';

const tokenizer = createBytePairTokenizer();
const vocabulary = createVocabulary(tokenizer);

const character = fc.constantFrom(...'aAbBéÉé_7 \u00a0¡-."\\\n\t😀日ßſK');
const texts = fc.array(fc.string({ unit: character, maxLength: 12 }), { minLength: 1, maxLength: 3 });
const mode = fc.constantFrom('span' as const, 'span-ci' as const);
const hasWord = (said: readonly string[]) => said.some((text) => /[\p{L}\p{N}\p{M}_]/u.test(text));

/** A piece of one of the texts, or something much like it. */
const piece = texts.chain((said) =>
  fc.tuple(
    fc.constant(said),
    fc.oneof(
      fc.string({ unit: character, maxLength: 4 }),
      fc.tuple(fc.constantFrom(...said), fc.nat(12), fc.nat(12), fc.boolean()).map(([text, from, length, upper]) => {
        const cut = Array.from(text)
          .slice(from, from + length)
          .join('');
        return upper ? cut.toUpperCase() : cut;
      }),
    ),
  ),
);

test('what is accepted is what is a grounded span', () => {
  fc.assert(
    fc.property(piece, mode, ([groundingTexts, value], grounded) => {
      fc.pre(hasWord(groundingTexts));
      const schema = { type: 'string', 'x-grounded': grounded };
      const walk = compileSchema(schema).start({ vocabulary, groundingTexts });
      const accepted = tokenizer.encode(JSON.stringify(value)).every((token) => {
        if (!walk.allows(token)) return false;
        walk.advance(token);
        return true;
      });
      expect(accepted).toBe(isGroundedSpan(groundingTexts, value, grounded));
    }),
    { numRuns: 1000 },
  );
});

test('every allowed walk within a budget ends in a grounded span', () => {
  fc.assert(
    fc.property(
      texts,
      mode,
      fc.nat(12),
      fc.infiniteStream(fc.nat(10_000)),
      (groundingTexts, grounded, extra, choices) => {
        fc.pre(hasWord(groundingTexts));
        const schema = { type: 'string', 'x-grounded': grounded };
        const compiled = compileSchema(schema);
        const budget = compiled.start({ vocabulary, groundingTexts }).shortestCompletion().length + extra;
        const walk = compiled.start({ vocabulary, groundingTexts, maxTokens: budget });
        const taken: number[] = [];
        while (!walk.canEnd()) {
          const allowed = Array.from({ length: vocabulary.size }, (_, token) => token).filter((token) =>
            walk.allows(token),
          );
          taken.push(allowed[choices.next().value! % allowed.length]!);
          walk.advance(taken.at(-1)!);
        }
        expect(isGroundedSpan(groundingTexts, JSON.parse(tokenizer.decode(taken)) as string, grounded)).toBe(true);
      },
    ),
    { numRuns: 200 },
  );
});
