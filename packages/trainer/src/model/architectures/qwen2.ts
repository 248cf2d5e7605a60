import type { Architecture } from './architecture.js';
import { readDecoderConfig } from './decoder-config.js';

/** Qwen 2 and 2.5 (Yang et al. 2024): llama with biases on queries, keys and values. */
export const qwen2: Architecture = {
  name: 'qwen2',

  readConfig: (header) => readDecoderConfig(header, 'halves'),

  layerVectors: ({ width, heads, keyHeads, headSize }) => ({
    'attn_norm.weight': width,
    'attn_q.bias': heads * headSize,
    'attn_k.bias': keyHeads * headSize,
    'attn_v.bias': keyHeads * headSize,
    'ffn_norm.weight': width,
  }),

  layer(layer, x) {
    const [q, k, v] = layer.projections(layer.norm(x, 'attn_norm'), ['attn_q', 'attn_k', 'attn_v']);
    const context = layer.attention(
      layer.rotary(layer.bias(q, 'attn_q')),
      layer.rotary(layer.bias(k, 'attn_k')),
      layer.bias(v, 'attn_v'),
    );
    const attended = layer.add(layer.residual(x), layer.projection(context, 'attn_output'));
    const [gate, up] = layer.projections(layer.norm(attended, 'ffn_norm'), ['ffn_gate', 'ffn_up']);
    return layer.add(attended, layer.projection(layer.swiglu(gate, up), 'ffn_down'));
  },
};
