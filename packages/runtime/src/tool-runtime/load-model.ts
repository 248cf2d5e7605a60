import {
  createModelPrompting,
  type PromptFormat,
  type PromptRenderer,
  type Tokenizer,
  type Toolset,
} from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import { ModelError, type ResolvedBaseModel, resolveBaseModel } from '@tooltune/sdk/models';
import { type AdapterBundle, checkAdapterFits, loadableAdapter, readAdapterBundle } from '../adapters/index.js';
import { createLlamaEngine, type ModelEngine } from '../engine/index.js';
import { RuntimeError } from './runtime-error.js';
import type { ToolRuntimeOptions } from './tool-runtime.js';

/** Everything that a request needs of the model. */
export interface LoadedModel {
  bundle: AdapterBundle | undefined;
  toolset: Toolset;
  engine: ModelEngine;
  tokenizer: Tokenizer;
  renderer: PromptRenderer;
}

/** A model that was not trained for its tools must read them. */
const baseModelFormat: PromptFormat = { tools: 'full', callFormat: 'json-in-tags', system: null };

/** Loads the model and, with an adapter, checks first that everything is what it was trained with. */
export async function loadModel(options: ToolRuntimeOptions): Promise<LoadedModel> {
  const { adapter } = options;
  const bundle = typeof adapter === 'string' ? await readAdapterBundle(adapter) : adapter;
  const adapterPath = bundle && loadableAdapter(bundle);
  const toolset = options.tools ?? bundle?.toolset;
  if (toolset === undefined)
    throw new RuntimeError('runtime/bad-options', 'give an adapter, or a base model and tools');
  const { path, model } = await findBase(options.base, bundle);
  if (bundle !== undefined) {
    const { promptFormat } = options;
    // The file of a known model has been checked when it was found.
    const sha256 = model?.sha256 ?? (await fileSha256(path));
    checkAdapterFits(bundle, { toolset, promptFormat, base: { path, sha256 } });
  }
  const { threads, contextSize, sequences } = options;
  const engine = await createLlamaEngine({
    modelPath: path,
    adapterPath,
    threads,
    contextSize,
    sequences,
  });
  try {
    const format = options.promptFormat ?? formatOf(bundle);
    const { tokenizer, chatTemplate, renderer } = createModelPrompting(engine.metadata, { format, toolset });
    if (bundle !== undefined) checkAdapterFits(bundle, { tokenizer, chatTemplate });
    return { bundle, toolset, engine, tokenizer, renderer };
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

async function findBase(base: string | undefined, bundle: AdapterBundle | undefined): Promise<ResolvedBaseModel> {
  if (base !== undefined) return resolveBaseModel(base);
  if (bundle === undefined) throw new RuntimeError('runtime/bad-options', 'give an adapter, or a base model and tools');
  const { id, sha256 } = bundle.manifest.base;
  return resolveBaseModel(id).catch((cause: unknown) => {
    const elsewhere = ['models/unknown-model', 'models/not-found'];
    if (!(cause instanceof ModelError) || !elsewhere.includes(cause.code)) throw cause;
    const message = `${bundle.folder}: the adapter was trained on ${id} (SHA-256 ${sha256}); say where that is with base`;
    throw new RuntimeError('runtime/base-not-found', message, { cause });
  });
}

function formatOf(bundle: AdapterBundle | undefined): PromptFormat {
  if (bundle === undefined) return baseModelFormat;
  const { tools, callFormat, system } = bundle.manifest.prompt;
  return { tools, callFormat, system };
}
