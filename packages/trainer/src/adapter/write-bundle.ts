import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type IntentAdapterManifest,
  type ToolAdapterManifest,
  type Toolset,
  validateAdapterManifest,
} from '@tooltune/sdk';
import { fileSha256, writeFileAtomic } from '@tooltune/sdk/files';
import type { ModelConfig } from '../model/model-config.js';
import { type Adapter, isDora, targetsOf } from './adapter.js';
import { writeAdapterGguf } from './adapter-gguf.js';
import { peftFiles, writePeftFolder } from './peft-folder.js';

const weightsFile = 'adapter.gguf';
const toolsFile = 'tools.json';
const manifestFile = 'manifest.json';

/** What every bundle is made of. */
interface BundleWeights {
  adapter: Adapter;
  /** Of the base model. */
  config: ModelConfig;
  /** What the base model is called on the Hugging Face hub, where that is known. */
  baseModel: string | null;
}

/** What is found out while a bundle is written. */
type Written = 'formatVersion' | 'files' | 'lora';

/** What the bundle of an adapter that calls tools is made of. */
export interface BundleContents extends BundleWeights {
  toolset: Toolset;
  manifest: Omit<ToolAdapterManifest, Written | 'toolsetFingerprint'>;
}

/** What the bundle of an adapter that names intents is made of. */
export interface IntentBundleContents extends BundleWeights {
  manifest: Omit<IntentAdapterManifest, Written>;
}

/**
 * Writes the bundle of an adapter that calls tools: the adapter as llama.cpp loads it (adapter.gguf; not of DoRA, which it
 * cannot) and as PEFT does (adapter_model.safetensors, adapter_config.json), tools.json, and last, so that a half-written
 * bundle has none, manifest.json. Whatever goes wrong, nothing of it is left behind. Throws FileError.
 */
export async function writeAdapterBundle<Contents extends BundleContents>(
  folder: string,
  contents: Contents,
): Promise<ToolAdapterManifest & Contents['manifest']> {
  const { toolset, manifest } = contents;
  const tools = `${JSON.stringify(toolset.tools, null, 2)}\n`;
  const described = { ...manifest, toolsetFingerprint: toolset.fingerprint };
  return writeBundle(folder, contents, described, { [toolsFile]: tools });
}

/** Writes the bundle of an adapter that names intents: the same without tools.json. Throws FileError. */
export async function writeIntentBundle(
  folder: string,
  contents: IntentBundleContents,
): Promise<IntentAdapterManifest> {
  return writeBundle(folder, contents, contents.manifest, {});
}

/** @param texts further files, by name */
async function writeBundle<Described extends object>(
  folder: string,
  { adapter, config, baseModel }: BundleWeights,
  described: Described,
  texts: Readonly<Record<string, string>>,
): Promise<Described & Pick<ToolAdapterManifest, Written>> {
  await mkdir(folder, { recursive: true });
  const { rank, alpha, rsLora = false } = adapter;
  const dora = isDora(adapter);
  const names = [...(dora ? [] : [weightsFile]), peftFiles.weights, peftFiles.config, ...Object.keys(texts)];
  try {
    if (!dora) await writeAdapterGguf(join(folder, weightsFile), config.architecture, adapter);
    await writePeftFolder(folder, config, adapter, baseModel);
    for (const [name, text] of Object.entries(texts)) await writeFileAtomic(join(folder, name), text);
    const files: Record<string, string> = {};
    for (const name of names) files[name] = await fileSha256(join(folder, name));
    const complete = {
      formatVersion: 1 as const,
      ...described,
      lora: { rank, alpha, ...(rsLora ? { rsLora } : {}), ...(dora ? { dora } : {}), targets: targetsOf(adapter) },
      files,
    };
    validateAdapterManifest(complete);
    await writeFileAtomic(join(folder, manifestFile), `${JSON.stringify(complete, null, 2)}\n`);
    return complete;
  } catch (error) {
    // What cannot be removed either must not hide what went wrong first.
    await Promise.allSettled(names.map((name) => rm(join(folder, name), { force: true })));
    throw error;
  }
}
