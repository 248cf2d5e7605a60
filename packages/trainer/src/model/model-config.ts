import type { RotaryPairs } from '../graph/operators/index.js';

/** Sizes and constants of a decoder-only transformer. */
export interface ModelConfig {
  /** `general.architecture` of its GGUF file. */
  architecture: string;
  layers: number;
  /** Width of the residual stream. */
  width: number;
  feedForwardWidth: number;
  heads: number;
  keyHeads: number;
  headSize: number;
  vocabularySize: number;
  rmsNormEpsilon: number;
  /** Longest context in tokens. */
  contextLength: number;
  /** Whether the output head is the embedding table. */
  tiedHead: boolean;
  /** Token embeddings are multiplied by it. */
  embeddingScale: number;
  /** Attention scores are multiplied by it. */
  attentionScale: number;
  rotary: RotaryConfig;
  /** Layers that see only the tokens just before; null where every layer sees all. */
  localAttention: LocalAttention | null;
}

/** Rotary embedding of the layers that see all tokens. */
export interface RotaryConfig {
  pairs: RotaryPairs;
  base: number;
  /** Positions are divided by it. */
  positionDivisor: number;
  /** Whether the file divides each frequency by its own number, `rope_freqs.weight`. */
  ownDivisors: boolean;
}

/** Sliding-window attention (Beltagy et al. 2020), alternating with layers that see all tokens. */
export interface LocalAttention {
  /** A token sees itself and the `window` - 1 before it. */
  window: number;
  /** Frequency base of the local layers' rotary embedding, whose positions are never divided. */
  ropeBase: number;
  /** Every so many layers the last one sees all tokens: 6 for five local layers to a global one. */
  period: number;
}

/** Whether a layer, counted from 0, sees only the tokens just before. */
export function isLocalLayer({ localAttention }: ModelConfig, layer: number): boolean {
  return localAttention !== null && (layer + 1) % localAttention.period !== 0;
}
