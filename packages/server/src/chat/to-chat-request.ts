import { randomInt } from 'node:crypto';
import { type ChatRequest, callsBeforeSchema } from '@tooltune/runtime';
import type { JsonSchema, Tool } from '@tooltune/sdk';
import { badRequest } from '../api-error.js';
import type { ChatBody } from './chat-body.js';
import { toMessages } from './to-messages.js';

/**
 * A request's body as what a chat model is asked.
 * @param own the model's tools, of which a request without `tools` may choose
 * @throws ApiError for what cannot be asked so
 */
export function toChatRequest(body: ChatBody, own: readonly Tool[]): ChatRequest {
  const { temperature, top_p: topP, seed, parallel_tool_calls: parallelCalls, tool_choice: choice } = body;
  const maxTokens = body.max_completion_tokens ?? body.max_tokens;
  const { tools, toolChoice } = chosenTools(body, own);
  if (body.top_logprobs != null && body.logprobs !== true) {
    throw badRequest('top_logprobs needs logprobs: true', { param: 'top_logprobs' });
  }
  const schema = schemaOf(body.response_format);
  return callsBeforeSchema({
    messages: toMessages(body.messages),
    ...(tools === undefined ? {} : { tools }),
    ...(choice == null ? {} : { toolChoice }),
    ...(parallelCalls == null ? {} : { parallelCalls }),
    ...(maxTokens == null ? {} : { maxTokens }),
    ...(temperature == null ? {} : { sampling: { temperature, seed: seed ?? randomInt(2 ** 31), topP: topP ?? 1 } }),
    ...(body.logprobs === true ? { tokens: { top: body.top_logprobs ?? 0 } } : {}),
    ...(schema === undefined ? {} : { schema }),
  });
}

function chosenTools(
  { tools: given, tool_choice: choice }: ChatBody,
  own: readonly Tool[],
): Pick<ChatRequest, 'tools' | 'toolChoice'> {
  const asked = given?.map(({ function: { name, description, parameters } }): Tool => {
    return { name, ...(description == null ? {} : { description }), parameters: parameters ?? noArguments };
  });
  if (choice == null || choice === 'auto' || choice === 'none') return { tools: asked, toolChoice: choice ?? 'auto' };
  const tools = asked ?? own;
  if (tools.length === 0) {
    throw badRequest('tool_choice asks for a call, and there are no tools', { param: 'tool_choice' });
  }
  if (choice === 'required') return { tools, toolChoice: choice };
  if (choice.type === 'function') return { tools, toolChoice: { name: known(choice.function.name, tools) } };
  const { mode, tools: allowed } = choice.allowed_tools;
  const names = allowed.map(({ function: { name } }) => known(name, tools));
  return { tools: tools.filter(({ name }) => names.includes(name)), toolChoice: mode };
}

const noArguments = { type: 'object', properties: {} };

function known(name: string, tools: readonly Tool[]): string {
  if (tools.some((tool) => tool.name === name)) return name;
  throw badRequest(`tool_choice names ${name}, which is not among the tools`, { param: 'tool_choice' });
}

function schemaOf(format: ChatBody['response_format']): JsonSchema | undefined {
  if (format == null || format.type === 'text') return undefined;
  if (format.type === 'json_object') return true;
  return (format.json_schema.schema as JsonSchema | null | undefined) ?? true;
}
