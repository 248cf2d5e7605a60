import { createTokenizer, type Tokenizer } from '@tooltune/sdk';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { readGgufFileInfo } from 'node-llama-cpp';
import { gemmaId, pullGemma } from './gemma-model.js';

/** The tokenizer of a known model, of Gemma 3 270M, or of a GGUF file. */
export async function loadTokenizer(model: string): Promise<Tokenizer> {
  const path = model === gemmaId ? await pullGemma() : (await resolveBaseModel(model)).path;
  // Not with @huggingface/gguf, which drops the byte order mark that some of Gemma's tokens begin with.
  const { metadata } = await readGgufFileInfo(path, { readTensorInfo: false });
  const entries = Object.entries(metadata.tokenizer.ggml);
  return createTokenizer(Object.fromEntries(entries.map(([key, value]) => [`tokenizer.ggml.${key}`, value])));
}
