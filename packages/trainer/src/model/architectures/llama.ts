import type { Architecture } from './architecture.js';
import { readDecoderConfig } from './decoder-config.js';

/**
 * Llama (Touvron et al. 2023), and what was built like it: SmolLM2, TinyLlama, Mistral without its window. Llama 3.1 and
 * later stretch the slow frequencies of the rotary embedding (Dubey et al. 2024).
 */
export const llama: Architecture = {
  name: 'llama',

  readConfig(header) {
    const config = readDecoderConfig(header, 'neighbours');
    return { ...config, rotary: { ...config.rotary, ownDivisors: header.shape('rope_freqs.weight') !== undefined } };
  },

  layerVectors: ({ width }) => ({ 'attn_norm.weight': width, 'ffn_norm.weight': width }),

  layer(layer, x) {
    const [q, k, v] = layer.projections(layer.norm(x, 'attn_norm'), ['attn_q', 'attn_k', 'attn_v']);
    const context = layer.attention(layer.rotary(q), layer.rotary(k), v);
    const attended = layer.add(layer.residual(x), layer.projection(context, 'attn_output'));
    const [gate, up] = layer.projections(layer.norm(attended, 'ffn_norm'), ['ffn_gate', 'ffn_up']);
    return layer.add(attended, layer.projection(layer.swiglu(gate, up), 'ffn_down'));
  },
};
