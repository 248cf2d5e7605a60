import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import { gradientErrors, randomValues, type Values } from '../../../test/check-gradients.js';
import { runGraph } from '../../../test/run-graph.js';
import { pack } from '../../local/pack.js';
import { packFeeds } from '../../local/pack-feeds.js';
import { type AttentionShape, attention } from './attention.js';

const layout = { rows: 'rows', slots: 'slots', valid: 'valid', mask: 'mask' };

/** A pack of examples with this many rows each, and random queries, keys and values. */
function setUp(lengths: readonly number[], { heads, keyHeads, headSize }: AttentionShape) {
  const random = createRandom(lengths.length * 100 + heads);
  const repeats = heads / keyHeads;
  const examples = lengths.map((rows) => ({
    tokens: new Int32Array(rows + 1),
    labelMask: new Uint8Array(rows + 1).fill(1, rows),
  }));
  const { rows, slots, valid, mask } = packFeeds(pack(examples, repeats), [], 1, repeats);
  const tokens = lengths.reduce((a, b) => a + b, 0);
  return {
    tokens,
    inputs: {
      q: randomValues(random, [tokens, heads * headSize]),
      k: randomValues(random, [tokens, keyHeads * headSize]),
      v: randomValues(random, [tokens, keyHeads * headSize]),
    },
    constants: { rows: rows!, slots: slots!, valid: valid!, mask: mask! },
  };
}

/** Attention of each example and head on its own, by the definition, in double precision. */
function attentionByHand(
  inputs: { q: Values; k: Values; v: Values },
  lengths: readonly number[],
  { heads, keyHeads, headSize }: AttentionShape,
): Float64Array {
  const result = new Float64Array(inputs.q.data.length);
  let start = 0;
  for (const length of lengths) {
    for (let head = 0; head < heads; head++) {
      const keyHead = Math.floor((head * keyHeads) / heads);
      const value = ({ shape, data }: Values, row: number, atHead: number, i: number) =>
        data[(start + row) * shape[1]! + atHead * headSize + i]!;
      for (let query = 0; query < length; query++) {
        const scores: number[] = [];
        for (let key = 0; key <= query; key++) {
          let score = 0;
          for (let i = 0; i < headSize; i++)
            score += value(inputs.q, query, head, i) * value(inputs.k, key, keyHead, i);
          scores.push(Math.exp(score / Math.sqrt(headSize)));
        }
        const total = scores.reduce((a, b) => a + b, 0);
        for (let i = 0; i < headSize; i++) {
          result[(start + query) * heads * headSize + head * headSize + i] = scores.reduce(
            (sum, score, key) => sum + (score / total) * value(inputs.v, key, keyHead, i),
            0,
          );
        }
      }
    }
    start += length;
  }
  return result;
}

describe.each<[string, number[], AttentionShape]>([
  ['one example', [5], { heads: 2, keyHeads: 2, headSize: 4 }],
  ['one row', [1], { heads: 2, keyHeads: 1, headSize: 4 }],
  ['examples of different lengths, padded', [3, 7, 1, 4], { heads: 2, keyHeads: 2, headSize: 4 }],
  ['grouped queries and padding', [6, 2, 5], { heads: 6, keyHeads: 2, headSize: 4 }],
  ['one key head for all', [2, 4], { heads: 3, keyHeads: 1, headSize: 6 }],
])('attention: %s', (_what, lengths, shape) => {
  it('is causal softmax attention inside each example', async () => {
    const { inputs, constants } = setUp(lengths, shape);
    const y = await runGraph({ ...inputs, ...constants }, (tape) => attention(tape, 'q', 'k', 'v', shape, layout));
    const expected = attentionByHand(inputs, lengths, shape);
    expect(y).toHaveLength(expected.length);
    y.forEach((value, index) => {
      expect(value).toBeCloseTo(expected[index]!, 5);
    });
  });

  it('has the right gradients of queries, keys and values', async () => {
    const { tokens, inputs, constants } = setUp(lengths, shape);
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
