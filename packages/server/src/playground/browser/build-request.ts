import type { ChatMessage, ChatRequest, ClassifyRequest, Model } from './protocol.js';
import { formatTools, parseTools } from './tools-field.js';

/** What the user set, as the fields have it; empty: the server's default. */
export interface Settings {
  tools: string;
  toolChoice: string;
  temperature: string;
  maxTokens: string;
}

/** Alternatives asked for of each token. */
const alternatives = 5;
/** Intents asked for of each text. */
const intents = 10;

/** @throws ToolsFieldError */
export function buildChatRequest(model: Model, messages: ChatMessage[], settings: Settings): ChatRequest {
  const { toolChoice, temperature, maxTokens } = settings;
  // The model's own tools need not be sent.
  const tools = settings.tools === formatTools(model.tools) ? undefined : parseTools(settings.tools);
  return {
    ...{ model: model.id, messages },
    ...(tools === undefined ? {} : { tools }),
    ...(toolChoice === '' ? {} : { tool_choice: toolChoice }),
    ...(temperature === '' ? {} : { temperature: Number(temperature) }),
    ...(maxTokens === '' ? {} : { max_tokens: Number(maxTokens) }),
    ...{ stream: true, stream_options: { include_usage: true }, logprobs: true, top_logprobs: alternatives },
  };
}

export function buildClassifyRequest(model: Model, input: string): ClassifyRequest {
  return { model: model.id, input, top_k: intents };
}
