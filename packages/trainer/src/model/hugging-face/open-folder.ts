import { join } from 'node:path';
import { TooltuneError, tokenizerMetadata } from '@tooltune/sdk';
import { FileError, readJsonFile, readTextFile } from '@tooltune/sdk/files';
import type { BaseTensor, BaseWeights } from '../base-weights.js';
import { dequantize } from '../dequantize.js';
import { ggufName, normOffset, rowsToPairs } from '../hugging-face-layout.js';
import { fitsNf4, quantizeNf4 } from '../nf4.js';
import { type CheckpointTensor, openCheckpoint } from './checkpoint.js';
import { modelMetadata } from './config-metadata.js';
import { ConfigReader } from './config-reader.js';
import { rotaryDivisors } from './rotary.js';

/** Names of tensors that older checkpoints hold and models compute themselves. */
const computed = /\.rotary_emb\.inv_freq$/;

/**
 * Opens a folder as transformers saves a model (config.json, tokenizer.json, tokenizer_config.json, chat_template.jinja,
 * model.safetensors or its parts) as the base model that a GGUF file made from it would be: llama.cpp's names, keys and
 * layout. Weights must be F32, F16 or BF16; matrices are quantised to NF4 where they are to be kept as blocks.
 *
 * Throws a FileError, a TokenizerError, `model/unsupported-architecture`, `model/missing-metadata`, `model/bad-tensor`,
 * `hugging-face/no-weights`, `hugging-face/bad-index`, or `safetensors/…`, all of which name the file.
 */
export async function openHuggingFaceFolder(folder: string): Promise<BaseWeights> {
  const configPath = join(folder, 'config.json');
  const config = new ConfigReader(configPath, await readJsonFile(configPath));
  const model = modelMetadata(config);
  const architecture = String(model['general.architecture']);
  const stored = await readTensorList(folder, config, architecture);
  const divisors = rotaryDivisors(config);
  const metadata = { ...model, ...(await readTokenizer(folder, stored.get('token_embd.weight')?.shape[0])) };

  const tensors = new Map<string, BaseTensor>();
  for (const [name, { format, shape }] of stored) {
    tensors.set(name, { name, format, shape, ...(fitsNf4(shape) ? { quantizedAs: 'NF4' } : {}) });
  }
  if (divisors !== undefined) {
    tensors.set('rope_freqs.weight', { name: 'rope_freqs.weight', format: 'F32', shape: [divisors.length] });
  }
  const headsOf: Readonly<Record<string, unknown>> = {
    attn_q: metadata['llama.attention.head_count'],
    attn_k: metadata['llama.attention.head_count_kv'],
  };
  const base: BaseWeights = {
    path: folder,
    metadata,
    tensors,
    async readTensor(name) {
      if (name === 'rope_freqs.weight' && divisors !== undefined) return { shape: [divisors.length], data: divisors };
      const tensor = stored.get(name);
      if (tensor === undefined) {
        throw new TooltuneError('safetensors/missing-tensor', `tensor ${name} is missing`, {
          location: { file: folder },
        });
      }
      const { format, shape, file, ownName } = tensor;
      const count = shape.reduce((a, b) => a * b, 1);
      const data = dequantize(format, await file.readEncoded(ownName), count);
      const heads = headsOf[name.split('.').at(-2)!];
      // Llama's rotary embedding turns neighbouring pairs in GGUF files, and halves of heads in checkpoints.
      if (typeof heads === 'number') return { shape, data: rowsToPairs(data, shape[1] ?? 1, heads) };
      const offset = name.endsWith('norm.weight') ? normOffset(architecture) : 0;
      if (offset !== 0) for (let index = 0; index < data.length; index++) data[index]! += offset;
      return { shape, data };
    },
    async readBlocks(name) {
      if (tensors.get(name)?.quantizedAs === undefined) return null;
      const { shape, data } = await base.readTensor(name);
      try {
        return quantizeNf4(data, shape);
      } catch (cause) {
        if (!TooltuneError.isInstance(cause)) throw cause;
        throw new TooltuneError(cause.code, `tensor ${name}: ${cause.message}; get the model again`, {
          cause,
          location: { file: folder },
        });
      }
    },
  };
  return base;
}

/** Tensors by llama.cpp's names; those that are not known keep their own. */
async function readTensorList(
  folder: string,
  config: ConfigReader,
  architecture: string,
): Promise<Map<string, CheckpointTensor>> {
  const checkpoint = await openCheckpoint(folder);
  const tied = config.value('tie_word_embeddings') ?? architecture === 'gemma3';
  const tensors = new Map<string, CheckpointTensor>();
  for (const tensor of checkpoint) {
    const name = ggufName(architecture, tensor.ownName) ?? tensor.ownName;
    // Some files hold a copy of the embedding table as the head that the model does not use.
    if (computed.test(name) || (name === 'output.weight' && tied === true)) continue;
    tensors.set(name, tensor);
  }
  if (tied !== true && !tensors.has('output.weight')) {
    throw new TooltuneError('model/bad-tensor', 'lm_head.weight is missing, and tie_word_embeddings is not true', {
      location: { file: folder },
    });
  }
  return tensors;
}

async function readTokenizer(folder: string, vocabularySize: number | undefined): Promise<Record<string, unknown>> {
  const path = join(folder, 'tokenizer.json');
  const tokenizer = await readJsonFile(path);
  try {
    return tokenizerMetadata({
      tokenizer,
      tokenizerConfig: await unlessMissing(readJsonFile(join(folder, 'tokenizer_config.json'))),
      modelConfig: await readJsonFile(join(folder, 'config.json')),
      chatTemplate: await unlessMissing(readTextFile(join(folder, 'chat_template.jinja'))),
      vocabularySize,
    });
  } catch (error) {
    if (!TooltuneError.isInstance(error) || error.location !== undefined) throw error;
    throw new TooltuneError(error.code, error.message, { cause: error, location: { file: path } });
  }
}

async function unlessMissing<T>(reading: Promise<T>): Promise<T | undefined> {
  return reading.catch((error: unknown) => {
    if (error instanceof FileError && error.code === 'file/not-found') return undefined;
    throw error;
  });
}
