import { createTokenizer, type Tokenizer } from '@tooltune/sdk';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { readGgufFileInfo } from 'node-llama-cpp';

/** The tokenizer of a known model, which is pulled if need be, or of a GGUF file. */
export async function loadTokenizer(model: string): Promise<Tokenizer> {
  const { path } = await resolveBaseModel(model);
  // Not with @huggingface/gguf, which drops the byte order mark that some of Gemma's tokens begin with.
  const { metadata } = await readGgufFileInfo(path, { readTensorInfo: false });
  const entries = Object.entries(metadata.tokenizer.ggml);
  return createTokenizer(Object.fromEntries(entries.map(([key, value]) => [`tokenizer.ggml.${key}`, value])));
}
