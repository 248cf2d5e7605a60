import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTokenizer,
  huggingFaceTokenizer,
  TooltuneError,
  tokenizerFingerprint,
  tokenizerMetadata,
} from '@tooltune/sdk';
import { readJsonFile, replaceFile, writeFileAtomic } from '@tooltune/sdk/files';
import type { Adapter } from '../adapter/adapter.js';
import type { BaseWeights } from '../model/base-weights.js';
import type { GgufFile } from '../model/gguf-reader.js';
import { huggingFaceName, interleavedHeads, normOffset, rowsToHalves } from '../model/hugging-face-layout.js';
import type { ModelConfig } from '../model/model-config.js';
import { type SafetensorsTensorToWrite, writeSafetensors } from '../model/safetensors-writer.js';
import { type FloatFormat, tensorBytes } from '../model/tensor-format.js';
import { ExportError } from './export-error.js';
import { huggingFaceConfig } from './hugging-face-config.js';
import { type MergedTensor, mergedTensors } from './merged-tensors.js';
import { encodeValues, type MergeWork, type WrittenTensors } from './write-merged-gguf.js';

/** What transformers calls the types of weights. */
const dtypes: Readonly<Record<FloatFormat, string>> = { F32: 'float32', F16: 'float16', BF16: 'bfloat16' };

/** Files of a Hugging Face folder beside its weights and its config.json, which are the same after merging. */
const companionFiles = [
  ...['generation_config.json', 'tokenizer.json', 'tokenizer_config.json', 'special_tokens_map.json'],
  ...['added_tokens.json', 'vocab.json', 'merges.txt', 'tokenizer.model', 'chat_template.jinja'],
];

/** The weights, in one file. */
const mergedWeightsFile = 'model.safetensors';

/**
 * Writes a base model with an adapter merged into it as a folder that transformers loads: config.json, the tokenizer, and
 * last model.safetensors. One tensor is held in memory at a time.
 *
 * Of a base that is such a folder itself, everything but the weights is copied. Of a GGUF file they are made, and read
 * back: the model must be the same size for size, and the tokenizer must give the same tokens.
 * Throws FileError, ExportError, TokenizerError, the errors of the base's reader, or the signal's reason.
 */
export async function writeMergedFolder(
  folder: string,
  base: BaseWeights | GgufFile,
  config: ModelConfig,
  adapter: Adapter,
  format: FloatFormat,
  { signal, onProgress }: MergeWork = {},
): Promise<WrittenTensors> {
  const merged = mergedTensors(base, adapter);
  let writtenBytes = 0;
  let totalBytes = 0;
  const tensors = merged.flatMap((tensor): SafetensorsTensorToWrite[] => {
    const name = nameOf(tensor, base, config);
    if (name === undefined) return [];
    totalBytes += tensorBytes(format, valueCount(tensor.shape));
    const data = async () => {
      signal?.throwIfAborted();
      const bytes = encodeValues(tensor, arranged(tensor, await tensor.read(), config), format);
      writtenBytes += bytes.length;
      onProgress?.({ writtenBytes, totalBytes });
      return bytes;
    };
    return [{ name, format, shape: tensor.shape, data }];
  });
  const companions = 'encodedMetadata' in base ? await makeCompanions(base, config, format) : undefined;
  await mkdir(folder, { recursive: true });
  if (companions === undefined) await copyCompanions(base.path, folder, format);
  else for (const [name, value] of Object.entries(companions)) await writeJson(join(folder, name), value);
  await replaceFile(join(folder, mergedWeightsFile), (temporary) =>
    writeSafetensors(temporary, tensors, { format: 'pt' }),
  );
  return { tensors: tensors.length, updated: merged.filter(({ updated }) => updated).length, exceptions: [] };
}

/** What a tensor is called; undefined for the one that config.json says instead. */
function nameOf({ name }: MergedTensor, base: BaseWeights, config: ModelConfig): string | undefined {
  if (name === 'rope_freqs.weight') return undefined;
  const own = huggingFaceName(config.architecture, name);
  if (own !== undefined) return own;
  throw new ExportError('export/missing', `tensor ${name} has no name in transformers; export a GGUF file instead`, {
    location: { file: base.path },
  });
}

/** Values in the order, and of the size, that checkpoints have. */
function arranged({ name, shape }: MergedTensor, values: Float32Array, config: ModelConfig): Float32Array {
  const heads = interleavedHeads(config, name.split('.').at(-2)!);
  if (heads !== undefined) return rowsToHalves(values, shape[1] ?? 1, heads);
  const offset = normOffset(config.architecture);
  return offset !== 0 && name.endsWith('norm.weight') ? values.map((value) => value - offset) : values;
}

/** config.json and the tokenizer's files, by name. */
async function makeCompanions(
  base: BaseWeights,
  config: ModelConfig,
  format: FloatFormat,
): Promise<Record<string, unknown>> {
  const { tokenizer, tokenizerConfig } = checkedTokenizer(base, config);
  return {
    'config.json': await huggingFaceConfig(base, config, dtypes[format]),
    'tokenizer.json': tokenizer,
    'tokenizer_config.json': { ...tokenizerConfig, model_max_length: config.contextLength },
  };
}

/** Throws `export/missing` where the tokenizer cannot be written, or would give other tokens. */
function checkedTokenizer(base: BaseWeights, { vocabularySize }: ModelConfig): ReturnType<typeof huggingFaceTokenizer> {
  const refuse = (why: string, cause?: unknown): never => {
    const message = `a Hugging Face folder needs tokenizer.json, which cannot be made from this file: ${why}; export a GGUF file instead`;
    throw new ExportError('export/missing', message, { cause, location: { file: base.path } });
  };
  try {
    const made = huggingFaceTokenizer(base.metadata);
    const again = createTokenizer(tokenizerMetadata({ ...made, vocabularySize }));
    const isSame = tokenizerFingerprint(again) === tokenizerFingerprint(createTokenizer(base.metadata));
    return isSame ? made : refuse('it would give other tokens');
  } catch (error) {
    if (!TooltuneError.isInstance(error) || error instanceof ExportError) throw error;
    return refuse(error.message, error);
  }
}

async function copyCompanions(from: string, to: string, format: FloatFormat): Promise<void> {
  const config = (await readJsonFile(join(from, 'config.json'))) as Record<string, unknown>;
  const dtype = dtypes[format];
  const stated = Object.fromEntries(['torch_dtype', 'dtype'].filter((key) => key in config).map((key) => [key, dtype]));
  await writeJson(join(to, 'config.json'), { ...config, ...stated });
  for (const name of companionFiles) {
    await copyFile(join(from, name), join(to, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code !== 'ENOENT') throw error;
    });
  }
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await writeFileAtomic(path, `${JSON.stringify(value, null, 2)}\n`);
}

function valueCount(shape: readonly number[]): number {
  return shape.reduce((a, b) => a * b, 1);
}
