import type { LanguageModelV3CallOptions, SharedV3Warning } from '@ai-sdk/provider';
import type { JsonObject, JsonSchema, Tool } from '@tooltune/sdk';
import { type ChatRequest, callsBeforeSchema } from '../../answer/index.js';
import type { ToolChoice } from '../../constraint/index.js';
import { readProviderOptions } from './provider-options.js';
import { toMessages } from './to-messages.js';

/** Settings that local decoding does not have. */
const unsupportedSettings = ['stopSequences', 'topK', 'presencePenalty', 'frequencyPenalty'] as const;

/** A call of the AI SDK as a request, and what of it is left aside. @throws UnsupportedFunctionalityError, InvalidArgumentError */
export function toRequest(options: LanguageModelV3CallOptions): { request: ChatRequest; warnings: SharedV3Warning[] } {
  const { maxOutputTokens, temperature, topP, seed, abortSignal, responseFormat } = options;
  const warnings: SharedV3Warning[] = unsupportedSettings.flatMap((feature) =>
    options[feature] === undefined ? [] : [{ type: 'unsupported' as const, feature }],
  );
  const tools = (options.tools ?? []).flatMap((tool): Tool[] => {
    if (tool.type === 'function') {
      const { name, description, inputSchema } = tool;
      const parameters = inputSchema as JsonObject;
      return [{ name, ...(description === undefined ? {} : { description }), parameters }];
    }
    warnings.push({ type: 'unsupported', feature: `provider tool ${tool.id}` });
    return [];
  });
  const { constrained, parallelToolCalls, alternatives } = readProviderOptions(options);
  const choice = toolChoiceOf(options);
  const messages = toMessages(options.prompt);
  const base: ChatRequest = {
    messages,
    signal: abortSignal,
    ...(maxOutputTokens === undefined ? {} : { maxTokens: maxOutputTokens }),
    ...(temperature === undefined ? {} : { sampling: { temperature, topP, seed: seed ?? 0 } }),
    ...(constrained === undefined ? {} : { constrained }),
  };
  const isJson = responseFormat?.type === 'json';
  const request = callsBeforeSchema({
    ...{ ...base, tools },
    ...(tools.length === 0 ? {} : { toolChoice: choice }),
    ...(parallelToolCalls === undefined ? {} : { parallelCalls: parallelToolCalls }),
    ...(alternatives === undefined ? {} : { alternatives }),
    ...(isJson ? { schema: (responseFormat.schema as JsonSchema | undefined) ?? true } : {}),
  });
  return { request, warnings };
}

function toolChoiceOf({ toolChoice }: LanguageModelV3CallOptions): ToolChoice {
  if (toolChoice === undefined) return 'auto';
  return toolChoice.type === 'tool' ? { name: toolChoice.toolName } : toolChoice.type;
}
