import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { GgufFile } from '../src/model/gguf-reader.js';
import { huggingFaceName, normOffset, rowsToHalves } from '../src/model/hugging-face-layout.js';
import type { ModelConfig } from '../src/model/model-config.js';
import { encodeSafetensors, type SafetensorsTensor } from '../src/model/safetensors.js';

/**
 * Writes a tiny model (test/tiny-model.ts) as transformers saves one: the folder that its GGUF file could have been made
 * from. Weights are spread over `shards` files.
 */
export async function writeHuggingFaceFolder(
  folder: string,
  file: GgufFile,
  config: ModelConfig,
  { shards = 1 }: { shards?: number } = {},
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const writeJson = (name: string, value: unknown) => writeFile(join(folder, name), JSON.stringify(value, null, 2));
  await writeJson('config.json', configJson(config));
  await writeJson('tokenizer.json', tokenizerJson(file.metadata));
  await writeJson('tokenizer_config.json', {
    ...{ bos_token: '<|im_start|>', eos_token: '<|im_end|>', pad_token: '<|im_end|>', unk_token: '<|endoftext|>' },
    ...{ add_bos_token: false, chat_template: file.metadata['tokenizer.chat_template'] },
  });
  const tensors = await checkpointTensors(file, config);
  if (shards === 1) {
    await writeFile(join(folder, 'model.safetensors'), encodeSafetensors(tensors, { format: 'pt' }));
    return;
  }
  const shardOf = (index: number) => `model-0000${(index % shards) + 1}-of-0000${shards}.safetensors`;
  for (let shard = 0; shard < shards; shard++) {
    const part = tensors.filter((_, index) => index % shards === shard);
    await writeFile(join(folder, shardOf(shard)), encodeSafetensors(part, { format: 'pt' }));
  }
  const map = Object.fromEntries(tensors.map(({ name }, index) => [name, shardOf(index)]));
  await writeJson('model.safetensors.index.json', { metadata: { total_size: 0 }, weight_map: map });
}

const classes: Readonly<Record<string, string>> = {
  ...{ llama: 'Llama', qwen2: 'Qwen2', qwen3: 'Qwen3', gemma3: 'Gemma3' },
};

function configJson(config: ModelConfig) {
  const { architecture, rotary, localAttention } = config;
  return {
    architectures: [`${classes[architecture]}ForCausalLM`],
    hidden_size: config.width,
    intermediate_size: config.feedForwardWidth,
    num_hidden_layers: config.layers,
    num_attention_heads: config.heads,
    num_key_value_heads: config.keyHeads,
    head_dim: config.headSize,
    vocab_size: config.vocabularySize,
    max_position_embeddings: config.contextLength,
    rms_norm_eps: config.rmsNormEpsilon,
    tie_word_embeddings: config.tiedHead,
    rope_theta: rotary.base,
    ...(rotary.positionDivisor === 1
      ? { rope_scaling: null }
      : { rope_scaling: { rope_type: 'linear', factor: rotary.positionDivisor } }),
    ...(localAttention === null
      ? { hidden_act: 'silu' }
      : {
          hidden_activation: 'gelu_pytorch_tanh',
          query_pre_attn_scalar: config.headSize,
          rope_local_base_freq: localAttention.ropeBase,
          sliding_window: localAttention.window,
          sliding_window_pattern: localAttention.period,
        }),
  };
}

function tokenizerJson(metadata: GgufFile['metadata']) {
  const tokens = metadata['tokenizer.ggml.tokens'] as string[];
  const types = metadata['tokenizer.ggml.token_type'] as number[];
  const control = 3;
  return {
    version: '1.0',
    added_tokens: [...tokens.entries()]
      .filter(([id]) => types[id] === control)
      .map(([id, content]) => ({ id, content, special: true })),
    normalizer: null,
    pre_tokenizer: {
      type: 'Sequence',
      pretokenizers: [
        { type: 'Digits', individual_digits: true },
        { type: 'ByteLevel', add_prefix_space: false, trim_offsets: true, use_regex: true },
      ],
    },
    model: {
      type: 'BPE',
      vocab: Object.fromEntries(tokens.map((text, id) => [text, id])),
      merges: metadata['tokenizer.ggml.merges'],
    },
  };
}

async function checkpointTensors(file: GgufFile, config: ModelConfig): Promise<SafetensorsTensor[]> {
  const heads: Readonly<Record<string, number>> = { attn_q: config.heads, attn_k: config.keyHeads };
  const tensors: SafetensorsTensor[] = [];
  for (const name of file.tensors.keys()) {
    const { shape, data } = await file.readTensor(name);
    const interleaved = config.rotary.pairs === 'neighbours' ? heads[name.split('.').at(-2)!] : undefined;
    const offset = name.endsWith('norm.weight') ? normOffset(config.architecture) : 0;
    tensors.push({
      name: huggingFaceName(config.architecture, name)!,
      shape,
      data:
        interleaved === undefined ? data.map((value) => value - offset) : rowsToHalves(data, shape[1]!, interleaved),
    });
  }
  return tensors;
}
