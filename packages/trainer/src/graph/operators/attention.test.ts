import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, randomValues, type Values } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { pack } from '../../local/pack.js';
import { packFeeds } from '../../local/pack-feeds.js';
import { buildPrefixTree } from '../../local/prefix-tree.js';
import { type AttentionShape, attention } from './attention.js';

const layout = { rows: 'rows', slots: 'slots', valid: 'valid', trunk: 'trunk', mask: 'mask' };

/**
 * What the examples of a pack consist of: how many begin with the same rows, how many rows that is, and how many rows each
 * has after them.
 */
interface Group {
  shared: number;
  own: readonly number[];
}

/** A pack of such examples, and random queries, keys and values for its rows. */
function setUp(groups: readonly Group[], { heads, keyHeads, headSize }: AttentionShape) {
  const random = createRandom(groups.length * 100 + heads);
  let token = 1;
  const draw = (count: number) => Array.from({ length: count }, () => token++);
  const examples = groups.flatMap(({ shared, own }) => {
    const prefix = draw(shared);
    return own.map((rows) => ({
      tokens: Int32Array.from([...prefix, ...draw(rows + 1)]),
      labelMask: new Uint8Array(shared + rows + 1).fill(1, shared + 1),
    }));
  });
  const tree = buildPrefixTree(examples);
  const packed = pack(tree, null);
  const { rows, slots, valid, trunk, mask } = packFeeds(packed, [], () => 1);
  const tokens = packed.tokens.length;
  return {
    tokens,
    paths: packedPaths(packed.tokens, examples),
    inputs: {
      q: randomValues(random, [tokens, heads * headSize]),
      k: randomValues(random, [tokens, keyHeads * headSize]),
      v: randomValues(random, [tokens, keyHeads * headSize]),
    },
    constants: { rows: rows!, slots: slots!, valid: valid!, trunk: trunk!, mask: mask! },
  };
}

/** The rows of each example in order. Every token stands in one row only, for the examples that share it too. */
function packedPaths(tokens: BigInt64Array, examples: readonly { tokens: Int32Array }[]): number[][] {
  return examples.map((example) => [...example.tokens.subarray(0, -1)].map((token) => tokens.indexOf(BigInt(token))));
}

/** Attention of each example and head on its own, by the definition, in double precision. */
function attentionByHand(
  inputs: { q: Values; k: Values; v: Values },
  paths: readonly (readonly number[])[],
  { heads, keyHeads, headSize }: AttentionShape,
): Float64Array {
  const result = new Float64Array(inputs.q.data.length);
  for (const path of paths) {
    for (let head = 0; head < heads; head++) {
      const keyHead = Math.floor((head * keyHeads) / heads);
      const value = ({ shape, data }: Values, row: number, atHead: number, i: number) =>
        data[path[row]! * shape[1]! + atHead * headSize + i]!;
      for (let query = 0; query < path.length; query++) {
        const scores: number[] = [];
        for (let key = 0; key <= query; key++) {
          let score = 0;
          for (let i = 0; i < headSize; i++)
            score += value(inputs.q, query, head, i) * value(inputs.k, key, keyHead, i);
          scores.push(Math.exp(score / Math.sqrt(headSize)));
        }
        const total = scores.reduce((a, b) => a + b, 0);
        for (let i = 0; i < headSize; i++) {
          result[path[query]! * heads * headSize + head * headSize + i] = scores.reduce(
            (sum, score, key) => sum + (score / total) * value(inputs.v, key, keyHead, i),
            0,
          );
        }
      }
    }
  }
  return result;
}

describe.each<[string, Group[], AttentionShape]>([
  ['one example', [{ shared: 0, own: [5] }], { heads: 2, keyHeads: 2, headSize: 4 }],
  ['one row', [{ shared: 0, own: [1] }], { heads: 2, keyHeads: 1, headSize: 4 }],
  ['examples of different lengths, padded', [{ shared: 0, own: [3, 7, 1, 4] }], { heads: 2, keyHeads: 2, headSize: 4 }],
  ['grouped queries and padding', [{ shared: 0, own: [6, 2, 5] }], { heads: 6, keyHeads: 2, headSize: 4 }],
  ['one key head for all', [{ shared: 0, own: [2, 4] }], { heads: 3, keyHeads: 1, headSize: 6 }],
  [
    'a shared prefix longer than what follows',
    [{ shared: 11, own: [3, 1, 4] }],
    { heads: 2, keyHeads: 2, headSize: 4 },
  ],
  [
    'two shared prefixes, an example that shares none, grouped queries',
    [
      { shared: 9, own: [2, 5] },
      { shared: 10, own: [3, 2, 2] },
      { shared: 0, own: [7] },
    ],
    { heads: 4, keyHeads: 2, headSize: 4 },
  ],
])('attention: %s', (_what, groups, shape) => {
  it('is causal softmax attention inside each example', async () => {
    const { inputs, paths, constants } = setUp(groups, shape);
    const y = await runGraph({ ...inputs, ...constants }, (tape) => attention(tape, 'q', 'k', 'v', shape, layout));
    const expected = attentionByHand(inputs, paths, shape);
    expect(y).toHaveLength(expected.length);
    y.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 5);
    });
  });

  it('has the right gradients of queries, keys and values', async () => {
    const { tokens, inputs, constants } = setUp(groups, shape);
    // A single row attends to itself alone: its value passes through, queries and keys do not matter.
    const { v, ...others } = inputs;
    const constant = tokens === 1;
    const errors = await gradientErrors({
      inputs: constant ? { v } : inputs,
      constants: constant ? { ...others, ...constants } : constants,
      build: (tape) => [
        { tensor: attention(tape, 'q', 'k', 'v', shape, layout), shape: [tokens, shape.heads * shape.headSize] },
      ],
    });
    for (const [name, error] of Object.entries(errors)) expect(error, name).toBeLessThan(1e-3);
  });
});
