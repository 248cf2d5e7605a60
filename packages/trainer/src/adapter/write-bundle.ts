import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import {
  type IntentAdapterManifest,
  type ToolAdapterManifest,
  type Toolset,
  validateAdapterManifest,
} from '@tooltune/sdk';
import { fileSha256, writeFileAtomic } from '@tooltune/sdk/files';
import type { MergedTensor } from '../merge/merged-tensors.js';
import { writeMergedGguf } from '../merge/write-merged-gguf.js';
import type { BaseWeights } from '../model/base-weights.js';
import type { ModelConfig } from '../model/model-config.js';
import { type Adapter, isDora, targetsOf } from './adapter.js';
import { writeAdapterGguf } from './adapter-gguf.js';
import { peftFiles, writePeftFolder } from './peft-folder.js';

/** Files of a bundle that are tooltune's own. */
export const bundleFiles = {
  adapter: 'adapter.gguf',
  model: 'model.gguf',
  tools: 'tools.json',
  manifest: 'manifest.json',
} as const;

/** What every bundle is made of. */
export interface BundleWeights {
  /** What was trained: an adapter, or all tensors of the model. */
  weights: { adapter: Adapter } | { base: BaseWeights; tensors: readonly MergedTensor[] };
  /** Of the base model. */
  config: ModelConfig;
  /** What the base model is called on the Hugging Face hub, where that is known. */
  baseModel: string | null;
}

/** What is found out while a bundle is written. */
type Written = 'formatVersion' | 'files' | 'lora' | 'model';

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
 * cannot) and as PEFT does (adapter_model.safetensors, adapter_config.json), or where all weights were trained the model
 * (model.gguf); tools.json; and last, so that a half-written bundle has none, manifest.json. Whatever goes wrong, nothing of it is left behind. Throws FileError.
 */
export async function writeAdapterBundle<Contents extends BundleContents>(
  folder: string,
  contents: Contents,
): Promise<ToolAdapterManifest & Contents['manifest']> {
  const { toolset, manifest } = contents;
  const tools = `${JSON.stringify(toolset.tools, null, 2)}\n`;
  const described = { ...manifest, toolsetFingerprint: toolset.fingerprint };
  return writeBundle(folder, contents, described, { [bundleFiles.tools]: tools });
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
  contents: BundleWeights,
  described: Described,
  texts: Readonly<Record<string, string>>,
): Promise<Described & Pick<ToolAdapterManifest, Written>> {
  await mkdir(folder, { recursive: true });
  const names = [...weightFiles(contents), ...Object.keys(texts)];
  try {
    const written = await writeWeights(folder, contents);
    for (const [name, text] of Object.entries(texts)) await writeFileAtomic(join(folder, name), text);
    return await writeManifest(folder, names, { formatVersion: 1 as const, ...described, ...written });
  } catch (error) {
    // What cannot be removed either must not hide what went wrong first.
    await Promise.allSettled(names.map((name) => rm(join(folder, name), { force: true })));
    throw error;
  }
}

/**
 * Completes a bundle by its manifest, with the SHA-256 of its files. Throws FileError, SchemaError.
 * @param names of the other files
 */
export async function writeManifest<Described extends object>(
  folder: string,
  names: readonly string[],
  described: Described,
): Promise<Described & Pick<ToolAdapterManifest, 'files'>> {
  const files: Record<string, string> = {};
  for (const name of names) files[name] = await fileSha256(join(folder, name));
  const complete = { ...described, files };
  validateAdapterManifest(complete);
  await writeFileAtomic(join(folder, bundleFiles.manifest), `${JSON.stringify(complete, null, 2)}\n`);
  return complete;
}

function weightFiles({ weights }: BundleWeights): string[] {
  if (!('adapter' in weights)) return [bundleFiles.model];
  return [...(isDora(weights.adapter) ? [] : [bundleFiles.adapter]), peftFiles.weights, peftFiles.config];
}

async function writeWeights(
  folder: string,
  { weights, config, baseModel }: BundleWeights,
): Promise<Pick<ToolAdapterManifest, 'lora' | 'model'>> {
  if (!('adapter' in weights)) {
    await writeMergedGguf(join(folder, bundleFiles.model), weights.base, weights.tensors, 'F16');
    return { model: { format: 'F16' } };
  }
  const { adapter } = weights;
  const { rank, alpha, rsLora = false } = adapter;
  const dora = isDora(adapter);
  if (!dora) await writeAdapterGguf(join(folder, bundleFiles.adapter), config.architecture, adapter);
  await writePeftFolder(folder, config, adapter, baseModel);
  const kind = { ...(rsLora ? { rsLora } : {}), ...(dora ? { dora } : {}) };
  return { lora: { rank, alpha, ...kind, targets: targetsOf(adapter) } };
}
