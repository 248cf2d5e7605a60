import type { BaseWeights } from '../model/base-weights.js';
import { modelMetadata } from '../model/hugging-face/config-metadata.js';
import { ConfigReader } from '../model/hugging-face/config-reader.js';
import { rotaryDivisors } from '../model/hugging-face/rotary.js';
import { isLocalLayer, type ModelConfig } from '../model/model-config.js';
import { readModelConfig } from '../model/read-model-config.js';
import { ExportError } from './export-error.js';

/** What transformers calls each architecture: its class, and `model_type`. */
const modelTypes: Readonly<Record<string, readonly [className: string, modelType: string]>> = {
  llama: ['LlamaForCausalLM', 'llama'],
  qwen2: ['Qwen2ForCausalLM', 'qwen2'],
  qwen3: ['Qwen3ForCausalLM', 'qwen3'],
  gemma3: ['Gemma3ForCausalLM', 'gemma3_text'],
};

/**
 * The `config.json` of a model that is a GGUF file. It is read back, as a Hugging Face folder's would be: every size and
 * constant must come out as the file has it.
 * @param dtype what transformers calls the type of its weights: `float16`
 * @throws ExportError `export/missing`, naming what the form cannot say
 */
export async function huggingFaceConfig(
  base: BaseWeights,
  config: ModelConfig,
  dtype: string,
): Promise<Record<string, unknown>> {
  const [className, modelType] = modelTypes[config.architecture] ?? [];
  if (className === undefined) throw missing(base, `transformers' name for the architecture ${config.architecture}`);
  const divisors = config.rotary.ownDivisors ? (await base.readTensor('rope_freqs.weight')).data : undefined;
  const made: Record<string, unknown> = {
    architectures: [className],
    model_type: modelType,
    hidden_size: config.width,
    intermediate_size: config.feedForwardWidth,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyHeads,
    head_dim: config.headSize,
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.contextLength,
    rms_norm_eps: shortest(config.rmsNormEpsilon),
    tie_word_embeddings: config.tiedHead,
    attention_bias: config.architecture === 'qwen2',
    ...(config.architecture === 'gemma3' ? gemmaOptions(config) : { hidden_act: 'silu', mlp_bias: false }),
    rope_theta: shortest(config.rotary.base),
    rope_scaling: rotaryScaling(config, divisors),
    ...tokenIds(base),
    // Older and newer versions of transformers read one or the other.
    torch_dtype: dtype,
    dtype,
  };
  check(base, config, made, divisors);
  return made;
}

function gemmaOptions(config: ModelConfig): Record<string, unknown> {
  const { localAttention } = config;
  return {
    hidden_activation: 'gelu_pytorch_tanh',
    query_pre_attn_scalar: shortest(Math.fround(config.attentionScale ** -2)),
    attn_logit_softcapping: null,
    final_logit_softcapping: null,
    layer_types: Array.from({ length: config.layers }, (_, layer) =>
      isLocalLayer(config, layer) ? 'sliding_attention' : 'full_attention',
    ),
    ...(localAttention === null
      ? {}
      : { sliding_window: localAttention.window, rope_local_base_freq: shortest(localAttention.ropeBase) }),
  };
}

function rotaryScaling({ rotary }: ModelConfig, divisors: Float32Array | undefined): Record<string, unknown> | null {
  if (divisors !== undefined) {
    const factor = shortest(divisors.reduce((a, b) => Math.max(a, b)));
    return { rope_type: 'llama3', factor, ...llama3Wavelengths(rotary.base, factor, divisors) };
  }
  if (rotary.positionDivisor === 1) return null;
  return { rope_type: 'linear', factor: shortest(rotary.positionDivisor) };
}

/**
 * Which wavelengths Llama 3's scaling stretches (Dubey et al. 2024). GGUF files hold what comes of it; all models have the
 * same two factors, and a divisor between 1 and the largest tells the context.
 */
function llama3Wavelengths(base: number, factor: number, divisors: Float32Array): Record<string, number> {
  const [low, high] = [1, 4];
  const pair = divisors.findIndex((divisor) => divisor > 1 && divisor < factor);
  const wavelength = 2 * Math.PI * base ** (pair / divisors.length);
  const smooth = (1 / divisors[pair]! - 1 / factor) / (1 - 1 / factor);
  const context = Math.round(wavelength * (smooth * (high - low) + low));
  return { low_freq_factor: low, high_freq_factor: high, original_max_position_embeddings: pair < 0 ? 8192 : context };
}

function tokenIds({ metadata }: BaseWeights): Record<string, unknown> {
  const names = { bos: 'bos', eos: 'eos', padding: 'pad' };
  return Object.fromEntries(
    Object.entries(names).flatMap(([own, name]) => {
      const id = metadata[`tokenizer.ggml.${own}_token_id`];
      return typeof id === 'number' ? [[`${name}_token_id`, id]] : [];
    }),
  );
}

/** Reads the config as that of a folder, and compares. */
function check(
  base: BaseWeights,
  config: ModelConfig,
  made: Record<string, unknown>,
  divisors: Float32Array | undefined,
): void {
  const reader = new ConfigReader('config.json', made);
  const again = readModelConfig({ path: base.path, metadata: modelMetadata(reader), tensors: base.tensors });
  const differing = Object.keys(config).filter((key) => {
    const [was, is] = [config, again].map((each) => each[key as keyof ModelConfig]);
    return typeof was === 'number'
      ? Math.fround(was) !== Math.fround(Number(is))
      : JSON.stringify(was) !== JSON.stringify(is);
  });
  const madeDivisors = rotaryDivisors(reader);
  const isScalingLost = divisors?.some((value, at) => Math.abs(value / (madeDivisors?.[at] ?? 0) - 1) > 1e-6) ?? false;
  if (isScalingLost) differing.push('rope_freqs.weight');
  if (differing.length > 0) throw missing(base, `a config.json that says the same of ${differing.join(', ')}`);
}

function missing(base: BaseWeights, what: string): ExportError {
  const message = `a Hugging Face folder needs ${what}, which cannot be made from this file; export a GGUF file instead`;
  return new ExportError('export/missing', message, { location: { file: base.path } });
}

/** The shortest decimal fraction of which a float32 is the nearest: 0.00001 for 9.999999747378752e-6. */
function shortest(value: number): number {
  for (let digits = 1; digits < 10; digits++) {
    const rounded = Number(value.toPrecision(digits));
    if (Math.fround(rounded) === Math.fround(value)) return rounded;
  }
  return value;
}
