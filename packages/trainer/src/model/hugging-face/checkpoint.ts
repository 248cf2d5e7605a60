import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TooltuneError } from '@tooltune/sdk';
import { readJsonFile } from '@tooltune/sdk/files';
import { openSafetensors, type SafetensorsFile, type StoredTensor } from '../safetensors-file.js';

/** A tensor of a transformers checkpoint. */
export interface CheckpointTensor extends StoredTensor {
  /** The checkpoint's own name for it. */
  ownName: string;
  file: SafetensorsFile;
}

const singleFile = 'model.safetensors';
const indexFile = 'model.safetensors.index.json';

/**
 * Paths of a folder's weight files, in the order of their names.
 * Throws `hugging-face/no-weights`, `hugging-face/bad-index`, or a FileError.
 */
export async function weightFiles(folder: string): Promise<string[]> {
  const index = await readIndex(folder);
  const names = index === undefined ? [singleFile] : [...new Set(index.values())].sort();
  return names.map((name) => join(folder, name));
}

/**
 * All tensors of a folder's weight files.
 * Throws what `weightFiles` and `openSafetensors` throw, and `safetensors/missing-tensor` for one that the index promises.
 */
export async function openCheckpoint(folder: string): Promise<CheckpointTensor[]> {
  const tensors = new Map<string, CheckpointTensor>();
  for (const path of await weightFiles(folder)) {
    const file = await openSafetensors(path);
    for (const [ownName, tensor] of file.tensors) tensors.set(ownName, { ...tensor, ownName, file });
  }
  for (const [name, file] of (await readIndex(folder)) ?? []) {
    if (tensors.has(name)) continue;
    throw new TooltuneError(
      'safetensors/missing-tensor',
      `tensor ${name} is missing, which ${indexFile} says is here; get the file again`,
      { location: { file: join(folder, file) } },
    );
  }
  return [...tensors.values()];
}

/** Names of files by names of tensors; undefined where all are in one file. */
async function readIndex(folder: string): Promise<Map<string, string> | undefined> {
  const path = join(folder, indexFile);
  if (!(await isFile(path))) {
    if (await isFile(join(folder, singleFile))) return undefined;
    throw new TooltuneError(
      'hugging-face/no-weights',
      `there is neither ${singleFile} nor ${indexFile} in this folder; give a folder as transformers saves a model, or ` +
        'a GGUF file',
      { location: { file: folder } },
    );
  }
  const index = await readJsonFile(path);
  const map = (index as { weight_map?: unknown } | null)?.weight_map;
  const files = typeof map === 'object' && map !== null ? Object.entries(map) : [];
  // A name that leads elsewhere would have files read that are not the model's.
  if (files.length > 0 && files.every(([, name]) => typeof name === 'string' && /^[^/\\]+\.safetensors$/.test(name))) {
    return new Map(files);
  }
  throw new TooltuneError('hugging-face/bad-index', 'weight_map is no object of safetensors files; get it again', {
    location: { file: path, pointer: '/weight_map' },
  });
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isFile(),
    () => false,
  );
}
