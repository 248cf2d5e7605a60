import type {
  LanguageModelV3,
  LanguageModelV3CallOptions,
  LanguageModelV3Content,
  LanguageModelV3GenerateResult,
} from '@ai-sdk/provider';
import { type ChatModel, type ChatModelSource, createChatModel } from '../../answer/index.js';
import { toReadableStream } from '../../stream/index.js';
import { endOnAbort } from '../end-on-abort.js';
import { toRequest } from './to-request.js';
import { toStreamParts } from './to-stream-parts.js';

/** A language model of the AI SDK that runs in this process. */
export interface TooltuneLanguageModel extends LanguageModelV3 {
  /** Frees what createTooltune loaded itself; a runtime or a pool that it was given stays. */
  dispose(): Promise<void>;
}

/**
 * Makes a language model for the AI SDK (`generateText`, `streamText`, `generateObject`, agents) of an adapter, a bare base,
 * a runtime, or an adapter of a pool. Tools of a call must be those that the adapter was trained for, or some of them; a bare
 * base takes any. A call without tools is answered in words, one with a schema in JSON that satisfies it.
 * @throws as createToolRuntime
 */
export async function createTooltune(source: ChatModelSource): Promise<TooltuneLanguageModel> {
  return new Tooltune(await createChatModel(source));
}

class Tooltune implements TooltuneLanguageModel {
  readonly specificationVersion = 'v3';
  readonly provider = 'tooltune';
  readonly modelId: string;
  readonly supportedUrls = {};
  readonly #model: ChatModel;

  constructor(model: ChatModel) {
    this.#model = model;
    this.modelId = model.name;
  }

  async doGenerate(options: LanguageModelV3CallOptions): Promise<LanguageModelV3GenerateResult> {
    options.abortSignal?.throwIfAborted();
    const { request, warnings } = toRequest(options);
    const content: LanguageModelV3Content[] = [];
    for await (const part of toStreamParts(
      endOnAbort(this.#model.stream(request), options.abortSignal),
      options.abortSignal,
    )) {
      if (part.type === 'text-start') content.push({ type: 'text', text: '' });
      if (part.type === 'tool-call') content.push(part);
      if (part.type === 'error') throw part.error;
      const last = content.at(-1);
      if (part.type === 'text-delta' && last?.type === 'text') last.text += part.delta;
      if (part.type !== 'finish') continue;
      const { finishReason, usage, providerMetadata } = part;
      return {
        content,
        finishReason,
        usage,
        warnings,
        ...(providerMetadata === undefined ? {} : { providerMetadata }),
      };
    }
    throw new Error('the answer has no end');
  }

  async doStream(options: LanguageModelV3CallOptions) {
    options.abortSignal?.throwIfAborted();
    const { request, warnings } = toRequest(options);
    const { abortSignal } = options;
    const events = endOnAbort(this.#model.stream(request), abortSignal);
    async function* parts() {
      yield { type: 'stream-start' as const, warnings };
      yield* toStreamParts(events, abortSignal);
    }
    return { stream: toReadableStream(parts()) };
  }

  dispose(): Promise<void> {
    return this.#model.dispose();
  }
}
