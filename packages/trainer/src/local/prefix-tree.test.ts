import type { RenderedExample } from '@tooltune/sdk';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { branchingExamples, render } from '../../test/branching-examples.js';
import { buildPrefixTree, type PrefixTree, planPasses, treeRows } from './prefix-tree.js';
import { packedRows, sharableRows } from './training-example.js';

/** The tokens of an example's rows, read along its path. */
function pathTokens({ segments, leaves }: PrefixTree, leaf: number): number[] {
  const { example, parent, start } = leaves[leaf]!;
  const own = [...example.tokens.subarray(start, packedRows(example))];
  let path = own;
  for (let at = parent; at >= 0; at = segments[at]!.parent) {
    const segment = segments[at]!;
    path = [...segment.example.tokens.subarray(segment.start, segment.start + segment.length), ...path];
  }
  return path;
}

describe('buildPrefixTree', () => {
  it('keeps every example once, its rows in order along its path', () => {
    fc.assert(
      fc.property(branchingExamples, (examples) => {
        const tree = buildPrefixTree(examples);
        const left = new Map<RenderedExample, number>();
        for (const example of examples) left.set(example, (left.get(example) ?? 0) + 1);
        tree.leaves.forEach(({ example }, index) => {
          left.set(example, left.get(example)! - 1);
          expect(pathTokens(tree, index)).toEqual([...example.tokens.subarray(0, packedRows(example))]);
        });
        expect([...left.values()].every((count) => count === 0)).toBe(true);
      }),
    );
  });

  it('shares no row that carries a label, and each segment by two examples at least', () => {
    fc.assert(
      fc.property(branchingExamples, (examples) => {
        const { segments, leaves } = buildPrefixTree(examples);
        const below = segments.map(() => 0);
        for (const { example, parent, start } of leaves) {
          expect(start).toBeLessThanOrEqual(sharableRows(example));
          expect(start).toBeLessThan(packedRows(example));
          for (let at = parent; at >= 0; at = segments[at]!.parent) {
            expect(segments[at]!.parent).toBeLessThan(at);
            below[at]!++;
          }
        }
        for (const count of below) expect(count).toBeGreaterThanOrEqual(2);
      }),
    );
  });

  it('computes what all share once', () => {
    const shared = Array.from({ length: 50 }, (_, at) => at);
    const examples = [1, 2, 3, 4].map((last) => render([...shared, last], [7, 7]));
    const tree = buildPrefixTree(examples);
    expect(tree.segments.map(({ start, length, parent }) => [start, length, parent])).toEqual([[0, 50, -1]]);
    // Of the request's last token, and of the answer's first.
    expect(treeRows(tree)).toBe(50 + 4 * 2);
  });

  it('goes deeper where turns are shared too, and leaves alone what saves hardly anything', () => {
    const tools = Array.from({ length: 30 }, (_, at) => at);
    const turn = Array.from({ length: 12 }, (_, at) => 100 + at);
    const tree = buildPrefixTree([
      render([...tools, ...turn, 1], [5]),
      render([...tools, ...turn, 2], [5]),
      render([...tools, 3, 4, 5], [5]),
      render([...tools, 3, 4, 6], [5]),
    ]);
    expect(tree.segments.map(({ start, length, parent }) => [start, length, parent])).toEqual([
      [0, 30, -1],
      [30, 12, 0],
    ]);
    expect(tree.leaves.map(({ start, parent }) => [start, parent])).toEqual([
      [42, 1],
      [42, 1],
      [30, 0],
      [30, 0],
    ]);
  });

  it('shares up to where the shorter request ends', () => {
    const request = Array.from({ length: 20 }, (_, at) => at);
    const tree = buildPrefixTree([render(request, [5]), render([...request, 1, 2], [5])]);
    expect(tree.segments.map(({ length }) => length)).toEqual([19]);
  });
});

describe('planPasses', () => {
  it('takes every example exactly once and keeps to the budget', () => {
    fc.assert(
      fc.property(branchingExamples, fc.integer({ min: 1, max: 90 }), (examples, maxTokens) => {
        const passes = planPasses(examples, maxTokens);
        const taken = passes.flatMap(({ leaves }) => leaves.map(({ example }) => example));
        expect(taken).toHaveLength(examples.length);
        expect(new Set(taken)).toEqual(new Set(examples));
        for (const pass of passes) {
          // Only an example that is itself too long goes beyond, alone.
          expect(pass.leaves.length === 1 || treeRows(pass) <= maxTokens).toBe(true);
        }
      }),
    );
  });

  it('counts shared rows once a pass', () => {
    const shared = Array.from({ length: 50 }, (_, at) => at);
    const examples = Array.from({ length: 8 }, (_, at) => render([...shared, at], [7, 7]));
    expect(planPasses(examples, 66)).toHaveLength(1);
    expect(planPasses(examples, 65).map(({ leaves }) => leaves.length)).toEqual([4, 4]);
  });
});
