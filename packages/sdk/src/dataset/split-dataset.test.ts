import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Example, parseDataset, promptKey, splitDataset } from './index.js';

const example = (text: string, line: number): Example => ({
  kind: 'conversation',
  messages: [
    { role: 'user', content: text },
    { role: 'assistant', content: 'ok' },
  ],
  location: { file: 'x', line },
});
const datasets = fc
  .array(fc.oneof(fc.constantFrom('a', 'A', ' a', 'b', 'B  c'), fc.string({ unit: 'grapheme' })))
  .map((texts) => texts.map(example));
const options = fc.record({ seed: fc.integer(), fraction: fc.double({ min: 0, max: 1, noNaN: true }) });

describe('splitDataset', () => {
  it('gives each row to one side, in the order of the file', () => {
    fc.assert(
      fc.property(datasets, options, (examples, choice) => {
        const { train, heldOut } = splitDataset(examples, choice);
        expect([...train, ...heldOut].sort(byLine)).toEqual(examples);
        expect(train).toEqual([...train].sort(byLine));
        expect(heldOut).toEqual([...heldOut].sort(byLine));
      }),
    );
  });

  it('never asks the same on both sides', () => {
    fc.assert(
      fc.property(datasets, options, (examples, choice) => {
        const { train, heldOut } = splitDataset(examples, choice);
        const trained = new Set(train.map(promptKey));
        expect(heldOut.filter((row) => trained.has(promptKey(row)))).toEqual([]);
      }),
    );
  });

  it('draws the same rows whatever their order', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: 'grapheme' }), { selector: (text) => promptKey(example(text, 1)) }),
        options,
        (texts, choice) => {
          const examples = texts.map(example);
          const { heldOut } = splitDataset(examples, choice);
          const reversed = splitDataset([...examples].reverse(), choice).heldOut.reverse();
          expect(reversed).toEqual(heldOut);
        },
      ),
    );
  });

  it('holds out exactly the share where every row asks something else', () => {
    const examples = Array.from({ length: 200 }, (_, index) => example(`request ${index}`, index));
    expect(splitDataset(examples, { seed: 1, fraction: 0.15 }).heldOut).toHaveLength(30);
    expect(splitDataset(examples, { seed: 1, fraction: 0 }).heldOut).toHaveLength(0);
    expect(splitDataset(examples, { seed: 1, fraction: 1 }).train).toHaveLength(0);
    expect(splitDataset(examples.slice(0, 2), { seed: 1, fraction: 0.01 }).heldOut).toHaveLength(1);
  });

  it('hardly changes its mind when rows are added, and does so for another seed', () => {
    const examples = Array.from({ length: 200 }, (_, index) => example(`request ${index}`, index));
    const before = splitDataset(examples.slice(0, 190), { seed: 1, fraction: 0.2 }).heldOut;
    const after = new Set(splitDataset(examples, { seed: 1, fraction: 0.2 }).heldOut);
    expect(before.filter((row) => after.has(row)).length).toBeGreaterThan(30);
    const other = new Set(splitDataset(examples.slice(0, 190), { seed: 2, fraction: 0.2 }).heldOut);
    expect(before.filter((row) => other.has(row)).length).toBeLessThan(20);
  });

  it('keeps intents that are the same text together', () => {
    const examples = parseDataset('{"text":"Hi","intent":"a"}\n{"text":"hi ","intent":"b"}\n');
    expect(splitDataset(examples, { seed: 1, fraction: 0.5 }).heldOut).toHaveLength(0);
  });

  it('refuses a share that is none', () => {
    expect(() => splitDataset([], { seed: 1, fraction: 1.5 })).toThrow(RangeError);
  });
});

function byLine(a: Example, b: Example): number {
  return a.location.line! - b.location.line!;
}
