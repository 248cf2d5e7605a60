import { readdir, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { BaseModelFile } from '../adapter/original-model.js';
import { readAdapterFolder } from '../adapter/read-adapter-folder.js';
import { baseSha256, openBase } from '../model/open-base.js';
import type { WritableFormat } from '../model/quantize.js';
import { readModelConfig } from '../model/read-model-config.js';
import { ExportError } from './export-error.js';
import { mergedTensors } from './merged-tensors.js';
import { writeMergedBundle } from './write-merged-bundle.js';
import { writeMergedFolder } from './write-merged-folder.js';
import { type ExportProgress, type WrittenTensors, writeMergedGguf } from './write-merged-gguf.js';

/** Formats of weights that a merged model can be written in, by their names on the command line. */
export const mergedFormats = ['f32', 'f16', 'bf16', 'q8_0', 'q4_1', 'q4_0'] as const;

export type MergedFormat = (typeof mergedFormats)[number];

/**
 * A GGUF file for llama.cpp, a Hugging Face folder with its weights as safetensors, or an adapter bundle that holds the whole
 * model.
 */
export type MergedForm = 'gguf' | 'safetensors' | 'bundle';

export interface MergeAdapterOptions {
  /** Folder of an adapter bundle, or of an adapter that PEFT saved. */
  adapter: string;
  /** The base model: a GGUF file or a Hugging Face folder. Of a bundle it must be the one that it was trained on. */
  base: BaseModelFile;
  /** The file, or the folder, to write. */
  output: string;
  /** Default `gguf`. */
  form?: MergedForm;
  /** Default `f16`. safetensors hold `f32`, `f16` and `bf16`. */
  format?: MergedFormat;
  /** Whether an output that exists is replaced. Default false. */
  overwrite?: boolean;
  /** Called after every tensor. */
  onProgress?: (progress: ExportProgress) => void;
  /** Stops between two tensors; an older output stays what it was. */
  signal?: AbortSignal;
}

export interface MergedModel extends WrittenTensors {
  output: string;
  form: MergedForm;
  format: MergedFormat;
}

/**
 * Merges an adapter into its base model and writes the result, tensor by tensor, as a model of its own: LoRA,
 * rank-stabilised LoRA and DoRA, which llama.cpp cannot load as an adapter.
 * Throws ExportError, PeftError, FileError, the errors of the readers of adapters and models, or the signal's reason.
 */
export async function mergeAdapter(options: MergeAdapterOptions): Promise<MergedModel> {
  const { adapter: folder, base: source, output, form = 'gguf', format = 'f16', onProgress, signal } = options;
  await checkOutput(options, form);
  const base = await openBase(source.path);
  const config = readModelConfig(base);
  const { adapter, manifest } = await readAdapterFolder(folder, config);
  if (manifest !== null && (await baseSha256(source.path)) !== manifest.base.sha256) {
    const message = `this is not the model that ${folder} was trained on, ${manifest.base.id} (SHA-256 ${manifest.base.sha256})`;
    throw new ExportError('export/other-base', message, { location: { file: source.path } });
  }
  const stored = format.toUpperCase() as WritableFormat;
  const work = { signal, onProgress };
  const tensors = mergedTensors(base, adapter);
  if (form === 'gguf') return { output, form, format, ...(await writeMergedGguf(output, base, tensors, stored, work)) };
  if (form === 'bundle') {
    if (manifest === null) {
      const message = 'an adapter of PEFT says nothing of tools and prompts; import it first, then export the bundle';
      throw new ExportError('export/no-manifest', message, { location: { file: folder } });
    }
    const bundle = { folder, manifest, base, tensors };
    return { output, form, format, ...(await writeMergedBundle(output, bundle, stored, work)) };
  }
  if (stored !== 'F32' && stored !== 'F16' && stored !== 'BF16') {
    const message = `safetensors for transformers hold f32, f16 or bf16, not ${format}; choose one, or export a GGUF file`;
    throw new ExportError('export/bad-format', message);
  }
  return { output, form, format, ...(await writeMergedFolder(output, base, config, adapter, stored, work)) };
}

/**
 * Refuses an output that is there, unless it may be replaced; in any case one that is the base or the adapter itself, and a
 * file for a folder or a folder for a file.
 */
async function checkOutput(
  { output, base, adapter, overwrite = false }: MergeAdapterOptions,
  form: MergedForm,
): Promise<void> {
  const refuse = (message: string) => new ExportError('export/exists', message, { location: { file: output } });
  if (resolve(output) === resolve(base.path)) throw refuse('this is the base model itself; choose another output');
  if (resolve(output) === resolve(adapter)) throw refuse('this is the adapter itself; choose another output');
  const found = await stat(output).catch(() => undefined);
  if (found === undefined) return;
  if (found.isDirectory() && form === 'gguf')
    throw refuse('this is a folder, and a file is to be written; name the file');
  if (!found.isDirectory() && form !== 'gguf') {
    throw refuse('this is a file, and a folder is to be written; choose another output');
  }
  if (overwrite) return;
  if (found.isDirectory() && (await readdir(output)).length === 0) return;
  throw refuse('this exists already; choose another output, or pass --force to replace it');
}
