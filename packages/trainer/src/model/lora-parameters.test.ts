import { createRandom } from '@tooltune/sdk';
import { describe, expect, it } from 'vitest';
import {
  initialLoraParameters,
  type LoraShape,
  loraParameterShapes,
  type Projection,
  projections,
  resolveLoraShape,
  targetGroups,
} from './lora-parameters.js';
import type { ModelConfig } from './model-config.js';

const config: ModelConfig = {
  architecture: 'qwen3',
  layers: 3,
  width: 10,
  feedForwardWidth: 14,
  heads: 6,
  keyHeads: 2,
  headSize: 4,
  vocabularySize: 7,
  rmsNormEpsilon: 1e-6,
  contextLength: 64,
  tiedHead: true,
  embeddingScale: 1,
  attentionScale: 0.5,
  rotary: { pairs: 'halves', base: 1e6, positionDivisor: 1, ownDivisors: false },
  localAttention: null,
};

const names = (lora: LoraShape) => loraParameterShapes(config, lora).map(({ name }) => name);

describe('loraParameterShapes', () => {
  it('has for each layer a stacked A a group, and a B a projection', () => {
    const shapes = loraParameterShapes(config, { rank: 2 });
    expect(shapes).toHaveLength(3 * 11);
    expect(shapes.slice(0, 11).map(({ name, shape }) => [name, ...shape])).toEqual([
      ['blk.0.attn_q+attn_k+attn_v.lora_a', 6, 10],
      ['blk.0.attn_q.lora_b', 2, 24],
      ['blk.0.attn_k.lora_b', 2, 8],
      ['blk.0.attn_v.lora_b', 2, 8],
      ['blk.0.attn_output.lora_a', 2, 24],
      ['blk.0.attn_output.lora_b', 2, 10],
      ['blk.0.ffn_gate+ffn_up.lora_a', 4, 10],
      ['blk.0.ffn_gate.lora_b', 2, 14],
      ['blk.0.ffn_up.lora_b', 2, 14],
      ['blk.0.ffn_down.lora_a', 2, 14],
      ['blk.0.ffn_down.lora_b', 2, 10],
    ]);
  });

  it('stacks just the chosen projections, in the chosen layers', () => {
    const lora: LoraShape = { rank: 2, targets: ['ffn_up', 'attn_v', 'attn_q'], layers: [2, 0] };
    expect(loraParameterShapes(config, lora).map(({ name, shape }) => [name, ...shape])).toEqual(
      [0, 2].flatMap((layer) => [
        [`blk.${layer}.attn_q+attn_v.lora_a`, 4, 10],
        [`blk.${layer}.attn_q.lora_b`, 2, 24],
        [`blk.${layer}.attn_v.lora_b`, 2, 8],
        [`blk.${layer}.ffn_up.lora_a`, 2, 10],
        [`blk.${layer}.ffn_up.lora_b`, 2, 14],
      ]),
    );
    expect(targetGroups(lora, 1)).toEqual([]);
  });

  it('does not depend on the order in which targets and layers are given', () => {
    const targets: Projection[] = ['attn_k', 'attn_output', 'attn_q'];
    expect(names({ rank: 1, targets, layers: [1, 2] })).toEqual(
      names({ rank: 1, targets: [...targets].reverse(), layers: [2, 1] }),
    );
    expect(names({ rank: 1, targets: [...projections].reverse(), layers: [2, 1, 0] })).toEqual(names({ rank: 1 }));
  });
});

describe('resolveLoraShape', () => {
  it('gives what was chosen in its fixed order, or everything', () => {
    expect(resolveLoraShape(config, { rank: 4 })).toEqual({ rank: 4, targets: projections, layers: [0, 1, 2] });
    expect(resolveLoraShape(config, { rank: 4, targets: ['ffn_down', 'attn_k'], layers: [2, 0] })).toEqual({
      rank: 4,
      targets: ['attn_k', 'ffn_down'],
      layers: [0, 2],
    });
  });

  it.each<[string, Omit<LoraShape, 'rank'>, string]>([
    ['a projection that there is not', { targets: ['q_proj' as Projection] }, 'targets holds q_proj'],
    ['a layer that there is not', { layers: [1, 3] }, 'layers holds 3; choose among 0 to 2'],
    ['part of a layer', { layers: [0.5] }, 'layers holds 0.5'],
    ['no targets', { targets: [] }, 'targets is empty'],
    ['no layers', { layers: [] }, 'layers is empty'],
    ['a target twice', { targets: ['attn_q', 'attn_q'] }, 'twice'],
  ])('refuses %s', (_what, chosen, message) => {
    expect(() => resolveLoraShape(config, { rank: 4, ...chosen })).toThrow(
      expect.objectContaining({ code: 'training/bad-option', message: expect.stringContaining(message) }),
    );
  });
});

describe('initialLoraParameters', () => {
  it('changes nothing before the first step: A is random within its bound, B is zero', () => {
    const parameters = initialLoraParameters(config, { rank: 8 }, createRandom(1));
    for (const { name, shape, data } of parameters) {
      expect(data).toHaveLength(shape[0] * shape[1]);
      const bound = name.endsWith('lora_a') ? 1 / Math.sqrt(shape[1]) : 0;
      const largest = Math.max(...data.map(Math.abs));
      expect(largest, name).toBeLessThanOrEqual(bound);
      expect(largest, name).toBeGreaterThanOrEqual(0.9 * bound);
    }
  });
});
