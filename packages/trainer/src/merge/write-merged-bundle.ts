import { copyFile, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { AdapterManifest } from '@tooltune/sdk';
import { fileErrorFrom } from '@tooltune/sdk/files';
import { peftFiles } from '../adapter/peft-folder.js';
import { isBundle } from '../adapter/read-adapter-folder.js';
import { bundleFiles, writeManifest } from '../adapter/write-bundle.js';
import type { BaseWeights } from '../model/base-weights.js';
import type { WritableFormat } from '../model/quantize.js';
import type { MergedTensor } from './merged-tensors.js';
import { type MergeWork, type WrittenTensors, writeMergedGguf } from './write-merged-gguf.js';

/** What is merged. */
export interface MergedBundleSource {
  /** The adapter's bundle. */
  folder: string;
  manifest: AdapterManifest;
  base: BaseWeights;
  tensors: readonly MergedTensor[];
}

/**
 * Writes an adapter bundle anew as one that holds the whole model: its prompt, tools and grounding, or labels, and in
 * place of the adapter model.gguf. The manifest comes last. An older bundle stays what it was until its model is replaced;
 * then its adapter goes. Throws what writeMergedGguf throws.
 */
export async function writeMergedBundle(
  output: string,
  { folder, manifest, base, tensors }: MergedBundleSource,
  format: WritableFormat,
  work: MergeWork,
): Promise<WrittenTensors> {
  const { lora: _lora, files: _files, ...described } = manifest;
  await mkdir(output, { recursive: true });
  const names = [bundleFiles.model, ...(manifest.task === 'intents' ? [] : [bundleFiles.tools])];
  const written = await writeMergedGguf(join(output, bundleFiles.model), base, tensors, format, work);
  if (await isBundle(output)) {
    // An older bundle is none until this one is complete.
    await rm(join(output, bundleFiles.manifest));
    for (const name of [bundleFiles.adapter, ...Object.values(peftFiles)])
      await rm(join(output, name), { force: true });
  }
  if (manifest.task !== 'intents') {
    const tools = join(folder, bundleFiles.tools);
    await copyFile(tools, join(output, bundleFiles.tools)).catch((error: unknown) => {
      throw fileErrorFrom(error, tools, 'read');
    });
  }
  await writeManifest(output, names, { ...described, model: { format } });
  return written;
}
