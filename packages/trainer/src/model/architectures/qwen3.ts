import type { Architecture } from './architecture.js';
import { readDecoderConfig } from './decoder-config.js';

/** Qwen 3, dense (Yang et al. 2025): llama whose queries and keys are normalised head by head. */
export const qwen3: Architecture = {
  name: 'qwen3',

  readConfig: (header) => readDecoderConfig(header, 'halves'),

  layerVectors: ({ width, headSize }) => ({
    'attn_norm.weight': width,
    'attn_q_norm.weight': headSize,
    'attn_k_norm.weight': headSize,
    'ffn_norm.weight': width,
  }),

  layer(layer, x) {
    const [q, k, v] = layer.projections(layer.norm(x, 'attn_norm'), ['attn_q', 'attn_k', 'attn_v']);
    const context = layer.attention(
      layer.rotary(layer.headNorm(q, 'attn_q_norm')),
      layer.rotary(layer.headNorm(k, 'attn_k_norm')),
      v,
    );
    const attended = layer.add(layer.residual(x), layer.projection(context, 'attn_output'));
    const [gate, up] = layer.projections(layer.norm(attended, 'ffn_norm'), ['ffn_gate', 'ffn_up']);
    return layer.add(attended, layer.projection(layer.swiglu(gate, up), 'ffn_down'));
  },
};
