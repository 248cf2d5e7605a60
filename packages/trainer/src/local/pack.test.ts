import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchingExamples } from '../../test/branching-examples.js';
import { type Pack, pack } from './pack.js';
import { buildPrefixTree, type PrefixTree, treeRows } from './prefix-tree.js';
import { packedRows } from './training-example.js';

const numbers = (values: BigInt64Array) => Array.from(values, Number);

/** The rows that the row of a slot looks at, in ascending order. */
function seenRows(packed: Pack, mask: Float32Array, chunk: number, at: number): number[] {
  const { length, trunk, rows } = packed;
  const slot = chunk * length + at;
  const scores = mask.subarray(slot * (trunk + length), (slot + 1) * (trunk + length));
  const seen: number[] = [];
  scores.forEach((score, key) => {
    if (score !== 0 && score > -1e8) throw new Error(`a score of ${score} neither lets look nor hides`);
    if (score === 0) seen.push(key < trunk ? key : Number(rows[chunk * length + key - trunk]));
  });
  return seen.sort((a, b) => a - b);
}

/** For each leaf the rows of its path, in order, counted by walking over the tree. */
function paths({ segments, leaves }: PrefixTree): number[][] {
  const starts: number[] = [];
  let row = 0;
  for (const { length } of segments) {
    starts.push(row);
    row += length;
  }
  return leaves.map(({ example, parent, start }) => {
    const count = packedRows(example) - start;
    let path = Array.from({ length: count }, (_, at) => row + at);
    row += count;
    for (let at = parent; at >= 0; at = segments[at]!.parent) {
      path = [...Array.from({ length: segments[at]!.length }, (_, index) => starts[at]! + index), ...path];
    }
    return path;
  });
}

describe('pack', () => {
  it('holds every row of the tree once, with the token and position that it has in its examples', () => {
    fc.assert(
      fc.property(branchingExamples, (examples) => {
        const tree = buildPrefixTree(examples);
        const packed = pack(tree, null);
        expect(packed.tokens).toHaveLength(treeRows(tree));
        paths(tree).forEach((path, index) => {
          const { example } = tree.leaves[index]!;
          expect(path.map((row) => Number(packed.tokens[row]))).toEqual([...example.tokens].slice(0, -1));
          expect(path.map((row) => Number(packed.positions[row]))).toEqual(path.map((_, at) => at));
        });
      }),
    );
  });

  it('lets each row look at itself and what stands before it in its examples, locally not too far, and at nothing else', () => {
    fc.assert(
      fc.property(branchingExamples, fc.integer({ min: 1, max: 12 }), (examples, window) => {
        const tree = buildPrefixTree(examples);
        const packed = pack(tree, window);
        const { chunks, length, rows, slots, valid, trunk, mask } = packed;
        const localMask = packed.localMask!;
        const expected = new Map<number, number[]>();
        const expectedLocally = new Map<number, number[]>();
        for (const path of paths(tree)) {
          path.forEach((row, at) => {
            const seen = path.slice(0, at + 1);
            expectedLocally.set(
              row,
              seen.slice(-window).sort((a, b) => a - b),
            );
            expected.set(
              row,
              seen.sort((a, b) => a - b),
            );
          });
        }
        expect(rows).toHaveLength(chunks * length);
        expect(trunk).toBeGreaterThanOrEqual(1);
        const seen = new Set<number>();
        for (let chunk = 0; chunk < chunks; chunk++) {
          for (let at = 0; at < length; at++) {
            const slot = chunk * length + at;
            if (valid[slot] === 0) {
              // Padding looks somewhere too: a row that is masked everywhere would give no number.
              expect(seenRows(packed, mask, chunk, at).length).toBeGreaterThan(0);
              expect(seenRows(packed, localMask, chunk, at).length).toBeGreaterThan(0);
              continue;
            }
            const row = Number(rows[slot]);
            expect(Number(slots[row])).toBe(slot);
            expect(seenRows(packed, mask, chunk, at)).toEqual(expected.get(row));
            expect(seenRows(packed, localMask, chunk, at)).toEqual(expectedLocally.get(row));
            seen.add(row);
          }
        }
        expect(seen.size).toBe(packed.tokens.length);
      }),
    );
  });

  it('asks at each label row for the token that follows', () => {
    fc.assert(
      fc.property(branchingExamples, (examples) => {
        const tree = buildPrefixTree(examples);
        const packed = pack(tree, null);
        const expected = paths(tree).flatMap((path, index) => {
          const { tokens, labelMask } = tree.leaves[index]!.example;
          return path.flatMap((row, at) => (labelMask[at + 1] === 1 ? [{ row, label: tokens[at + 1]! }] : []));
        });
        expect(numbers(packed.labelRows)).toEqual(expected.map(({ row }) => row));
        expect(numbers(packed.labels)).toEqual(expected.map(({ label }) => label));
        numbers(packed.labelSlots).forEach((slot, row) => {
          const place = expected.findIndex((label) => label.row === row);
          expect(slot).toBe(place < 0 ? expected.length : place);
        });
      }),
    );
  });
});
