import { availableParallelism } from 'node:os';
import {
  createModelPrompting,
  createTokenizer,
  type PromptFormat,
  type PromptRenderer,
  type Tokenizer,
  type Toolset,
} from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import { findServingFile, resolveBaseModel } from '@tooltune/sdk/models';
import { type AdapterBundle, checkAdapterFits } from '../adapters/index.js';
import { createVocabulary, type Vocabulary } from '../constraint/index.js';
import { EvaluationGate } from '../engine/evaluation-gate.js';
import { flattenMetadata } from '../engine/flatten-metadata.js';
import { createLlamaEngine, type ModelEngine } from '../engine/index.js';
import { leaseModel } from '../engine/shared-models.js';
import { RuntimeError } from '../runtime-error.js';
import { PoolError } from './pool-error.js';

/** How engines on the base are made. */
export interface SharedBaseOptions {
  base: string;
  threads?: number | undefined;
  contextSize?: number | undefined;
  sequences?: number | undefined;
}

/** A base model that stays loaded, with all that its adapters have in common made once. */
export interface SharedBase {
  id: string;
  path: string;
  sha256: string;
  metadata: Readonly<Record<string, unknown>>;
  tokenizer: Tokenizer;
  vocabulary: Vocabulary;
  chatTemplate: string;
  renderer(format: PromptFormat, toolset: Pick<Toolset, 'tools'>): PromptRenderer;
  /** @throws AdapterError `adapter/mismatch`, PoolError `pool/whole-model` */
  checkFits(bundle: AdapterBundle): void;
  /** Makes room for requests, with an adapter's weights or without. @throws EngineError */
  createEngine(adapterPath: string | undefined): Promise<ModelEngine>;
  dispose(): Promise<void>;
}

const noTools: PromptFormat = { tools: 'none', callFormat: 'json-in-tags', system: null };

/** @throws ModelError, EngineError, PromptError, RuntimeError */
export async function openSharedBase({ base, ...engineOptions }: SharedBaseOptions): Promise<SharedBase> {
  const { threads } = engineOptions;
  if (threads !== undefined && !(Number.isInteger(threads) && threads >= 1 && threads <= availableParallelism())) {
    const message = `threads must be a whole number from 1 to ${availableParallelism()}, not ${threads}`;
    throw new RuntimeError('runtime/bad-options', message);
  }
  const { id, path: originalPath, model } = await resolveBaseModel(base);
  const sha256 = model?.sha256 ?? (await fileSha256(originalPath));
  const path = (await findServingFile(sha256)) ?? originalPath;
  const lease = await leaseModel(path);
  const gate = new EvaluationGate();
  try {
    const metadata = flattenMetadata(lease.model.fileInfo.metadata);
    const tokenizer = createTokenizer(metadata);
    const renderer = (format: PromptFormat, toolset: Pick<Toolset, 'tools'>) =>
      createModelPrompting(metadata, { tokenizer, format, toolset });
    const { chatTemplate } = renderer(noTools, { tools: [] });
    return {
      ...{ id, path, sha256, metadata, tokenizer, chatTemplate },
      vocabulary: createVocabulary(tokenizer),
      renderer: (format, toolset) => renderer(format, toolset).renderer,
      checkFits(bundle) {
        if (bundle.modelPath !== null) {
          const message = `${bundle.folder}: this is a whole model, which shares no base; use createToolRuntime or createIntentClassifier`;
          throw new PoolError('pool/whole-model', message);
        }
        checkAdapterFits(bundle, { base: { path, sha256 }, tokenizer, chatTemplate });
      },
      createEngine: (adapterPath) => createLlamaEngine({ modelPath: path, adapterPath, gate, ...engineOptions }),
      dispose: () => lease.release(),
    };
  } catch (error) {
    await lease.release();
    throw error;
  }
}
