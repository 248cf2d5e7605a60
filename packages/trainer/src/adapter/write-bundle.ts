import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type AdapterManifest, type Toolset, validateAdapterManifest } from '@tooltune/sdk';
import { fileSha256, writeFileAtomic } from '@tooltune/sdk/files';
import type { ModelConfig } from '../model/model-config.js';
import { type Adapter, isDora, targetsOf } from './adapter.js';
import { writeAdapterGguf } from './adapter-gguf.js';
import { peftFiles, writePeftFolder } from './peft-folder.js';

const weightsFile = 'adapter.gguf';
const toolsFile = 'tools.json';
const manifestFile = 'manifest.json';

/** What a bundle is made of. */
export interface BundleContents {
  adapter: Adapter;
  /** Of the base model. */
  config: ModelConfig;
  /** What the base model is called on the Hugging Face hub, where that is known. */
  baseModel: string | null;
  toolset: Toolset;
  manifest: Omit<AdapterManifest, 'formatVersion' | 'files' | 'lora' | 'toolsetFingerprint'>;
}

/**
 * Writes an adapter bundle: the adapter as llama.cpp loads it (adapter.gguf; not of DoRA, which it cannot) and as PEFT
 * does (adapter_model.safetensors, adapter_config.json), tools.json, and last, so that a half-written bundle has none,
 * manifest.json. Whatever goes wrong, nothing of it is left behind. Throws FileError.
 */
export async function writeAdapterBundle<Contents extends BundleContents>(
  folder: string,
  contents: Contents,
): Promise<AdapterManifest & Contents['manifest']> {
  await mkdir(folder, { recursive: true });
  const { adapter, config, baseModel, toolset, manifest } = contents;
  const { rank, alpha, rsLora = false } = adapter;
  const dora = isDora(adapter);
  const names = [...(dora ? [] : [weightsFile]), peftFiles.weights, peftFiles.config, toolsFile];
  try {
    if (!dora) await writeAdapterGguf(join(folder, weightsFile), config.architecture, adapter);
    await writePeftFolder(folder, config, adapter, baseModel);
    await writeFileAtomic(join(folder, toolsFile), `${JSON.stringify(toolset.tools, null, 2)}\n`);
    const files: Record<string, string> = {};
    for (const name of names) files[name] = await fileSha256(join(folder, name));
    const complete = validateAdapterManifest({
      formatVersion: 1,
      ...manifest,
      toolsetFingerprint: toolset.fingerprint,
      lora: { rank, alpha, ...(rsLora ? { rsLora } : {}), ...(dora ? { dora } : {}), targets: targetsOf(adapter) },
      files,
    });
    await writeFileAtomic(join(folder, manifestFile), `${JSON.stringify(complete, null, 2)}\n`);
    return { ...manifest, ...complete };
  } catch (error) {
    // What cannot be removed either must not hide what went wrong first.
    await Promise.allSettled(names.map((name) => rm(join(folder, name), { force: true })));
    throw error;
  }
}
