import {
  createPromptRenderer,
  createTokenizer,
  type PromptFormat,
  type PromptRenderer,
  type Tokenizer,
  type Toolset,
} from '@tooltune/sdk';
import { fileSha256 } from '@tooltune/sdk/files';
import { resolveBaseModel } from '@tooltune/sdk/models';
import { type AdapterBundle, checkAdapterFits, readAdapterBundle } from '../adapters/index.js';
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
  const bundle = options.adapter === undefined ? undefined : await readAdapterBundle(options.adapter);
  const base = options.base ?? bundle?.manifest.base.id;
  const toolset = options.tools ?? bundle?.toolset;
  if (base === undefined || toolset === undefined) {
    const missing = base === undefined ? 'base' : 'tools';
    throw new RuntimeError('runtime/bad-options', `give an adapter, or a base model and tools; ${missing} is missing`);
  }
  const { path } = await resolveBaseModel(base);
  if (bundle !== undefined) {
    const { promptFormat } = options;
    checkAdapterFits(bundle, { toolset, promptFormat, base: { path, sha256: await fileSha256(path) } });
  }
  const { threads, contextSize, sequences } = options;
  const engine = await createLlamaEngine({
    modelPath: path,
    adapterPath: bundle?.adapterPath,
    threads,
    contextSize,
    sequences,
  });
  try {
    const tokenizer = createTokenizer(engine.metadata);
    const chatTemplate = engine.metadata['tokenizer.chat_template'];
    if (typeof chatTemplate !== 'string') {
      const message = `${path}: the model has no chat template (tokenizer.chat_template); use one that was tuned to chat`;
      throw new RuntimeError('runtime/no-chat-template', message);
    }
    if (bundle !== undefined) checkAdapterFits(bundle, { tokenizer, chatTemplate });
    const format = options.promptFormat ?? formatOf(bundle);
    const renderer = createPromptRenderer({
      tokenizer,
      chatTemplate,
      format,
      toolset,
      ...templateTokens(engine.metadata),
    });
    return { bundle, toolset, engine, tokenizer, renderer };
  } catch (error) {
    await engine.dispose();
    throw error;
  }
}

function formatOf(bundle: AdapterBundle | undefined): PromptFormat {
  if (bundle === undefined) return baseModelFormat;
  const { tools, callFormat, system } = bundle.manifest.prompt;
  return { tools, callFormat, system };
}

/** Texts of the special tokens that some chat templates write. */
function templateTokens(metadata: ModelEngine['metadata']): { bosToken?: string; eosToken?: string } {
  const textOf = (key: string): string | undefined => {
    const tokens = metadata['tokenizer.ggml.tokens'] as readonly string[];
    return tokens[Number(metadata[key])];
  };
  const bosToken = textOf('tokenizer.ggml.bos_token_id');
  const eosToken = textOf('tokenizer.ggml.eos_token_id');
  return { ...(bosToken === undefined ? {} : { bosToken }), ...(eosToken === undefined ? {} : { eosToken }) };
}
