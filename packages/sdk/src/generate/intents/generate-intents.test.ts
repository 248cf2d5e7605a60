import { describe, expect, it } from 'vitest';
import { checkDataset } from '../../checks/index.js';
import { formatDataset } from '../../dataset/index.js';
import { generateIntents } from '../index.js';
import { contentWords } from './out-of-scope.js';

const intents = [
  {
    intent: 'card_arrival',
    description: 'Asks when a card will come.',
    texts: ['when will my card arrive', 'I am still waiting for my new card', 'how long does a card take to get here'],
  },
  {
    intent: 'lost_card',
    texts: ['I lost my card yesterday', 'my card was stolen', 'what do I do if somebody took my card'],
  },
  { intent: 'exchange_rate', texts: ['what is the exchange rate for euros', 'your rate looks wrong to me'] },
];
const everyRow = ({ train, validation, test }: ReturnType<typeof generateIntents>) => [
  ...train,
  ...validation,
  ...test,
];

describe('generateIntents', () => {
  it('writes as many rows as asked for, evenly by intent, and a share out of scope', () => {
    const generated = generateIntents({ intents, count: 400, outOfScope: 0.25 });
    expect(generated.intents).toEqual({ card_arrival: 100, lost_card: 100, exchange_rate: 100, '': 100 });
    expect(generated.short).toEqual({});
    expect([generated.train.length, generated.validation.length, generated.test.length]).toEqual([320, 40, 40]);
    const texts = everyRow(generated).map(({ text }) => text);
    for (const text of intents.flatMap((intent) => intent.texts)) expect(texts).toContain(text);
  });

  it('gives what a check finds nothing wrong with, and the same for the same seed', () => {
    for (const seed of [1, 2, 3]) {
      const { train, validation, test } = generateIntents({ intents, count: 300, seed });
      const files = Object.entries({ train, validation, test }).map(([file, examples]) => ({ file, examples }));
      expect(checkDataset(files).findings.filter(({ severity }) => severity !== 'note')).toEqual([]);
    }
    const bytes = (seed: number) => formatDataset(everyRow(generateIntents({ intents, count: 200, seed })));
    expect(bytes(4)).toBe(bytes(4));
    expect(bytes(4)).not.toBe(bytes(5));
  });

  it('says nothing out of scope that the intents speak of, and nothing of an intent that only others say', () => {
    const words = (texts: readonly string[]) => new Set(texts.flatMap(contentWords));
    const all = words(
      intents.flatMap(({ intent, description = '', texts }) => [intent.replace('_', ' '), description, ...texts]),
    );
    const rows = everyRow(generateIntents({ intents, count: 600 }));
    const outside = rows.filter(({ intent }) => intent === null);
    expect(outside.length).toBeGreaterThan(50);
    // A slip of the fingers may make any word of another.
    const shared = outside.filter(({ text }) => contentWords(text).some((word) => all.has(word)));
    expect(shared.length / outside.length).toBeLessThan(0.1);
    const stolen = rows.filter(({ intent, text }) => intent === 'card_arrival' && /\b(?:stolen|rate)\b/.test(text));
    expect(stolen).toEqual([]);
  });

  it('tells which intents have no more to say, and refuses what cannot be', () => {
    const few = generateIntents({ intents: [{ intent: 'x', texts: ['hm'] }], count: 3000, outOfScope: 0 });
    expect(few.short).toEqual({ x: 3000 });
    expect(few.intents.x).toBeLessThan(3000);
    for (const wrong of [
      { intents, count: 0 },
      { intents, count: 3 },
      { intents, count: 100, outOfScope: 1 },
      { intents: [...intents, intents[0]!], count: 100 },
    ]) {
      expect(() => generateIntents(wrong)).toThrow(expect.objectContaining({ code: 'generate/bad-option' }));
    }
  });
});
