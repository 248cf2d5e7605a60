import { createHash } from 'node:crypto';
import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type AdapterManifest, type Toolset, validateAdapterManifest } from '@tooltune/sdk';
import type { LlamaConfig } from '../model/llama-config.js';
import type { LoraParameter } from '../model/lora-parameters.js';
import { writeAdapterGguf } from './adapter-gguf.js';

/** Writes an adapter bundle: adapter.gguf, tools.json, and last, so that a half-written bundle has none, manifest.json. */
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
  await writeAdapterGguf(join(folder, 'adapter.gguf'), config, parameters, manifest.lora);
  await writeFile(join(folder, 'tools.json'), `${JSON.stringify(toolset.tools, null, 2)}\n`);
  const files: Record<string, string> = {};
  for (const name of ['adapter.gguf', 'tools.json']) {
    files[name] = createHash('sha256')
      .update(await readFile(join(folder, name)))
      .digest('hex');
  }
  const complete = validateAdapterManifest({ formatVersion: 1, ...manifest, files });
  const path = join(folder, 'manifest.json');
  await writeFile(`${path}.partial`, `${JSON.stringify(complete, null, 2)}\n`);
  await rename(`${path}.partial`, path);
  return complete;
}
