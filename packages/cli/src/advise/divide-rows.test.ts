import type { Example } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { divideRows } from './divide-rows.js';

const row = (text: string): Example => ({ kind: 'intent', text, intent: 'x', location: { file: 'rows.jsonl' } });
const textsOf = (rows: readonly Example[]) => rows.map((one) => (one.kind === 'intent' ? one.text : ''));

describe('divideRows', () => {
  const names = Array.from(
    { length: 60 },
    (_, index) => `request ${index} of ${'abcdefgh'[index % 8]} for ${index * 7}`,
  );

  it('holds the same rows out for the same seed, whatever their order, and others for another', () => {
    const held = (rows: readonly string[], seed: number) =>
      textsOf(divideRows(rows.map(row), { seed, heldOut: 12 }).heldOut).toSorted();
    expect(held(names, 1)).toHaveLength(12);
    expect(held(names.toReversed(), 1)).toEqual(held(names, 1));
    expect(held(names, 2)).not.toEqual(held(names, 1));
  });

  it('learns from no row that asks what a held-out one asks, nor nearly', () => {
    const long = names.map((name) => `${name}, if you would be so kind as to do that for me as soon as you can`);
    const rows = long.flatMap((text) => [row(text), row(text.toUpperCase()), row(`${text} today`)]);
    const { training, heldOut, nearDuplicates } = divideRows(rows, { seed: 1, heldOut: 30 });
    const plain = (some: readonly Example[]) =>
      new Set(textsOf(some).map((text) => text.toLowerCase().replace(/ today$/, '')));
    const held = plain(heldOut);
    expect(nearDuplicates).toBeGreaterThan(0);
    expect([...plain(training)].filter((text) => held.has(text))).toEqual([]);
    expect(training.length + heldOut.length + nearDuplicates).toBe(rows.length);
  });
});
