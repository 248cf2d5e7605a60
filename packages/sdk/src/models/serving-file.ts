import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { resolveCacheFolder } from './cache-folder.js';
import type { ModelOptions } from './pull-model.js';

/**
 * Where the copy of a model is kept whose weights stand in a format that this machine computes faster with; `tooltune models
 * optimize` writes it.
 * @param sha256 SHA-256 (hex) of the original file
 */
export function servingFilePath(sha256: string, options: Pick<ModelOptions, 'cacheFolder'> = {}): string {
  return join(resolveCacheFolder(options.cacheFolder), 'serving', `${sha256}.gguf`);
}

/** The faster copy of the model with this SHA-256, if there is one. */
export async function findServingFile(
  sha256: string,
  options: Pick<ModelOptions, 'cacheFolder'> = {},
): Promise<string | undefined> {
  const path = servingFilePath(sha256, options);
  const found = await stat(path).catch(() => undefined);
  return found?.isFile() ? path : undefined;
}
