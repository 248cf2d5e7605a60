import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { WordIndex } from './word-index.js';

describe('WordIndex', () => {
  it('puts texts that share rare words first', () => {
    const index = new WordIndex(['turn on the lamp', 'turn on the radio', 'turn on the heating', 'what is new']);
    expect(index.ranked('the radio, please')[0]).toBe(1);
    expect(index.ranked('anything new?')[0]).toBe(3);
  });

  it('ranks every text once, and a text itself before those that share less', () => {
    const text = fc.array(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'Zoë', '7'), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(fc.array(text, { minLength: 1, maxLength: 12 }), (words) => {
        const texts = words.map((some) => some.join(' '));
        const index = new WordIndex(texts);
        for (const [place, one] of texts.entries()) {
          const ranked = index.ranked(one.toUpperCase());
          expect(ranked.toSorted((a, b) => a - b)).toEqual(texts.map((_, other) => other));
          expect(new Set(words[ranked[0]!])).toEqual(new Set(words[place]));
        }
      }),
    );
  });
});
