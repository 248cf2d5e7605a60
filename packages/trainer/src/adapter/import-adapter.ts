import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type AdapterImport,
  type AdapterLora,
  createModelPrompting,
  defaultPromptFormat,
  type PromptFormat,
  type ToolAdapterManifest,
  type Toolset,
  TooltuneError,
} from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import { createdBy } from '../created-by.js';
import { baseSha256, openBase } from '../model/open-base.js';
import { readModelConfig } from '../model/read-model-config.js';
import { manifestPrompt } from './manifest-prompt.js';
import { type BaseModelFile, originalModel } from './original-model.js';
import { peftFiles, readPeftFolder } from './peft-folder.js';
import { writeAdapterBundle } from './write-bundle.js';

export interface ImportAdapterOptions {
  /** Folder that PEFT saved the adapter into: adapter_config.json and adapter_model.safetensors. */
  adapter: string;
  /** The base model that it is to be used with. */
  base: BaseModelFile;
  /** The tools that it was trained to call. */
  toolset: Toolset;
  /** Folder of the adapter bundle, empty or absent. */
  output: string;
  /** How its training examples were written; a bundle cannot know. Default: as tooltune trains. */
  promptFormat?: PromptFormat;
}

export interface ImportedAdapter {
  folder: string;
  manifest: ToolAdapterManifest & { imported: AdapterImport; lora: AdapterLora };
  /** What the base model is called on the Hugging Face hub, where that is known. */
  originalModel: string | null;
}

/**
 * Makes an adapter bundle of an adapter that PEFT saved: LoRA, rank-stabilised LoRA or DoRA on the linear layers of
 * attention and feed-forward. Nothing tells whether it was trained on this very base; its shapes are checked.
 * Throws `import/output-not-empty`, PeftError, FileError, and what reading the base and its prompt format throws.
 */
export async function importAdapter(options: ImportAdapterOptions): Promise<ImportedAdapter> {
  const { adapter: folder, base, toolset, output, promptFormat = defaultPromptFormat } = options;
  await checkOutput(output);
  const weights = await openBase(base.path);
  const config = readModelConfig(weights);
  const prompting = createModelPrompting(weights.metadata, { format: promptFormat, toolset });
  const { adapter, baseModel } = await readPeftFolder(folder, config);
  const files: Record<string, string> = {};
  for (const name of Object.values(peftFiles)) files[name] = await fileSha256(join(folder, name));
  const original = originalModel(base, weights.metadata);
  const manifest = await writeAdapterBundle(output, {
    weights: { adapter },
    config,
    baseModel: original ?? baseModel,
    toolset,
    manifest: {
      createdBy,
      base: { id: base.id, sha256: await baseSha256(base.path), architecture: config.architecture },
      prompt: manifestPrompt(promptFormat, prompting),
      imported: { format: 'peft', baseModel, files },
      grounding: {},
    },
  });
  const { lora } = manifest;
  if (lora === undefined) throw new Error('the manifest of an adapter says nothing of it');
  return { folder: output, manifest: { ...manifest, lora }, originalModel: original };
}

async function checkOutput(output: string): Promise<void> {
  await mkdir(output, { recursive: true });
  if ((await readdir(output)).length === 0) return;
  throw new TooltuneError('import/output-not-empty', 'this folder is not empty; choose another', {
    location: { file: output },
  });
}
