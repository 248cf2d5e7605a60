import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type AdapterManifest, TooltuneError, validateAdapterManifest } from '@tooltune/sdk';
import { fileSha256, readJsonFile } from '@tooltune/sdk/files';
import type { ModelConfig } from '../model/model-config.js';
import type { Adapter } from './adapter.js';
import { readAdapterGguf } from './adapter-gguf.js';
import { peftFiles, readPeftFolder } from './peft-folder.js';
import { bundleFiles } from './write-bundle.js';

/** Whether a folder holds an adapter bundle. */
export async function isBundle(folder: string): Promise<boolean> {
  return stat(join(folder, bundleFiles.manifest)).then(
    (entry) => entry.isFile(),
    () => false,
  );
}

/**
 * Reads an adapter of a model: from an adapter bundle, whose manifest is given back too, or from a folder of PEFT.
 * Throws SchemaError, `adapter/corrupt` for weights that are not those of the manifest, `adapter/whole-model`,
 * `adapter/unreadable`, PeftError, FileError.
 */
export async function readAdapterFolder(
  folder: string,
  config: ModelConfig,
): Promise<{ adapter: Adapter; manifest: AdapterManifest | null }> {
  if (!(await isBundle(folder))) return { adapter: (await readPeftFolder(folder, config)).adapter, manifest: null };
  const manifestPath = join(folder, bundleFiles.manifest);
  const manifest = validateAdapterManifest(await readJsonFile(manifestPath), { file: manifestPath });
  if (manifest.lora === undefined) {
    const message = 'this is no adapter: its model.gguf is the whole model, to be used by itself or as a base';
    throw new TooltuneError('adapter/whole-model', message, { location: { file: folder } });
  }
  const isDora = manifest.lora.dora === true;
  const names = isDora ? Object.values(peftFiles) : [bundleFiles.adapter];
  for (const name of names) {
    const path = join(folder, name);
    if ((await fileSha256(path)) === manifest.files[name]) continue;
    const message = 'this is not the file that the manifest lists; copy the bundle again or train again';
    throw new TooltuneError('adapter/corrupt', message, { location: { file: path } });
  }
  const adapter = isDora
    ? (await readPeftFolder(folder, config)).adapter
    : await readAdapterGguf(join(folder, bundleFiles.adapter));
  return { adapter, manifest };
}
