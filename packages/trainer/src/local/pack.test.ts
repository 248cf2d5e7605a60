import type { RenderedExample } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { labelCount, pack, packedRows, planPasses } from './pack.js';

const example: fc.Arbitrary<RenderedExample> = fc
  .array(fc.record({ token: fc.integer({ min: 0, max: 49_151 }), label: fc.boolean() }), {
    minLength: 2,
    maxLength: 12,
  })
  .map((items) => ({
    tokens: Int32Array.from(items, ({ token }) => token),
    labelMask: Uint8Array.from(items, ({ label }, at) => (label && at > 0 ? 1 : 0)),
  }));
const examples = fc.array(example, { minLength: 1, maxLength: 7 });
const repeats = fc.integer({ min: 1, max: 3 });

const numbers = (values: BigInt64Array) => Array.from(values, Number);

describe('pack', () => {
  it('lays every token but the last of each example out, one after another, with its position', () => {
    fc.assert(
      fc.property(examples, repeats, (list, repeats) => {
        const packed = pack(list, repeats);
        expect(packed.examples).toBe(list.length);
        expect(packed.length).toBe(Math.max(...list.map(packedRows)));
        expect(numbers(packed.tokens)).toEqual(list.flatMap(({ tokens }) => [...tokens].slice(0, -1)));
        expect(numbers(packed.positions)).toEqual(list.flatMap(({ tokens }) => [...tokens.keys()].slice(0, -1)));
      }),
    );
  });

  it('asks at each label row for the token that follows', () => {
    fc.assert(
      fc.property(examples, repeats, (list, repeats) => {
        const packed = pack(list, repeats);
        // Naively: walk over all rows, and look one token ahead.
        const expected: { row: number; label: number }[] = [];
        let row = 0;
        for (const { tokens, labelMask } of list) {
          for (let at = 0; at < tokens.length - 1; at++, row++) {
            if (labelMask[at + 1] === 1) expected.push({ row, label: tokens[at + 1]! });
          }
        }
        expect(numbers(packed.labelRows)).toEqual(expected.map(({ row }) => row));
        expect(numbers(packed.labels)).toEqual(expected.map(({ label }) => label));
        expect(packed.labels).toHaveLength(list.reduce((sum, item) => sum + labelCount(item), 0));
        const slots = numbers(packed.labelSlots);
        for (let at = 0; at < row; at++) {
          const place = expected.findIndex((label) => label.row === at);
          expect(slots[at]).toBe(place < 0 ? expected.length : place);
        }
      }),
    );
  });

  it('lets each token look at itself and what stands before it in its example, and at nothing else', () => {
    fc.assert(
      fc.property(examples, repeats, (list, repeats) => {
        const { length, rows, slots, valid, mask, tokens } = pack(list, repeats);
        expect(rows).toHaveLength(list.length * length);
        expect(mask).toHaveLength(list.length * repeats * length * length);
        let row = 0;
        list.forEach((item, index) => {
          for (let slot = 0; slot < length; slot++) {
            const at = index * length + slot;
            const isToken = slot < packedRows(item);
            expect(valid[at]).toBe(isToken ? 1 : 0);
            expect(Number(rows[at])).toBeLessThan(tokens.length);
            if (isToken) {
              expect(Number(rows[at])).toBe(row);
              expect(Number(slots[row])).toBe(at);
              row++;
            }
            for (let repeat = 0; repeat < repeats; repeat++) {
              const start = ((index * repeats + repeat) * length + slot) * length;
              const seen = [...mask.subarray(start, start + length)];
              // Padding looks somewhere too: a row that is masked everywhere would give no number.
              if (isToken) expect(seen.map((score) => score === 0)).toEqual(seen.map((_, key) => key <= slot));
              else expect(seen).toContain(0);
              expect(seen.every((score) => score === 0 || score <= -1e8)).toBe(true);
            }
          }
        });
        expect(row).toBe(tokens.length);
      }),
    );
  });
});

describe('planPasses', () => {
  it('takes every example exactly once and keeps to the budget', () => {
    fc.assert(
      fc.property(examples, fc.integer({ min: 1, max: 40 }), (list, maxTokens) => {
        const passes = planPasses(list, maxTokens);
        const taken = passes.flat();
        expect(taken).toHaveLength(list.length);
        expect(new Set(taken)).toEqual(new Set(list));
        for (const pass of passes) {
          const rows = pass.reduce((sum, item) => sum + packedRows(item), 0);
          // Only an example that is itself too long goes beyond, alone.
          expect(pass.length === 1 || rows <= maxTokens).toBe(true);
        }
      }),
    );
  });

  it('puts examples of like lengths together, and all into one pass where they fit', () => {
    const make = (rows: number): RenderedExample => ({
      tokens: new Int32Array(rows + 1),
      labelMask: new Uint8Array(rows + 1),
    });
    const list = [3, 9, 4, 8].map(make);
    expect(planPasses(list, 100).map((pass) => pass.map(packedRows))).toEqual([[9, 8, 4, 3]]);
    expect(planPasses(list, 17).map((pass) => pass.map(packedRows))).toEqual([
      [9, 8],
      [4, 3],
    ]);
  });
});
