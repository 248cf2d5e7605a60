import {
  createModelPrompting,
  type JsonObject,
  type ModelPrompting,
  type PromptFormat,
  type ToolCall,
  type Toolset,
} from '@tooltune/sdk';
import { knownModelId, resolveBaseModel } from '@tooltune/sdk/models';
import {
  type AdapterBundle,
  checkAdapterFits,
  type Grounding,
  loadableAdapter,
  promptFormatOf,
  resolveToolAdapter,
  type ToolAdapterBundle,
} from '../adapters/index.js';
import { RuntimeError } from '../runtime-error.js';
import type { AnyToolCall } from '../stream/index.js';
import {
  type RequestDefaults,
  type StreamOptions,
  ToolCalls,
  type ToolRuntime,
  toolNames,
} from '../tool-runtime/index.js';
import { ChatServer } from './chat-server.js';
import { CompletionsServer, olderVllm, sglang, vllm } from './completions-server.js';
import { LlamaServer } from './llama-server.js';
import { readModelMetadata } from './read-model-metadata.js';
import { RemoteAnswerer } from './remote-answerer.js';
import { RemoteClient, type RemoteClientOptions } from './remote-client.js';
import type { RemoteServer } from './remote-server.js';
import type { ServerAdapter, ServerConstraint, ServerSettings } from './server-settings.js';

/** A kind of server; `vllm-guided` is vLLM before 0.12; `openai` any with OpenAI's `/chat/completions`. */
export type RemoteServerKind = 'llama-server' | 'vllm' | 'vllm-guided' | 'sglang' | 'openai';

/** Where the model is, and how it is asked. */
export interface RemoteToolRuntimeOptions
  extends Omit<RemoteClientOptions, 'baseUrl'>,
    Omit<RequestDefaults, 'alternatives' | 'repairTries' | 'confidence'> {
  server: RemoteServerKind;
  /** Of `openai`: what stands before `/chat/completions`. Of the others: the server's root; a `/v1` at its end is left out. */
  baseUrl: string;
  /** Name of the model at the server. llama-server needs none. */
  model?: string | undefined;
  /** The adapter bundle, or its folder: tools, prompt format and grounding follow from it. */
  adapter?: string | AdapterBundle | undefined;
  /** The adapter as the server knows it. Default: none is asked for; of llama-server, with `adapter`, its file. */
  serverAdapter?: string | number | ServerAdapter | undefined;
  /**
   * GGUF file or registry id of the base model: only its tokenizer and chat template are read, as the prompt is rendered here.
   * Default: the adapter's. Not for `openai`.
   */
  base?: string | undefined;
  tools?: Toolset | undefined;
  /** Default: the adapter's, or, without one, the whole toolset in the prompt. Not for `openai`. */
  promptFormat?: PromptFormat | undefined;
  /** Arguments that may only be pieces of the user's messages. Default: the adapter's; `{}` switches it off. */
  grounding?: Grounding | undefined;
  /** What the server is told of the constraint; it is checked here in any case. Default `grammar`. Not for `openai`. */
  serverConstraint?: ServerConstraint | undefined;
  /** Members of each request's body besides ours, or in their place; null takes one out. */
  body?: JsonObject | undefined;
}

/**
 * A tool runtime whose model is behind a server. Answers come as from `createToolRuntime`; `stream` also throws RemoteError,
 * after an error event for a call that was begun. `alternatives`, `repairTries`, `confidence` and `tokens` need logits and are refused.
 * Token counts are the server's; where it tells none, `completionTokens` is the number of pieces, other counts and times 0.
 * @throws RemoteError, AdapterError, ConstraintError, RuntimeError, PromptError, ModelError
 */
export async function createRemoteToolRuntime<Call extends AnyToolCall = ToolCall>(
  options: RemoteToolRuntimeOptions,
): Promise<ToolRuntime<Call>> {
  const bundle = options.adapter === undefined ? undefined : await resolveToolAdapter(options.adapter);
  const toolset = options.tools ?? bundle?.toolset;
  if (toolset === undefined) throw new RuntimeError('runtime/bad-options', 'give tools, or an adapter that has some');
  const prompting = options.server === 'openai' ? undefined : await openPrompting(options, bundle, toolset);
  if (bundle !== undefined) checkAdapterFits(bundle, { ...prompting, toolset, promptFormat: options.promptFormat });
  const server = createServer(options, bundle, toolset, prompting);
  const grounding = options.grounding ?? bundle?.manifest.grounding ?? {};
  const answerer = new RemoteAnswerer({ ...options, server, toolset, grounding, renderer: prompting?.renderer });
  answerer.prepare();
  await server.prepare();
  const stream = (request: StreamOptions) => answerer.stream(request);
  const calls = new ToolCalls(stream, () => toolNames(toolset), { sampling: options.sampling, hasAdapter: false });
  const runtime: ToolRuntime = {
    toolset,
    promptFormat: prompting?.renderer.format ?? options.promptFormat ?? promptFormatOf(bundle),
    adapter: bundle,
    ...calls.methods(),
    dispose: () => server.dispose(),
  };
  // Calls are checked against the toolset, of which the caller knows the types.
  return runtime as unknown as ToolRuntime<Call>;
}

function createServer(
  options: RemoteToolRuntimeOptions,
  bundle: ToolAdapterBundle | undefined,
  toolset: Toolset,
  prompting: ModelPrompting | undefined,
): RemoteServer {
  const { server: kind, baseUrl, model, body, serverAdapter, parallelCalls = true } = options;
  const isChat = kind === 'openai';
  const own = kind === 'llama-server' && bundle !== undefined ? loadableAdapter(bundle) : null;
  const given = serverAdapter ?? own ?? undefined;
  const settings: ServerSettings = {
    client: new RemoteClient({ ...options, baseUrl: isChat ? baseUrl : baseUrl.replace(/\/v1\/*$/, '') }),
    ...{ toolset, model, parallelCalls, body },
    tokenizer: prompting?.tokenizer,
    adapter: given === undefined || typeof given === 'object' ? given : { name: given },
    constraint: options.serverConstraint ?? 'grammar',
  };
  switch (kind) {
    case 'llama-server':
      return new LlamaServer(settings);
    case 'vllm':
      return new CompletionsServer(settings, vllm);
    case 'vllm-guided':
      return new CompletionsServer(settings, olderVllm);
    case 'sglang':
      return new CompletionsServer(settings, sglang);
    case 'openai':
      return new ChatServer(settings);
    default:
      throw new RuntimeError('runtime/bad-options', `there is no kind of server ${JSON.stringify(kind)}`);
  }
}

async function openPrompting(
  options: RemoteToolRuntimeOptions,
  bundle: ToolAdapterBundle | undefined,
  toolset: Toolset,
): Promise<ModelPrompting> {
  const { base } = options;
  if (base === undefined && bundle === undefined) {
    throw new RuntimeError(
      'runtime/bad-options',
      'give the base model, whose tokenizer the prompt is written with: base',
    );
  }
  const path = bundle?.modelPath ?? (await resolveBaseModel(base ?? knownModelId(bundle!.manifest.base))).path;
  return createModelPrompting(await readModelMetadata(path), {
    format: options.promptFormat ?? promptFormatOf(bundle),
    toolset,
  });
}
