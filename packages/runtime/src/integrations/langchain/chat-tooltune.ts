import type { CallbackManagerForLLMRun } from '@langchain/core/callbacks/manager';
import type { BaseLanguageModelInput, StructuredOutputMethodOptions } from '@langchain/core/language_models/base';
import {
  BaseChatModel,
  type BaseChatModelCallOptions,
  type BaseChatModelParams,
  type BindToolsInput,
} from '@langchain/core/language_models/chat_models';
import {
  assembleStructuredOutputPipeline,
  createContentParser,
} from '@langchain/core/language_models/structured_output';
import type { AIMessageChunk, BaseMessage } from '@langchain/core/messages';
import type { ChatGenerationChunk, ChatResult } from '@langchain/core/outputs';
import type { Runnable } from '@langchain/core/runnables';
import { toJsonSchema } from '@langchain/core/utils/json_schema';
import { isSerializableSchema } from '@langchain/core/utils/standard_schema';
import { isInteropZodSchema } from '@langchain/core/utils/types';
import type { JsonSchema } from '@tooltune/sdk';
import { type ChatModel, type ChatModelSource, type ChatRequest, createChatModel } from '../../answer/index.js';
import { RuntimeError } from '../../runtime-error.js';
import { endOnAbort } from '../end-on-abort.js';
import { toChunks } from './to-chunks.js';
import { toMessages } from './to-messages.js';
import { toToolChoice, toTools } from './to-tools.js';

/** Zod, a library of Standard Schema, or JSON Schema. */
type OutputSchema<Output extends Record<string, unknown>> = Parameters<typeof createContentParser<Output>>[0];

/** What a call may say, and `bindTools` and `withConfig` set. */
export interface ChatTooltuneCallOptions extends BaseChatModelCallOptions {
  tools?: BindToolsInput[];
  /** Whether an answer may hold several calls. Default true. */
  parallel_tool_calls?: boolean;
  /** The answer is JSON that satisfies this schema, and no tool is called. */
  json_schema?: JsonSchema;
  /** Most tokens of the answer. Default 512. */
  max_tokens?: number;
  /** Default 0: always the most likely token. */
  temperature?: number;
  seed?: number;
}

/**
 * Makes a chat model for LangChain of an adapter, a bare base, a runtime, or an adapter of a pool.
 * @throws as createToolRuntime
 */
export async function createChatTooltune(
  source: ChatModelSource,
  params: BaseChatModelParams = {},
): Promise<ChatTooltune> {
  return new ChatTooltune(await createChatModel(source), params);
}

/**
 * A chat model of LangChain that runs in this process. Without tools of its own (`bindTools`) a call is answered with the
 * tools that the adapter was trained for.
 */
export class ChatTooltune extends BaseChatModel<ChatTooltuneCallOptions, AIMessageChunk> {
  readonly #model: ChatModel;

  constructor(model: ChatModel, params: BaseChatModelParams = {}) {
    super(params);
    this.#model = model;
  }

  static override lc_name(): string {
    return 'ChatTooltune';
  }

  override _llmType(): string {
    return 'tooltune';
  }

  override getLsParams() {
    return { ls_provider: 'tooltune', ls_model_name: this.#model.name, ls_model_type: 'chat' as const };
  }

  override bindTools(
    tools: BindToolsInput[],
    settings: Partial<ChatTooltuneCallOptions> = {},
  ): Runnable<BaseLanguageModelInput, AIMessageChunk, ChatTooltuneCallOptions> {
    return this.withConfig({ ...settings, tools });
  }

  /** Holds the answer to a schema while it is decoded; `method` is always `jsonSchema`. */
  override withStructuredOutput<Output extends Record<string, unknown>>(
    schema: OutputSchema<Output>,
    config?: StructuredOutputMethodOptions<false>,
  ): Runnable<BaseLanguageModelInput, Output>;
  override withStructuredOutput<Output extends Record<string, unknown>>(
    schema: OutputSchema<Output>,
    config?: StructuredOutputMethodOptions<true>,
  ): Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }>;
  override withStructuredOutput<Output extends Record<string, unknown>>(
    schema: OutputSchema<Output>,
    config: StructuredOutputMethodOptions<boolean> = {},
  ): Runnable<BaseLanguageModelInput, Output> | Runnable<BaseLanguageModelInput, { raw: BaseMessage; parsed: Output }> {
    const { includeRaw = false, method = 'jsonSchema' } = config;
    if (method !== 'jsonSchema') {
      const message = `withStructuredOutput is held to its schema; leave out method: ${JSON.stringify(method)}`;
      throw new RuntimeError('runtime/bad-options', message);
    }
    const isCode = isInteropZodSchema(schema) || isSerializableSchema(schema);
    const llm = this.withConfig({ json_schema: (isCode ? toJsonSchema(schema) : schema) as JsonSchema });
    return assembleStructuredOutputPipeline(llm, createContentParser<Output>(schema), includeRaw);
  }

  override async _generate(
    messages: BaseMessage[],
    options: this['ParsedCallOptions'],
    manager?: CallbackManagerForLLMRun,
  ): Promise<ChatResult> {
    let whole: ChatGenerationChunk | undefined;
    for await (const chunk of this._streamResponseChunks(messages, options, manager)) {
      whole = whole === undefined ? chunk : whole.concat(chunk);
    }
    return { generations: [whole!], llmOutput: { model: this.#model.name } };
  }

  override async *_streamResponseChunks(
    messages: BaseMessage[],
    options: this['ParsedCallOptions'],
    manager?: CallbackManagerForLLMRun,
  ): AsyncGenerator<ChatGenerationChunk> {
    const { signal } = options;
    signal?.throwIfAborted();
    const events = endOnAbort(this.#model.stream(toRequest(messages, options)), signal);
    for await (const chunk of toChunks(events, signal)) {
      yield chunk;
      await manager?.handleLLMNewToken(chunk.text, undefined, undefined, undefined, undefined, { chunk });
    }
  }

  /** Frees what createChatTooltune loaded itself. */
  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}

function toRequest(messages: BaseMessage[], options: ChatTooltuneCallOptions): ChatRequest {
  const { tools, tool_choice, parallel_tool_calls, json_schema, max_tokens, temperature, seed, stop } = options;
  if (stop !== undefined && stop.length > 0) throw new RuntimeError('runtime/bad-options', 'stop is not supported');
  return {
    messages: toMessages(messages),
    signal: options.signal,
    ...(tools === undefined ? {} : { tools: toTools(tools) }),
    toolChoice: toToolChoice(tool_choice),
    parallelCalls: parallel_tool_calls,
    schema: json_schema,
    maxTokens: max_tokens,
    ...(temperature === undefined ? {} : { sampling: { temperature, seed: seed ?? 0 } }),
  };
}
