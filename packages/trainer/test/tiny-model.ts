import { createRandom } from '@tooltune/sdk';
import { float32Bytes, type GgufTensorToWrite, type GgufValue, writeGguf } from '../src/model/gguf-writer.js';
import type { LlamaConfig } from '../src/model/llama-config.js';
import { projectionShape, projections } from '../src/model/lora-parameters.js';

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
  /** Layers of the model. Default 2. */
  layers?: number;
  /** Whether the output head is the embedding table. Default true. */
  tiedHead?: boolean;
  /** Decides the weights. Default 1. */
  seed?: number;
}

/**
 * Writes a random llama of some 80,000 float32 weights as GGUF: byte-level BPE with ChatML, grouped queries, a context
 * of 256 tokens. llama.cpp evaluates it in milliseconds; the same options give the same bytes.
 */
export async function writeTinyModel(path: string, options: TinyModelOptions = {}): Promise<LlamaConfig> {
  const vocabulary = buildVocabulary();
  const config: LlamaConfig = {
    layers: options.layers ?? 2,
    width: 64,
    feedForwardWidth: 96,
    heads: 4,
    keyHeads: 2,
    headSize: 16,
    vocabularySize: vocabulary.tokens.length,
    rmsNormEpsilon: Math.fround(1e-5),
    ropeBase: 10_000,
    contextLength: 256,
    tiedHead: options.tiedHead ?? true,
  };
  await writeGguf(
    path,
    { ...modelMetadata(config), ...tokenizerMetadata(vocabulary) },
    randomWeights(config, options.seed ?? 1),
  );
  return config;
}

function modelMetadata(config: LlamaConfig): Record<string, GgufValue> {
  const uint32 = (value: number): GgufValue => ({ type: 'uint32', value });
  return {
    'general.architecture': { type: 'string', value: 'llama' },
    'general.name': { type: 'string', value: 'tiny' },
    'llama.block_count': uint32(config.layers),
    'llama.context_length': uint32(config.contextLength),
    'llama.embedding_length': uint32(config.width),
    'llama.feed_forward_length': uint32(config.feedForwardWidth),
    'llama.attention.head_count': uint32(config.heads),
    'llama.attention.head_count_kv': uint32(config.keyHeads),
    'llama.rope.dimension_count': uint32(config.headSize),
    'llama.rope.freq_base': { type: 'float32', value: config.ropeBase },
    'llama.attention.layer_norm_rms_epsilon': { type: 'float32', value: config.rmsNormEpsilon },
    'llama.vocab_size': uint32(config.vocabularySize),
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

function randomWeights(config: LlamaConfig, seed: number): GgufTensorToWrite[] {
  const random = createRandom(seed);
  const tensors: GgufTensorToWrite[] = [];
  const add = (name: string, shape: readonly number[], value: () => number) => {
    const count = shape.reduce((a, b) => a * b, 1);
    const values = Float32Array.from({ length: count }, value);
    tensors.push({ name, format: 'F32', shape, data: float32Bytes(values) });
  };
  const matrix = (name: string, shape: readonly [number, number]) =>
    add(name, shape, () => random.normal() / Math.sqrt(shape[1]));
  const norm = (name: string) => add(name, [config.width], () => 1 + 0.1 * random.normal());
  add('token_embd.weight', [config.vocabularySize, config.width], () => 0.3 * random.normal());
  for (let layer = 0; layer < config.layers; layer++) {
    norm(`blk.${layer}.attn_norm.weight`);
    norm(`blk.${layer}.ffn_norm.weight`);
    for (const projection of projections) {
      matrix(`blk.${layer}.${projection}.weight`, projectionShape(config, projection));
    }
  }
  norm('output_norm.weight');
  if (!config.tiedHead) matrix('output.weight', [config.vocabularySize, config.width]);
  return tensors;
}
