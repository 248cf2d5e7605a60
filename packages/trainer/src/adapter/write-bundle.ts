import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AdapterManifest, type Toolset, validateAdapterManifest } from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import type { LlamaConfig } from '../model/llama-config.js';
import type { LoraParameter } from '../model/lora-parameters.js';
import { writeAdapterGguf } from './adapter-gguf.js';

const weightsFile = 'adapter.gguf';
const toolsFile = 'tools.json';
const manifestFile = 'manifest.json';
const partialManifest = `${manifestFile}.partial`;

/**
 * Writes an adapter bundle: adapter.gguf, tools.json, and last, so that a half-written bundle has none, manifest.json.
 * Whatever goes wrong, nothing of it is left behind.
 */
export async function writeAdapterBundle(
  folder: string,
  bundle: {
    config: LlamaConfig;
    parameters: readonly LoraParameter[];
    toolset: Toolset;
    manifest: Omit<AdapterManifest, 'formatVersion' | 'files'>;
  },
): Promise<AdapterManifest> {
  await mkdir(folder, { recursive: true });
  const { config, parameters, toolset, manifest } = bundle;
  try {
    await writeAdapterGguf(join(folder, weightsFile), config, parameters, manifest.lora);
    await writeFile(join(folder, toolsFile), `${JSON.stringify(toolset.tools, null, 2)}\n`);
    const files: Record<string, string> = {};
    for (const name of [weightsFile, toolsFile]) files[name] = await fileSha256(join(folder, name));
    const complete = validateAdapterManifest({ formatVersion: 1, ...manifest, files });
    await writeFile(join(folder, partialManifest), `${JSON.stringify(complete, null, 2)}\n`);
    await rename(join(folder, partialManifest), join(folder, manifestFile));
    return complete;
  } catch (error) {
    const written = [weightsFile, toolsFile, partialManifest];
    // What cannot be removed either must not hide what went wrong first.
    await Promise.allSettled(written.map((name) => rm(join(folder, name), { force: true })));
    throw error;
  }
}
