import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import {
  type AdapterManifest,
  type IntentAdapterManifest,
  type ToolAdapterManifest,
  type Toolset,
  validateAdapterManifest,
} from '@tooltune/sdk';
import { fileSha256, readJsonFile, readToolset } from '@tooltune/sdk/files';
import { AdapterError } from './adapter-error.js';

interface BundleFolder {
  folder: string;
  /**
   * Path of the GGUF adapter; null of DoRA, which llama.cpp cannot load: it has to be merged into its base; and null where
   * there is a model instead.
   */
  adapterPath: string | null;
  /** Path of the whole model, where all of its weights were trained or the adapter was merged into its base; else null. */
  modelPath: string | null;
}

/** Of an adapter that calls tools. */
export interface ToolAdapterBundle extends BundleFolder {
  task: 'tools';
  manifest: ToolAdapterManifest;
  /** The tools that the adapter was trained to call. */
  toolset: Toolset;
}

/** Of an adapter that names intents. */
export interface IntentAdapterBundle extends BundleFolder {
  task: 'intents';
  manifest: IntentAdapterManifest;
}

/** An adapter bundle whose files are complete and belong together. */
export type AdapterBundle = ToolAdapterBundle | IntentAdapterBundle;

const adapterFile = 'adapter.gguf';
const modelFile = 'model.gguf';
const toolsFile = 'tools.json';

/**
 * Reads an adapter bundle and checks that each of its files is the one that was written.
 * @throws AdapterError `adapter/not-a-bundle`, `adapter/corrupt`, `adapter/mismatch`; SchemaError, ToolsetError, FileError
 */
export async function readAdapterBundle(folder: string): Promise<AdapterBundle> {
  const manifestPath = join(folder, 'manifest.json');
  const exists = await stat(manifestPath).then(
    (entry) => entry.isFile(),
    () => false,
  );
  if (!exists) {
    throw new AdapterError('adapter/not-a-bundle', `${folder}: no adapter bundle; it has no manifest.json`);
  }
  const manifest = validateAdapterManifest(await readJsonFile(manifestPath), { file: manifestPath });
  await checkFiles(folder, manifest);
  const weights = {
    adapterPath: hasGguf(manifest) ? join(folder, adapterFile) : null,
    modelPath: manifest.model === undefined ? null : join(folder, modelFile),
  };
  if (manifest.task === 'intents') return { task: 'intents', folder, manifest, ...weights };
  const toolset = await readToolset(join(folder, toolsFile));
  if (toolset.fingerprint !== manifest.toolsetFingerprint) {
    const difference = { what: 'toolset', expected: manifest.toolsetFingerprint, actual: toolset.fingerprint };
    throw new AdapterError(
      'adapter/mismatch',
      `${folder}: ${toolsFile} has the fingerprint ${short(difference.actual)}, its manifest says ${short(difference.expected)}; restore the bundle or train again`,
      { differences: [difference] },
    );
  }
  return { task: 'tools', folder, manifest, toolset, ...weights };
}

/** A bundle of an adapter that calls tools, read already or its folder. @throws AdapterError `adapter/other-task` */
export async function resolveToolAdapter(adapter: string | AdapterBundle): Promise<ToolAdapterBundle> {
  const bundle = typeof adapter === 'string' ? await readAdapterBundle(adapter) : adapter;
  if (bundle.task === 'tools') return bundle;
  throw otherTask(bundle, 'names intents and calls no tools; use createIntentClassifier');
}

/** A bundle of an adapter that names intents, read already or its folder. @throws AdapterError `adapter/other-task` */
export async function resolveIntentAdapter(adapter: string | AdapterBundle): Promise<IntentAdapterBundle> {
  const bundle = typeof adapter === 'string' ? await readAdapterBundle(adapter) : adapter;
  if (bundle.task === 'intents') return bundle;
  throw otherTask(bundle, 'calls tools and names no intents; use createToolRuntime');
}

/** An adapter of the other kind than is asked for. */
export function otherTask({ folder }: AdapterBundle, what: string): AdapterError {
  return new AdapterError('adapter/other-task', `${folder}: this adapter ${what}`);
}

/**
 * Path of the GGUF adapter; null where there is a whole model instead.
 * @throws AdapterError `adapter/needs-merge` where there is neither
 */
export function loadableAdapter({ folder, adapterPath, modelPath }: AdapterBundle): string | null {
  if (adapterPath !== null || modelPath !== null) return adapterPath;
  throw new AdapterError(
    'adapter/needs-merge',
    `${folder}: this adapter is DoRA, which llama.cpp cannot load; merge it into its base (tooltune export --merge --to bundle) and use that`,
  );
}

function hasGguf({ lora }: AdapterManifest): boolean {
  return lora !== undefined && lora.dora !== true;
}

async function checkFiles(folder: string, manifest: AdapterManifest): Promise<void> {
  const required = [
    ...(hasGguf(manifest) ? [adapterFile] : []),
    ...(manifest.model === undefined ? [] : [modelFile]),
    ...(manifest.task === 'intents' ? [] : [toolsFile]),
  ];
  for (const name of required) {
    if (manifest.files[name] !== undefined) continue;
    throw new AdapterError('adapter/corrupt', `${folder}: manifest.json does not list ${name}`);
  }
  for (const [name, expected] of Object.entries(manifest.files)) {
    if (basename(name) !== name || name === '..') {
      throw new AdapterError('adapter/corrupt', `${folder}: manifest.json lists ${name}, which is not in the folder`);
    }
    const actual = await fileSha256(join(folder, name));
    if (actual === expected) continue;
    const message = `${folder}: ${name} has SHA-256 ${short(actual)}, its manifest says ${short(expected)}; copy the bundle again or train again`;
    throw new AdapterError('adapter/corrupt', message);
  }
}

/** The first digits of a hash, enough to tell two apart. */
export function short(hash: string): string {
  return hash.slice(0, 12);
}
