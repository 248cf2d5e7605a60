import {
  createModelPrompting,
  type PromptFormat,
  type PromptRenderer,
  type Tokenizer,
  type Toolset,
} from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import {
  findServingFile,
  knownModelId,
  ModelError,
  type ResolvedBaseModel,
  resolveBaseModel,
} from '@tooltune/sdk/models';
import { createLlamaEngine, type LlamaEngineOptions, type ModelEngine } from '../engine/index.js';
import { RuntimeError } from '../runtime-error.js';
import { type AdapterSurroundings, checkAdapterFits } from './check-adapter-fits.js';
import { type AdapterBundle, loadableAdapter } from './read-adapter-bundle.js';

/** What a model is opened with. */
export interface OpenModelOptions extends Pick<LlamaEngineOptions, 'threads' | 'contextSize' | 'sequences'> {
  bundle?: AdapterBundle | undefined;
  /** Base model: an id of the model registry or a path. Default: the one that the adapter names. */
  base?: string | undefined;
  toolset: Pick<Toolset, 'tools'>;
  format: PromptFormat;
  /** Whether the copy that `tooltune models optimize` keeps of the base is left aside. Default false. */
  originalWeights?: boolean | undefined;
  /** What else must be as the adapter was trained with. */
  given?: Pick<AdapterSurroundings, 'toolset' | 'promptFormat'>;
}

/** A base model, with its adapter where there is one, and the way it is asked. */
export interface OpenModel {
  engine: ModelEngine;
  tokenizer: Tokenizer;
  renderer: PromptRenderer;
}

/**
 * Loads a base model and an adapter on it; checks that the base is the one that the adapter was trained on, and so are
 * its tokenizer and its chat template.
 * @throws AdapterError, EngineError, RuntimeError, PromptError, ModelError
 */
export async function openModel(options: OpenModelOptions): Promise<OpenModel> {
  const { bundle, format, toolset, threads, contextSize, sequences } = options;
  const adapterPath = (bundle && loadableAdapter(bundle)) ?? undefined;
  const modelPath = await findModel(options);
  const engine = await createLlamaEngine({ modelPath, adapterPath, threads, contextSize, sequences });
  try {
    const { tokenizer, chatTemplate, renderer } = createModelPrompting(engine.metadata, { format, toolset });
    if (bundle !== undefined) checkAdapterFits(bundle, { tokenizer, chatTemplate });
    return { engine, tokenizer, renderer };
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

/** The model to load: the bundle's own, or the base, which must be the one that the adapter was trained on. */
async function findModel({ bundle, base, given, originalWeights = false }: OpenModelOptions): Promise<string> {
  if (bundle?.modelPath != null) {
    if (base !== undefined) {
      const message = `${bundle.folder}: this is a whole model, which has no base; leave out base`;
      throw new RuntimeError('runtime/bad-options', message);
    }
    checkAdapterFits(bundle, { ...given });
    return bundle.modelPath;
  }
  const { path, model } = await findBase(base, bundle);
  // The file of a known model has been checked when it was found; that of another is hashed only if need be.
  const sha256 = model?.sha256 ?? (bundle === undefined ? undefined : await fileSha256(path));
  if (bundle !== undefined && sha256 !== undefined) checkAdapterFits(bundle, { ...given, base: { path, sha256 } });
  const copy = sha256 === undefined || originalWeights ? undefined : await findServingFile(sha256);
  return copy ?? path;
}

async function findBase(base: string | undefined, bundle: AdapterBundle | undefined): Promise<ResolvedBaseModel> {
  if (base !== undefined) return resolveBaseModel(base);
  if (bundle === undefined) throw new RuntimeError('runtime/bad-options', 'give an adapter, or a base model');
  const { id, sha256 } = bundle.manifest.base;
  return resolveBaseModel(knownModelId(bundle.manifest.base)).catch((cause: unknown) => {
    const elsewhere = ['models/unknown-model', 'models/not-found'];
    if (!(cause instanceof ModelError) || !elsewhere.includes(cause.code)) throw cause;
    const message = `${bundle.folder}: the adapter was trained on ${id} (SHA-256 ${sha256}); say where that is with base`;
    throw new RuntimeError('runtime/base-not-found', message, { cause });
  });
}
