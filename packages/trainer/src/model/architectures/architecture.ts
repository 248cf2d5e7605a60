import type { Tensor } from '../../graph/index.js';
import type { DecoderLayer } from '../decoder-layer.js';
import type { ModelConfig } from '../model-config.js';
import type { ModelHeader } from '../model-header.js';

/**
 * What tells one family of decoders from another. Common to all are token embeddings, layers of seven projections around
 * grouped-query attention and a gated feed-forward network, a last RMS norm, and an output head.
 */
export interface Architecture {
  /** `general.architecture` of its GGUF files. */
  readonly name: string;
  /** Throws `model/missing-metadata`, or `model/unsupported-architecture` for a variant that the trainer does not know. */
  readConfig(header: ModelHeader): ModelConfig;
  /** Lengths of a layer's frozen vectors, norms and biases, by their names without `blk.N.`. */
  layerVectors(config: ModelConfig): Readonly<Record<string, number>>;
  /**
   * Adds a layer to the graph.
   * @param x [tokens, width]
   * @returns the same; [labels, width] of the last layer
   */
  layer(layer: DecoderLayer, x: Tensor): Tensor;
}
