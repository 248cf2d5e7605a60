import type { JsonObject, PromptRenderer, Tokenizer, Toolset } from '@tooltune/sdk';
import {
  type ChatHistoryItem,
  type ChatSessionModelFunctions,
  defineChatSessionFunction,
  type Llama,
  LlamaChatSession,
  LlamaCompletion,
  type LlamaContext,
  type LlamaContextSequence,
  type LlamaModel,
  type Token,
} from 'node-llama-cpp';
import { type Answered, FirstArgument, type Participant, readCall } from './participant.js';

export interface NodeLlamaOptions {
  llama: Llama;
  model: LlamaModel;
  threads: number;
  contextSize: number;
  maxTokens: number;
  toolset: Toolset;
}

/** Its function calling: the functions are documented in the system prompt, arguments are held to their schemas. */
export async function functionCallingParticipant(options: NodeLlamaOptions): Promise<Participant> {
  const { model, threads, contextSize, maxTokens, toolset } = options;
  const context = await model.createContext({ contextSize, threads });
  const sequence = context.getSequence();
  const session = new LlamaChatSession({ contextSequence: sequence });
  let called: (name: string, values: JsonObject) => void = () => undefined;
  const functions: ChatSessionModelFunctions = Object.fromEntries(
    toolset.tools.map(({ name, description, parameters }) => [
      name,
      defineChatSessionFunction({
        description: description ?? '',
        params: parameters as never,
        handler: (values: unknown) => called(name, values as JsonObject),
      }),
    ]),
  );
  const beginning: ChatHistoryItem[] = session.getChatHistory();
  return {
    name: 'node-llama-cpp, function calling',
    async answer(request) {
      // The sequence keeps what the conversations begin with: the prompt with all functions.
      session.setChatHistory(beginning);
      const meter = sequence.tokenMeter.getState();
      const first = new FirstArgument();
      const stop = new AbortController();
      let call: Answered['call'] = null;
      let totalMs: number | undefined;
      called = (name, values) => {
        totalMs = first.elapsed();
        call = { name, arguments: values };
        // What it would say of the call's result is not measured.
        stop.abort();
      };
      await session
        .prompt(request, {
          functions,
          maxTokens,
          temperature: 0,
          maxParallelFunctionCalls: 1,
          signal: stop.signal,
          stopOnAbortSignal: true,
          onFunctionCallParamsChunk: ({ paramsChunk }) => first.push(paramsChunk),
        })
        .catch((error: unknown) => {
          if (!stop.signal.aborted) throw error;
        });
      return answered(sequence, meter, first, totalMs, call);
    },
    dispose: () => context.dispose(),
  };
}

/** Its grammar of a JSON Schema, or none, on the prompt and with the adapter that ours has. */
export async function completionParticipant(
  options: NodeLlamaOptions & {
    name: string;
    adapterPath: string;
    renderer: PromptRenderer;
    tokenizer: Tokenizer;
    constrained: boolean;
  },
): Promise<Participant> {
  const { llama, model, threads, contextSize, maxTokens, toolset, renderer, tokenizer } = options;
  const context: LlamaContext = await model.createContext({ contextSize, threads, lora: options.adapterPath });
  const sequence = context.getSequence();
  const completion = new LlamaCompletion({ contextSequence: sequence });
  // It knows no tags around a call: they stand in the prompt.
  const opening = tokenizer.encode('<tool_call>');
  const schema = {
    oneOf: toolset.tools.map(({ name, parameters }) => ({
      type: 'object',
      properties: { name: { const: name }, arguments: parameters },
    })),
  };
  const grammar = options.constrained ? await llama.createGrammarForJsonSchema(schema as never) : undefined;
  return {
    name: options.name,
    async answer(request) {
      const prompt = [...renderer.renderPrompt([{ role: 'user', content: request }]), ...opening] as Token[];
      const meter = sequence.tokenMeter.getState();
      const first = new FirstArgument();
      let text = '';
      let given = 0;
      await completion.generateCompletion(prompt, {
        maxTokens,
        temperature: 0,
        ...(grammar === undefined ? { customStopTriggers: ['</tool_call>'] } : { grammar }),
        onTextChunk: (chunk) => {
          text += chunk;
          const start = /"arguments"\s*:\s*/.exec(text);
          if (start === null) return;
          const from = Math.max(given, start.index + start[0].length);
          first.push(text.slice(from));
          given = text.length;
        },
      });
      const totalMs = first.elapsed();
      return answered(sequence, meter, first, totalMs, readCall(text));
    },
    dispose: () => context.dispose(),
  };
}

function answered(
  sequence: LlamaContextSequence,
  before: ReturnType<LlamaContextSequence['tokenMeter']['getState']>,
  first: FirstArgument,
  totalMs: number | undefined,
  call: Answered['call'],
): Answered {
  const { usedInputTokens, usedOutputTokens } = sequence.tokenMeter.diff(before);
  return {
    firstArgumentMs: first.ms,
    totalMs: totalMs ?? first.elapsed(),
    promptTokens: usedInputTokens,
    askedTokens: usedOutputTokens,
    call,
  };
}
