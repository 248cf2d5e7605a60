import { copyFile, mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import type { PromptRenderer } from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import {
  type AdapterBundle,
  AdapterError,
  loadableAdapter,
  promptFormatOf,
  readAdapterBundle,
} from '../adapters/index.js';
import type { ModelEngine } from '../engine/index.js';
import { EngineClassifier } from '../intent/engine-classifier.js';
import { type RequestDefaults, ToolAnswerer } from '../tool-runtime/index.js';
import type { SharedBase } from './shared-base.js';

/** An adapter in memory. */
export interface LoadedAdapter {
  bundle: AdapterBundle | undefined;
  engine: ModelEngine;
  renderer: PromptRenderer | undefined;
  /** Of an adapter that calls tools. */
  answerer: ToolAnswerer | undefined;
  /** Of an adapter that names intents. */
  classifier: EngineClassifier | undefined;
  dispose(): Promise<void>;
}

/** The bare base in memory. */
export async function loadBareBase(base: SharedBase): Promise<LoadedAdapter> {
  const engine = await base.createEngine(undefined);
  const none = { bundle: undefined, renderer: undefined, answerer: undefined, classifier: undefined };
  return { ...none, engine, dispose: () => engine.dispose() };
}

/** A bundle that was checked, and how its weights' file looked then. */
export interface CheckedBundle {
  bundle: AdapterBundle;
  size: number;
  modifiedAt: number;
}

/**
 * Reads an adapter's folder.
 * @throws AdapterError, also where it does not fit the base; PoolError
 */
export async function checkBundle(base: SharedBase, folder: string): Promise<CheckedBundle> {
  const bundle = await readAdapterBundle(folder);
  base.checkFits(bundle);
  const { size, mtimeMs } = await stat(loadableAdapter(bundle)!);
  return { bundle, size, modifiedAt: mtimeMs };
}

/**
 * Puts an adapter on the base.
 * @throws AdapterError `adapter/corrupt` where its file was changed since it was checked; EngineError, ConstraintError,
 * PromptError
 */
export async function loadAdapter(
  base: SharedBase,
  checked: CheckedBundle,
  defaults: RequestDefaults,
): Promise<LoadedAdapter> {
  const { bundle } = checked;
  const path = bundle.adapterPath!;
  await ensureUnchanged(checked, path);
  const engine = await withOwnFile(path, (copy) => base.createEngine(copy));
  try {
    const renderer = base.renderer(promptFormatOf(bundle), bundle.task === 'tools' ? bundle.toolset : { tools: [] });
    const answerer = bundle.task === 'tools' ? createAnswerer(base, bundle, renderer, defaults) : undefined;
    answerer?.prepare();
    const classifier = bundle.task === 'intents' ? createClassifier(bundle, renderer, engine) : undefined;
    return { bundle, engine, renderer, answerer, classifier, dispose: () => engine.dispose() };
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

function createAnswerer(
  { tokenizer, vocabulary }: SharedBase,
  { toolset, manifest }: Extract<AdapterBundle, { task: 'tools' }>,
  renderer: PromptRenderer,
  defaults: RequestDefaults,
): ToolAnswerer {
  const { grounding } = manifest;
  return new ToolAnswerer({ ...defaults, toolset, tokenizer, vocabulary, renderer, grounding });
}

function createClassifier(
  { manifest }: Extract<AdapterBundle, { task: 'intents' }>,
  renderer: PromptRenderer,
  engine: ModelEngine,
): EngineClassifier {
  const { kind, labels, calibration } = manifest;
  return new EngineClassifier({ engine, renderer, labels, calibration, kind });
}

/** A file that looks as it did is the one that was checked; another is hashed. */
async function ensureUnchanged({ bundle, size, modifiedAt }: CheckedBundle, path: string): Promise<void> {
  const { folder, manifest } = bundle;
  const found = await stat(path).catch((cause: unknown) => {
    throw new AdapterError('adapter/corrupt', `${path}: the file is gone; restore it or remove the adapter`, { cause });
  });
  if (found.size === size && found.mtimeMs === modifiedAt) return;
  if ((await fileSha256(path)) === manifest.files[basename(path)]) return;
  const message = `${folder}: ${basename(path)} has changed since the pool read it; reload the adapter`;
  throw new AdapterError('adapter/corrupt', message);
}

/**
 * Copies the weights to a place of their own while they are loaded: llama.cpp's binding knows adapters by their path, and
 * would give the old weights for a file that was written anew while they are in use.
 */
async function withOwnFile<T>(path: string, load: (path: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), 'tooltune-adapter-'));
  try {
    const copy = join(folder, 'adapter.gguf');
    await copyFile(path, copy);
    return await load(copy);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
