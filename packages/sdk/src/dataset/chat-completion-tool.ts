import type { JsonObject, Tool } from '../toolset/index.js';

/** A tool as the chat-completions protocol has it. */
export interface ChatCompletionTool {
  type: 'function';
  function: { name: string; description?: string; parameters: JsonObject };
}

/** Wraps a tool as the chat-completions protocol does. */
export function chatCompletionTool({ name, description, parameters }: Tool): ChatCompletionTool {
  const described = description === undefined ? {} : { description };
  return { type: 'function', function: { name, ...described, parameters } };
}
