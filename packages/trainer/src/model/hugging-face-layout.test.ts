import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ggufName, huggingFaceName, rowsToHalves, rowsToPairs } from './hugging-face-layout.js';

describe('names of tensors', () => {
  it.each([
    ['llama', 'token_embd.weight', 'model.embed_tokens.weight'],
    ['llama', 'output.weight', 'lm_head.weight'],
    ['llama', 'blk.12.ffn_norm.weight', 'model.layers.12.post_attention_layernorm.weight'],
    ['qwen2', 'blk.0.attn_q.bias', 'model.layers.0.self_attn.q_proj.bias'],
    ['qwen3', 'blk.3.attn_k_norm.weight', 'model.layers.3.self_attn.k_norm.weight'],
    ['gemma3', 'blk.3.ffn_norm.weight', 'model.layers.3.pre_feedforward_layernorm.weight'],
    ['gemma3', 'blk.3.post_attention_norm.weight', 'model.layers.3.post_attention_layernorm.weight'],
  ])('%s: %s is %s, and back', (architecture, gguf, huggingFace) => {
    expect(huggingFaceName(architecture, gguf)).toBe(huggingFace);
    expect(ggufName(architecture, huggingFace)).toBe(gguf);
  });

  it.each([
    ['llama', 'blk.0.attn_q_norm.weight'],
    ['llama', 'blk.0.constructor.weight'],
    ['mamba', 'blk.0.attn_q.weight'],
    ['llama', 'rope_freqs.weight'],
  ])('%s has no name for %s', (architecture, name) => expect(huggingFaceName(architecture, name)).toBeUndefined());
});

describe('rows of heads', () => {
  it('go from neighbouring pairs to halves, head by head', () => {
    // Two heads of four rows, two columns; each row holds its number.
    const pairs = Float32Array.from({ length: 16 }, (_, at) => Math.floor(at / 2));
    const rows = [...rowsToHalves(pairs, 2, 2)].filter((_, at) => at % 2 === 0);
    expect(rows).toEqual([0, 2, 1, 3, 4, 6, 5, 7]);
  });

  it('come back from either order', () => {
    const size = fc.integer({ min: 1, max: 4 });
    fc.assert(
      fc.property(size, size, size, (heads, half, columns) => {
        const data = Float32Array.from({ length: heads * half * 2 * columns }, (_, at) => at);
        expect(rowsToPairs(rowsToHalves(data, columns, heads), columns, heads)).toEqual(data);
        expect(rowsToHalves(rowsToPairs(data, columns, heads), columns, heads)).toEqual(data);
      }),
    );
  });
});
