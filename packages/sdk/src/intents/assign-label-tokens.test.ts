import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createTokenizer } from '../tokenizer/index.js';
import { tinyMetadata } from '../tokenizer/tiny-metadata.test-support.js';
import { assignLabelTokens } from './index.js';

/** Some whole words beside every byte; merges with a space come first, as the others would keep it apart. */
const words = ['Ġcard', 'Ġarrival', 'Ġlost', 'Ġthe', 'card', 'lost', 'refund', 'none'];
const merges = words.flatMap((word) =>
  Array.from({ length: word.length - 1 }, (_, at) => `${word.slice(0, at + 1)} ${word[at + 1]}`),
);
const metadata = tinyMetadata();
const known = metadata['tokenizer.ggml.tokens'] as string[];
const pieces = merges.map((merge) => merge.replace(' ', ''));
const tokens = [...new Set([...known, ...pieces])];
const tokenizer = createTokenizer(
  tinyMetadata({
    'tokenizer.ggml.tokens': tokens,
    'tokenizer.ggml.merges': [...(metadata['tokenizer.ggml.merges'] as string[]), ...new Set(merges)],
    'tokenizer.ggml.token_type': tokens.map((text) => (/^<\|.*\|>$/.test(text) ? 3 : text === '<custom>' ? 4 : 1)),
  }),
);

const assigned = (...intents: (string | null)[]) =>
  Object.fromEntries(
    assignLabelTokens(intents, tokenizer).map(({ intent, token }) => [String(intent), tokenizer.decode([token])]),
  );

describe('assignLabelTokens', () => {
  it('takes the first token of the words where it is free, else another of them', () => {
    expect(assigned('card', 'card_arrival', 'cardLost', 'Refund?')).toEqual({
      'Refund?': 'refund',
      card: 'card',
      cardLost: ' lost',
      card_arrival: ' arrival',
    });
  });

  it('keeps the tokens of labels that a model knows already, and gives them to no other', () => {
    const labels = assignLabelTokens(['card', 'refund', null], tokenizer);
    const kept = labels.filter(({ intent }) => intent !== 'card').map(({ intent, token }) => ({ intent, token }));
    const swapped = [{ intent: 'card_arrival', token: labels[0]!.token }, ...kept];
    const again = assignLabelTokens(['Card lost', 'card', 'card_arrival', 'refund', null], tokenizer, swapped);
    expect(again).toEqual(expect.arrayContaining(swapped));
    expect(new Set(again.map(({ token }) => token)).size).toBe(5);
    const fewer = assignLabelTokens(['card', null], tokenizer, [{ intent: 'refund', token: labels[0]!.token }]);
    expect(fewer[0]!.token).not.toBe(labels[0]!.token);
  });

  it('takes a token back where its label has another and a later label would have none', () => {
    // "refund" is all that the label refund wants, and " card" all that "Refund card" then finds free.
    expect(assigned('Refund card', 'refund')).toEqual({ 'Refund card': ' card', refund: 'refund' });
    // Here "Card" has taken " card": it gets "card" instead, which "CARD lost" took first.
    expect(assigned('CARD lost', 'Card', 'Refund card', 'refund')).toEqual({
      'CARD lost': ' lost',
      Card: 'card',
      'Refund card': ' card',
      refund: 'refund',
    });
  });

  it('gives words that no label wants where there are none of its own', () => {
    const { '!!!': other, card } = assigned('!!!', 'card');
    expect(card).toBe('card');
    expect(other).toMatch(/^ ?\p{L}{2,}$/u);
  });

  it('puts out of scope last', () => {
    expect(assignLabelTokens([null, 'lost'], tokenizer).map(({ intent }) => intent)).toEqual(['lost', null]);
  });

  it('gives each label a token of its own, none of them special, whatever the order', () => {
    const intent = fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 8 }),
      fc.constantFrom('card', '<|im_end|>', 'a b'),
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.option(intent), { minLength: 2, maxLength: 60 }), (intents) => {
        const labels = assignLabelTokens(intents, tokenizer);
        expect(new Set(labels.map((label) => label.intent))).toEqual(new Set(intents));
        expect(new Set(labels.map(({ token }) => token)).size).toBe(intents.length);
        for (const { token } of labels) expect(tokenizer.tokenBytes(token).length).toBeGreaterThan(0);
        expect(assignLabelTokens([...intents].reverse(), tokenizer)).toEqual(labels);
      }),
    );
  });

  it('refuses more labels than the vocabulary has words for', () => {
    const many = Array.from({ length: 400 }, (_, index) => `?${'!'.repeat(index)}`);
    expect(() => assignLabelTokens(many, tokenizer)).toThrow(
      expect.objectContaining({ code: 'intents/too-many-labels' }),
    );
  });
});
