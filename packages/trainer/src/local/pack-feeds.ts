import type { Parameter } from '../model/parameter.js';
import type { GraphFeed } from './graph-session.js';
import type { WeightedPair } from './loss-weights.js';
import type { Pack } from './pack.js';

/**
 * Inputs of buildModelGraph for one pack.
 * @param weightOf weight of a leaf's labels in the loss, usually 1 / labels of the whole batch; leaves as the pack counts
 * them
 */
export function packFeeds(
  pack: Pack,
  parameters: readonly Parameter[],
  weightOf: (leaf: number) => number,
): Record<string, GraphFeed> {
  const tokens = pack.tokens.length;
  const labels = pack.labelRows.length;
  const open = pack.labels.length;
  const choices = labels - open;
  const { chunks, length, trunk } = pack;
  const weights = Float32Array.from(pack.labelLeaves, weightOf);
  const feeds: Record<string, GraphFeed> = {
    tokens: { data: pack.tokens, shape: [tokens] },
    positions: { data: pack.positions, shape: [1, tokens] },
    rows: { data: pack.rows, shape: [chunks, length] },
    slots: { data: pack.slots, shape: [tokens] },
    valid: { data: pack.valid, shape: [chunks, length, 1] },
    trunk: { data: BigInt64Array.of(BigInt(trunk)), shape: [1] },
    mask: { data: pack.mask, shape: [chunks, 1, length, trunk + length] },
    labelRows: { data: pack.labelRows, shape: [labels] },
    labelSlots: { data: pack.labelSlots, shape: [tokens] },
    labelSizes: { data: BigInt64Array.of(BigInt(open), BigInt(choices)), shape: [2] },
    labels: { data: pack.labels, shape: [open] },
    labelWeights: { data: weights.subarray(0, open), shape: [open, 1] },
    options: { data: pack.options, shape: [choices, pack.most] },
    optionMask: { data: pack.optionMask, shape: [choices, pack.most] },
    choiceWeights: { data: weights.subarray(open), shape: [choices, 1] },
  };
  if (pack.optionTargets !== null) feeds.optionTargets = { data: pack.optionTargets, shape: feeds.options!.shape };
  if (pack.localMask !== null) feeds.localMask = { data: pack.localMask, shape: feeds.mask!.shape };
  for (const { name, shape, data } of parameters) feeds[name] = { data, shape };
  return feeds;
}

/** Inputs of buildModelGraph that say which answers are compared. */
export function pairFeeds({ labels, labelLeaves }: Pack, pairs: readonly WeightedPair[]): Record<string, GraphFeed> {
  const open = labels.length;
  // A pair without labels and weight stands in for none: a graph has no inputs of no rows.
  const count = Math.max(1, pairs.length);
  const signs = new Float32Array(count * open);
  const margins = new Float32Array(count);
  const weights = new Float32Array(count);
  pairs.forEach(({ preferred, other, referenceMargin, weight }, pair) => {
    margins[pair] = referenceMargin;
    weights[pair] = weight;
    for (let label = 0; label < open; label++) {
      const leaf = labelLeaves[label];
      if (leaf === preferred) signs[pair * open + label] = 1;
      else if (leaf === other) signs[pair * open + label] = -1;
    }
  });
  return {
    pairSigns: { data: signs, shape: [count, open] },
    pairMargins: { data: margins, shape: [count, 1] },
    pairWeights: { data: weights, shape: [count, 1] },
  };
}
