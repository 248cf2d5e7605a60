import type { ConfigReader } from './config-reader.js';

/**
 * GGUF's keys for a model's rotary embedding. Newer files hold `rope_parameters`, apart for the two kinds of layers of
 * Gemma 3; older ones `rope_theta`, `rope_local_base_freq` and `rope_scaling`.
 * Throws `model/unsupported-architecture` for scaling that is neither linear nor Llama 3's.
 */
export function readRotary(config: ConfigReader, defaultBase: number): Record<string, unknown> {
  const { whole, local } = rotaryParts(config);
  const base = whole?.optionalNumber('rope_theta') ?? config.number('rope_theta', defaultBase);
  const localBase = local?.optionalNumber('rope_theta') ?? config.optionalNumber('rope_local_base_freq');
  const partial = whole?.value('partial_rotary_factor') ?? config.value('partial_rotary_factor') ?? 1;
  if (partial !== 1) throw config.unsupported('partial_rotary_factor', 'partial rotary embeddings');
  const kind = scalingKind(whole);
  if (!['default', 'linear', 'llama3'].includes(kind)) {
    throw whole!.unsupported('rope_type', `rotary scaling "${kind}" of this model`);
  }
  return {
    'rope.freq_base': Math.fround(base),
    ...(localBase === undefined ? {} : { 'rope.freq_base_swa': Math.fround(localBase) }),
    ...(kind === 'linear'
      ? { 'rope.scaling.type': 'linear', 'rope.scaling.factor': Math.fround(whole!.number('factor')) }
      : {}),
  };
}

/**
 * What llama.cpp's `rope_freqs.weight` holds for a model with Llama 3's scaling (Dubey et al. 2024): each frequency is
 * divided by it. Undefined for other models.
 * @returns [headSize / 2]
 */
export function rotaryDivisors(config: ConfigReader): Float32Array | undefined {
  const { whole } = rotaryParts(config);
  if (whole === undefined || scalingKind(whole) !== 'llama3') return undefined;
  const headSize = config.number('head_dim', config.number('hidden_size') / config.number('num_attention_heads'));
  const base = whole.optionalNumber('rope_theta') ?? config.number('rope_theta', 10_000);
  const factor = whole.number('factor', 8);
  const low = whole.number('low_freq_factor', 1);
  const high = whole.number('high_freq_factor', 4);
  const context = whole.number('original_max_position_embeddings', 8192);
  return Float32Array.from({ length: headSize / 2 }, (_, pair) => {
    const wavelength = 2 * Math.PI * base ** ((2 * pair) / headSize);
    if (wavelength < context / high) return 1;
    if (wavelength > context / low) return factor;
    const smooth = (context / wavelength - low) / (high - low);
    return 1 / ((1 - smooth) / factor + smooth);
  });
}

function rotaryParts(config: ConfigReader): { whole: ConfigReader | undefined; local: ConfigReader | undefined } {
  const parameters = config.object('rope_parameters') ?? config.object('rope_scaling');
  return {
    whole: parameters?.object('full_attention') ?? parameters,
    local: parameters?.object('sliding_attention'),
  };
}

function scalingKind(whole: ConfigReader | undefined): string {
  return String(whole?.value('rope_type') ?? whole?.value('type') ?? 'default');
}
