import { stat } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { suggestion } from '../toolset/index.js';
import { type BaseModel, baseModels } from './base-model.js';
import { ModelError } from './model-error.js';
import { cachedPath, findFile, type ModelOptions, type PullOptions, pullFile } from './pull-model.js';

/** A known model, and where its file is. */
export interface ListedModel extends BaseModel {
  /** Path of the checked file; null if it has not been pulled. */
  path: string | null;
}

/** A model that is here. */
export interface ResolvedBaseModel {
  /** Id in the registry, or the name of the file or folder. */
  id: string;
  /** Its GGUF file, or its Hugging Face folder. */
  path: string;
  /** Its entry; undefined for a model that was named by its path. */
  model: BaseModel | undefined;
}

export interface ResolveOptions extends PullOptions {
  /** Whether a folder as transformers saves a model will do: to train on, not to serve. Default false. */
  folders?: boolean;
}

/** All known models. */
export async function listModels(options: ModelOptions = {}): Promise<ListedModel[]> {
  return Promise.all(
    baseModels.map(async (model) => ({ ...model, path: (await findFile(model, options)).path ?? null })),
  );
}

/** The id by which a model is found: that of the known model with this file, else the one it was given. */
export function knownModelId({ id, sha256 }: { id: string; sha256: string }): string {
  return baseModels.find((model) => model.sha256 === sha256)?.id ?? id;
}

/** Where a pulled model is kept, there or not. @throws ModelError `models/unknown-model` */
export function modelPath(id: string, options: Pick<ModelOptions, 'cacheFolder'> = {}): string {
  return cachedPath(modelOf(id), options);
}

/**
 * Makes sure that a model's file is here, and gives its path: a local folder's, else the cached one, else pulled from
 * its sources in turn.
 * @throws ModelError, which says what each source answered and what to do
 */
export async function pullModel(id: string, options: PullOptions = {}): Promise<string> {
  return pullFile(modelOf(id), options);
}

/**
 * The base model that a user names: a known id, which is pulled if need be, or the path of a GGUF file or, where that
 * will do, of a Hugging Face folder.
 * @throws ModelError
 */
export async function resolveBaseModel(idOrPath: string, options: ResolveOptions = {}): Promise<ResolvedBaseModel> {
  const model = baseModels.find(({ id }) => id === idOrPath);
  if (model !== undefined) return { id: model.id, path: await pullFile(model, options), model };
  const path = resolve(idOrPath);
  const isFolder = await isModelFolder(path);
  if (!isFolder && !/[\\/]|\.gguf$/i.test(idOrPath)) throw unknownModel(idOrPath);
  if (isFolder && options.folders !== true) {
    throw new ModelError(
      'models/not-a-file',
      `${idOrPath} is a Hugging Face folder, which is only for training; make a GGUF file of it with llama.cpp's ` +
        'convert_hf_to_gguf.py',
    );
  }
  const found = await stat(path).catch(() => undefined);
  if (!isFolder && !found?.isFile()) {
    const wanted = options.folders === true ? ', a GGUF file or a folder with a config.json' : ' or a GGUF file';
    throw new ModelError('models/not-found', `${idOrPath}: there is no such file; give a model's id${wanted}`);
  }
  return { id: basename(path), path, model: undefined };
}

async function isModelFolder(path: string): Promise<boolean> {
  return stat(join(path, 'config.json')).then(
    (found) => found.isFile(),
    () => false,
  );
}

function modelOf(id: string): BaseModel {
  const model = baseModels.find((known) => known.id === id);
  if (model === undefined) throw unknownModel(id);
  return model;
}

function unknownModel(id: string): ModelError {
  const ids = baseModels.map((known) => known.id);
  return new ModelError(
    'models/unknown-model',
    `There is no model "${id}"${suggestion(id, ids) || '.'} Known: ${ids.join(', ')}; or give the path of a GGUF file.`,
  );
}
