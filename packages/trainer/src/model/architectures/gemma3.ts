import type { ModelConfig } from '../model-config.js';
import type { ModelHeader } from '../model-header.js';
import type { Architecture } from './architecture.js';
import { readDecoderConfig } from './decoder-config.js';

/**
 * Gemma 3, text (Gemma Team 2025): five local layers to a global one, queries and keys normalised head by head, norms
 * behind attention and feed-forward network too. GGUF files hold norm weights with the 1 already added that Gemma's own
 * have left out.
 */
export const gemma3: Architecture = {
  name: 'gemma3',

  readConfig(header) {
    const config = readDecoderConfig(header, 'halves');
    if (header.number('final_logit_softcapping', 0) !== 0) throw header.unsupported('soft capping of logits');
    return {
      ...config,
      embeddingScale: Math.sqrt(config.width),
      attentionScale: header.number('attention.scale', defaultAttentionScale(config)),
      localAttention: readLocalAttention(header),
    };
  },

  layerVectors: ({ width, headSize }) => ({
    'attn_norm.weight': width,
    'attn_q_norm.weight': headSize,
    'attn_k_norm.weight': headSize,
    'post_attention_norm.weight': width,
    'ffn_norm.weight': width,
    'post_ffw_norm.weight': width,
  }),

  layer(layer, x) {
    const [q, k, v] = layer.projections(layer.norm(x, 'attn_norm'), ['attn_q', 'attn_k', 'attn_v']);
    const context = layer.attention(
      layer.rotary(layer.headNorm(q, 'attn_q_norm')),
      layer.rotary(layer.headNorm(k, 'attn_k_norm')),
      v,
    );
    const answer = layer.norm(layer.projection(context, 'attn_output'), 'post_attention_norm');
    const attended = layer.add(layer.residual(x), answer);
    const [gate, up] = layer.projections(layer.norm(attended, 'ffn_norm'), ['ffn_gate', 'ffn_up']);
    const thought = layer.projection(layer.geglu(gate, up), 'ffn_down');
    return layer.add(attended, layer.norm(thought, 'post_ffw_norm'));
  },
};

/** GGUF files do not say it: like llama.cpp, the model of 27 billion parameters is known by its number of layers. */
function defaultAttentionScale({ layers, width, heads, headSize }: ModelConfig): number {
  return 1 / Math.sqrt(layers === 62 ? width / heads : headSize);
}

function readLocalAttention(header: ModelHeader): ModelConfig['localAttention'] {
  const window = header.number('attention.sliding_window', 0);
  if (window === 0) return null;
  return {
    window,
    ropeBase: header.number('rope.freq_base_swa', 10_000),
    period: header.number('attention.sliding_window_pattern', 6),
  };
}
