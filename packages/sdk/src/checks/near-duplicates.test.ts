import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createRandom } from '../random/index.js';
import { createNearDuplicateIndex, findNearDuplicates, textSimilarity } from './near-duplicates.js';

const split = (text: string) => text.split(' ');
const find = (texts: string[], groups = texts.map(() => 'same')) => findNearDuplicates(texts.map(split), groups);

/** The Jaccard index of the shingles, written down without hashing. */
function similarity(one: readonly string[], other: readonly string[]): number {
  const shingles = (words: readonly string[]) =>
    new Set(['^', ...words].map((word, index, all) => `${word} ${all[index + 1] ?? '$'}`));
  const [a, b] = [shingles(one), shingles(other)];
  const common = [...a].filter((shingle) => b.has(shingle)).length;
  return common / (a.size + b.size - common);
}

describe('findNearDuplicates', () => {
  const asked = 'could you please turn on the big light in the kitchen right now';

  it('finds texts that differ in a word or two, with how much they are alike', () => {
    const found = find([asked, 'what is the weather like in oslo', `${asked} thanks`]);
    expect(found).toEqual([{ index: 2, earlier: 0, similarity: similarity(split(asked), split(`${asked} thanks`)) }]);
  });

  it('compares within a group only', () => {
    expect(find([asked, `${asked} thanks`], ['on', 'off'])).toEqual([]);
  });

  it('leaves out empty texts', () => {
    expect(findNearDuplicates([[], []], ['a', 'a'])).toEqual([]);
  });

  it('says the similarity as it is, and tells none below the threshold', () => {
    const texts = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 8 }), {
      maxLength: 12,
    });
    fc.assert(
      fc.property(texts, (texts) => {
        const found = findNearDuplicates(
          texts,
          texts.map(() => ''),
          { threshold: 0.5 },
        );
        for (const one of found) {
          expect(one.earlier).toBeLessThan(one.index);
          expect(one.similarity).toBeCloseTo(similarity(texts[one.earlier]!, texts[one.index]!), 12);
          expect(one.similarity).toBeGreaterThanOrEqual(0.5);
        }
        expect(new Set(found.map(({ index }) => index)).size).toBe(found.length);
      }),
    );
  });

  it('finds nearly all that are hidden among many, the same for the same seed', () => {
    const random = createRandom('texts');
    const word = () => `w${random.integer(0, 400)}`;
    const originals = Array.from({ length: 3000 }, () => Array.from({ length: 14 }, word));
    const copies = originals.slice(0, 600).map((words) => words.map((one, index) => (index === 6 ? 'changed' : one)));
    const texts = [...originals, ...copies];
    const groups = texts.map(() => 'one');
    const found = findNearDuplicates(texts, groups);
    const hidden = found.filter(({ index, earlier }) => index === earlier + 3000);
    expect(hidden.length).toBeGreaterThan(590);
    expect(found.length - hidden.length).toBe(0);
    expect(findNearDuplicates(texts, groups)).toEqual(found);
  });

  it('refuses a threshold that is none', () => {
    expect(() => findNearDuplicates([], [], { threshold: 0 })).toThrow(RangeError);
  });
});

describe('createNearDuplicateIndex', () => {
  const texts = fc.array(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 8 }), { maxLength: 12 });

  it('lets nothing through that findNearDuplicates would find among what it took, in any order', () => {
    fc.assert(
      fc.property(texts, fc.integer(), (words, seed) => {
        const index = createNearDuplicateIndex();
        const taken = words.filter((one) => !index.has(one, 'g') && !index.add(one, 'g'));
        const shuffled = createRandom(seed).shuffle(taken);
        expect(
          findNearDuplicates(
            shuffled,
            shuffled.map(() => 'g'),
          ),
        ).toEqual([]);
      }),
    );
  });

  it('remembers what it is given, by group, and says what two texts have in common', () => {
    const index = createNearDuplicateIndex();
    const asked = split('turn on the light');
    expect(index.has(asked, 'on')).toBe(false);
    expect(index.add(asked, 'on')).toBe(false);
    expect([index.has(asked, 'on'), index.has(asked, 'off'), index.add([], 'on')]).toEqual([true, false, false]);
    fc.assert(fc.property(texts, (all) => all.every((one) => one.length === 0 || textSimilarity(one, one) === 1)));
    expect(textSimilarity(asked, split('turn on the radio'))).toBe(similarity(asked, split('turn on the radio')));
  });
});
