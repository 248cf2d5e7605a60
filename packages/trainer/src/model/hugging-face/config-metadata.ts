import type { ConfigReader } from './config-reader.js';
import { readRotary } from './rotary.js';

/** By the names that `architectures` and `model_type` have for them. */
const architectures: ReadonlyMap<string, string> = new Map([
  ['LlamaForCausalLM', 'llama'],
  ['Qwen2ForCausalLM', 'qwen2'],
  ['Qwen3ForCausalLM', 'qwen3'],
  ['Gemma3ForCausalLM', 'gemma3'],
  ['llama', 'llama'],
  ['qwen2', 'qwen2'],
  ['qwen3', 'qwen3'],
  ['gemma3_text', 'gemma3'],
]);

/**
 * What a GGUF file made from a model would say of it, from its `config.json`: keys and defaults of llama.cpp's
 * convert_hf_to_gguf.py, numbers rounded to float32 where GGUF files hold such. Besides these `attention.scale` of
 * Gemma 3, which llama.cpp guesses.
 * Throws `model/missing-metadata`, or `model/unsupported-architecture` for what the trainer would compute differently.
 */
export function modelMetadata(config: ConfigReader): Record<string, unknown> {
  const architecture = readArchitecture(config);
  const gemma = architecture === 'gemma3';
  refuseVariants(config, gemma);
  const heads = config.number('num_attention_heads', gemma ? 8 : undefined);
  const headSize = config.optionalNumber('head_dim') ?? defaultHeadSize(architecture);
  const values: Record<string, unknown> = {
    context_length: config.number('max_position_embeddings', gemma ? 131_072 : undefined),
    embedding_length: config.number('hidden_size'),
    block_count: config.number('num_hidden_layers'),
    feed_forward_length: config.number('intermediate_size'),
    'attention.head_count': heads,
    'attention.head_count_kv': config.number('num_key_value_heads', gemma ? 4 : heads),
    'attention.layer_norm_rms_epsilon': Math.fround(config.number('rms_norm_eps', 1e-6)),
    ...(headSize === undefined ? {} : { 'attention.key_length': headSize, 'attention.value_length': headSize }),
    ...readRotary(config, gemma ? 1_000_000 : 10_000),
    ...(architecture === 'llama' ? { vocab_size: config.number('vocab_size') } : {}),
    ...(gemma ? readLocalAttention(config) : {}),
  };
  const keys = Object.entries(values).map(([key, value]) => [`${architecture}.${key}`, value]);
  return { 'general.architecture': architecture, 'general.type': 'model', ...Object.fromEntries(keys) };
}

function readArchitecture(config: ConfigReader): string {
  const listed = config.value('architectures');
  const [name, key] = Array.isArray(listed) ? [listed[0], 'architectures'] : [config.value('model_type'), 'model_type'];
  const architecture = architectures.get(String(name));
  if (architecture !== undefined) return architecture;
  const known = [...architectures.keys()].filter((each) => each.endsWith('ForCausalLM')).join(', ');
  throw config.unsupported(key, `the architecture ${String(name)}, only ${known}`);
}

/** Where `head_dim` is left out: undefined for width / heads. */
function defaultHeadSize(architecture: string): number | undefined {
  if (architecture === 'gemma3') return 256;
  return architecture === 'qwen3' ? 128 : undefined;
}

function refuseVariants(config: ConfigReader, gemma: boolean): void {
  const refuse = (key: string, what: string) => {
    throw config.unsupported(key, what);
  };
  if (config.value('quantization_config') !== undefined) {
    refuse('quantization_config', 'weights that are quantised already; use the original model, or a GGUF file');
  }
  const [activation, expected] = gemma ? ['hidden_activation', 'gelu_pytorch_tanh'] : ['hidden_act', 'silu'];
  const given = config.value(activation) ?? expected;
  if (given !== expected) refuse(activation, `the activation ${JSON.stringify(given)}, only ${expected}`);
  if (config.value('use_sliding_window') === true)
    refuse('use_sliding_window', 'a sliding window on this architecture');
  for (const key of ['attn_logit_softcapping', 'final_logit_softcapping']) {
    if (config.value(key) !== undefined) refuse(key, 'soft capping of logits');
  }
  if (config.value('use_bidirectional_attention') === true) {
    refuse('use_bidirectional_attention', 'attention to what follows');
  }
}

/** Layers of Gemma 3 that see only the tokens just before. */
function readLocalAttention(config: ConfigReader): Record<string, unknown> {
  const period = readPeriod(config);
  const scalar = config.optionalNumber('query_pre_attn_scalar');
  return {
    ...(scalar === undefined ? {} : { 'attention.scale': Math.fround(scalar ** -0.5) }),
    ...(period === 1 ? {} : { 'attention.sliding_window': config.number('sliding_window') }),
    ...(period === 6 || period === 1 ? {} : { 'attention.sliding_window_pattern': period }),
  };
}

/** Every so many layers one sees all tokens: older files say so, newer ones list the layers. */
function readPeriod(config: ConfigReader): number {
  const given = config.optionalNumber('sliding_window_pattern') ?? config.optionalNumber('_sliding_window_pattern');
  const kinds = config.value('layer_types');
  if (!Array.isArray(kinds)) return given ?? 6;
  const first = kinds.indexOf('full_attention');
  const period = first < 0 ? (given ?? kinds.length + 1) : first + 1;
  kinds.forEach((kind, layer) => {
    const expected = (layer + 1) % period === 0 ? 'full_attention' : 'sliding_attention';
    if (kind !== expected) throw config.unsupported('layer_types', 'layers of this order');
  });
  return period;
}
