import type { LoraParameter } from '../model/lora-parameters.js';
import type { GraphFeed } from './graph-session.js';
import type { Pack } from './pack.js';

/**
 * Inputs of buildLlamaGraph for one pack.
 * @param labelWeight weight of every label in the loss, usually 1 / labels of the whole batch
 */
export function packFeeds(
  pack: Pack,
  parameters: readonly LoraParameter[],
  labelWeight: number,
): Record<string, GraphFeed> {
  const tokens = pack.tokens.length;
  const labels = pack.labels.length;
  const { chunks, length, trunk } = pack;
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
    labels: { data: pack.labels, shape: [labels] },
    labelWeights: { data: new Float32Array(labels).fill(labelWeight), shape: [labels, 1] },
  };
  for (const { name, shape, data } of parameters) feeds[name] = { data, shape };
  return feeds;
}
