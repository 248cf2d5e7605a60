import { createRandom } from '@tooltune/sdk';
import { arrayBytes } from '../src/array-bytes.js';
import { type GgufTensorToWrite, type GgufValue, writeGguf } from '../src/model/gguf-writer.js';
import type { ModelConfig } from '../src/model/model-config.js';
import { modelTensors } from '../src/model/model-tensors.js';

/** The template of ChatML, as small models have it. */
const chatTemplate =
  "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n' }}" +
  "{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}";

const specialTokens = ['<|endoftext|>', '<|im_start|>', '<|im_end|>'];

/** Words that become one token each, or nearly so, by merges from left to right. */
const words = [
  'user',
  'assistant',
  'system',
  'name',
  'arguments',
  'tool',
  'call',
  'Ġthe',
  'Ġa',
  'Ġin',
  '":',
  '","',
  '{"',
];

export interface TinyModelOptions {
  /** `general.architecture`. Default llama. */
  architecture?: string;
  /** Layers of the model. Default 2, for Gemma 7: of its layers the sixth sees all tokens. */
  layers?: number;
  /** Whether the output head is the embedding table. Default true. */
  tiedHead?: boolean;
  /** Whether the frequencies of the rotary embedding are divided as in Llama 3.1 and later. Default false. */
  dividedFrequencies?: boolean;
  /** Default 256 tokens. */
  contextLength?: number;
  /** Decides the weights. Default 1. */
  seed?: number;
}

/**
 * Writes a random model of some 80,000 float32 weights as GGUF (270,000 for Gemma): byte-level BPE with ChatML, grouped
 * queries, a context of 256 tokens. llama.cpp evaluates it in milliseconds; the same options give the same bytes.
 */
export async function writeTinyModel(path: string, options: TinyModelOptions = {}): Promise<ModelConfig> {
  const vocabulary = buildVocabulary();
  const config = tinyConfig(options, vocabulary.tokens.length);
  await writeGguf(
    path,
    { ...modelMetadata(config), ...tokenizerMetadata(vocabulary) },
    randomWeights(config, options.seed ?? 1),
  );
  return config;
}

function tinyConfig(options: TinyModelOptions, vocabularySize: number): ModelConfig {
  const { architecture = 'llama' } = options;
  const gemma = architecture === 'gemma3';
  return {
    architecture,
    layers: options.layers ?? (gemma ? 7 : 2),
    width: 64,
    feedForwardWidth: 96,
    heads: 4,
    keyHeads: 2,
    headSize: 16,
    vocabularySize,
    rmsNormEpsilon: Math.fround(1e-5),
    contextLength: options.contextLength ?? 256,
    tiedHead: options.tiedHead ?? true,
    embeddingScale: gemma ? 8 : 1,
    attentionScale: 1 / 4,
    rotary: {
      pairs: architecture === 'llama' ? 'neighbours' : 'halves',
      base: gemma ? 1_000_000 : 10_000,
      positionDivisor: gemma ? 8 : 1,
      ownDivisors: options.dividedFrequencies ?? false,
    },
    localAttention: gemma ? { window: 12, ropeBase: 10_000, period: 6 } : null,
  };
}

function modelMetadata(config: ModelConfig): Record<string, GgufValue> {
  const { architecture, localAttention, rotary } = config;
  const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
  const float32 = (value: number): GgufValue => ({ type: 'float32', value });
  const values: Record<string, GgufValue> = {
    block_count: uint32(config.layers),
    context_length: uint32(config.contextLength),
    embedding_length: uint32(config.width),
    feed_forward_length: uint32(config.feedForwardWidth),
    'attention.head_count': uint32(config.heads),
    'attention.head_count_kv': uint32(config.keyHeads),
    'attention.key_length': uint32(config.headSize),
    'attention.value_length': uint32(config.headSize),
    'attention.layer_norm_rms_epsilon': float32(config.rmsNormEpsilon),
    'rope.freq_base': float32(rotary.base),
    vocab_size: uint32(config.vocabularySize),
  };
  if (rotary.positionDivisor !== 1) {
    values['rope.scaling.type'] = { type: 'string', value: 'linear' };
    values['rope.scaling.factor'] = float32(rotary.positionDivisor);
  }
  if (localAttention !== null) values['attention.sliding_window'] = uint32(localAttention.window);
  return {
    'general.architecture': { type: 'string', value: architecture },
    'general.name': { type: 'string', value: 'tiny' },
    ...Object.fromEntries(Object.entries(values).map(([key, value]) => [`${architecture}.${key}`, value])),
  };
}

interface Vocabulary {
  tokens: string[];
  merges: string[];
}

function buildVocabulary(): Vocabulary {
  const tokens = new Set([...specialTokens, ...byteAlphabet()]);
  const merges: string[] = [];
  for (const word of words) {
    for (let end = 2; end <= word.length; end++) {
      const whole = word.slice(0, end);
      if (tokens.has(whole)) continue;
      tokens.add(whole);
      merges.push(`${word.slice(0, end - 1)} ${word[end - 1]}`);
    }
  }
  return { tokens: [...tokens], merges };
}

/** GPT-2's characters for the 256 bytes: printable ones stand for themselves, the others follow from U+0100. */
function byteAlphabet(): string[] {
  let next = 256;
  return Array.from({ length: 256 }, (_, byte) => {
    const printable = (byte > 32 && byte < 127) || (byte > 160 && byte !== 173);
    return String.fromCodePoint(printable ? byte : next++);
  });
}

function tokenizerMetadata({ tokens, merges }: Vocabulary): Record<string, GgufValue> {
  const normal = 1;
  const control = 3;
  const id = (text: string): GgufValue => ({ type: 'uint32', value: tokens.indexOf(text) });
  return {
    'tokenizer.ggml.model': { type: 'string', value: 'gpt2' },
    'tokenizer.ggml.pre': { type: 'string', value: 'smollm' },
    'tokenizer.ggml.tokens': { type: 'string[]', value: tokens },
    'tokenizer.ggml.token_type': {
      type: 'int32[]',
      value: tokens.map((token) => (specialTokens.includes(token) ? control : normal)),
    },
    'tokenizer.ggml.merges': { type: 'string[]', value: merges },
    'tokenizer.ggml.bos_token_id': id('<|im_start|>'),
    'tokenizer.ggml.eos_token_id': id('<|im_end|>'),
    'tokenizer.ggml.unknown_token_id': id('<|endoftext|>'),
    'tokenizer.ggml.padding_token_id': id('<|im_end|>'),
    'tokenizer.ggml.add_bos_token': { type: 'bool', value: false },
    'tokenizer.ggml.add_space_prefix': { type: 'bool', value: false },
    'tokenizer.chat_template': { type: 'string', value: chatTemplate },
  };
}

function randomWeights(config: ModelConfig, seed: number): GgufTensorToWrite[] {
  const random = createRandom(seed);
  return [...modelTensors(config)].map(([name, shape]) => {
    const value = (): number => {
      if (name === 'token_embd.weight') return 0.3 * random.normal();
      if (name === 'rope_freqs.weight') return 1 + 3 * random.next();
      if (name.endsWith('.bias')) return 0.5 * random.normal();
      return shape.length === 1 ? 1 + 0.1 * random.normal() : random.normal() / Math.sqrt(shape[1]!);
    };
    const values = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, value);
    return { name, format: 'F32', shape, data: arrayBytes(values) };
  });
}
