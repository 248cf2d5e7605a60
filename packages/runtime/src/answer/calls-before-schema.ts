import type { ChatRequest } from './chat-model.js';

/**
 * Where a request brings both tools and a schema the model calls first, and answers by the schema when it has read what came
 * of that, or may call nothing.
 */
export function callsBeforeSchema({ schema, ...request }: ChatRequest): ChatRequest {
  if (schema === undefined) return request;
  const { tools = [], toolChoice = 'auto', ...rest } = request;
  if (tools.length === 0 || toolChoice === 'none' || rest.messages.at(-1)?.role === 'tool') return { ...rest, schema };
  return { ...rest, tools, toolChoice: toolChoice === 'auto' ? 'required' : toolChoice };
}
