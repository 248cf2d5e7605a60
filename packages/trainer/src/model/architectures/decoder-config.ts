import type { RotaryPairs } from '../../graph/operators/index.js';
import type { ModelConfig } from '../model-config.js';
import type { ModelHeader } from '../model-header.js';

/**
 * What GGUF files say about a decoder whatever its architecture, by llama.cpp's defaults where they do not.
 * Throws `model/missing-metadata`, or `model/unsupported-architecture` for a rotary embedding or head sizes that the
 * trainer does not know.
 */
export function readDecoderConfig(header: ModelHeader, pairs: RotaryPairs): ModelConfig {
  const embedding = header.shape('token_embd.weight');
  if (embedding === undefined) throw header.missing('token_embd.weight is missing');
  const width = header.number('embedding_length');
  const heads = header.number('attention.head_count');
  const headSize = header.number('attention.key_length', width / heads);
  const scaling = header.text('rope.scaling.type', 'linear');
  if (scaling !== 'linear' && scaling !== 'none') throw header.unsupported(`rotary scaling "${scaling}" of this model`);
  if (header.number('rope.dimension_count', headSize) !== headSize) {
    throw header.unsupported('partial rotary embeddings');
  }
  if (header.number('attention.value_length', headSize) !== headSize) {
    throw header.unsupported('values of another size than keys');
  }
  return {
    architecture: header.architecture,
    layers: header.number('block_count'),
    width,
    feedForwardWidth: header.number('feed_forward_length'),
    heads,
    keyHeads: header.number('attention.head_count_kv', heads),
    headSize,
    vocabularySize: embedding[0]!,
    rmsNormEpsilon: header.number('attention.layer_norm_rms_epsilon'),
    contextLength: header.number('context_length'),
    tiedHead: header.shape('output.weight') === undefined,
    embeddingScale: 1,
    attentionScale: header.number('attention.scale', 1 / Math.sqrt(headSize)),
    rotary: {
      pairs,
      base: header.number('rope.freq_base', 10_000),
      positionDivisor: scaling === 'none' ? 1 : header.number('rope.scaling.factor', 1),
      ownDivisors: false,
    },
    localAttention: null,
  };
}
