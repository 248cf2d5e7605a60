import type { JsonValue } from '@tooltune/sdk';
import { z } from 'zod';

/** The chat-completions protocol, as far as it is read: https://platform.openai.com/docs/api-reference/chat/create */

const contentPart = z.object({ type: z.string(), text: z.string().optional(), refusal: z.string().optional() });
const content = z.union([z.string(), z.array(contentPart)], { error: 'must be text, or a list of parts of type text' });

const toolCall = z.object({
  id: z.string().optional(),
  type: z.literal('function').default('function'),
  function: z.object({ name: z.string(), arguments: z.string() }),
});

const message = z.discriminatedUnion(
  'role',
  [
    z.object({ role: z.enum(['system', 'developer', 'user']), content }),
    z.object({
      role: z.literal('assistant'),
      content: content.nullish(),
      tool_calls: z.array(toolCall).nullish(),
      refusal: z.string().nullish(),
    }),
    z.object({ role: z.literal('tool'), content, tool_call_id: z.string().optional() }),
  ],
  { error: 'role must be system, developer, user, assistant or tool' },
);

const jsonSchema = z.custom<Record<string, JsonValue>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  { error: 'must be a JSON Schema: an object' },
);

const tool = z.object({
  type: z.literal('function', { error: 'only tools of type "function" are called' }),
  function: z.object({
    name: z.string().min(1),
    description: z.string().nullish(),
    parameters: jsonSchema.nullish(),
    strict: z.boolean().nullish(),
  }),
});

const namedTool = z.object({ type: z.literal('function'), function: z.object({ name: z.string() }) });

const toolChoice = z.union(
  [
    z.enum(['auto', 'none', 'required']),
    namedTool,
    z.object({
      type: z.literal('allowed_tools'),
      allowed_tools: z.object({ mode: z.enum(['auto', 'required']), tools: z.array(namedTool).min(1) }),
    }),
  ],
  { error: 'must be "auto", "none", "required", a function, or allowed_tools' },
);

const responseFormat = z.discriminatedUnion(
  'type',
  [
    z.object({ type: z.literal('text') }),
    z.object({ type: z.literal('json_object') }),
    z.object({
      type: z.literal('json_schema'),
      json_schema: z.object({ name: z.string().optional(), schema: jsonSchema.nullish() }),
    }),
  ],
  { error: 'type must be text, json_object or json_schema' },
);

const wholeNumber = (least: number, most: number) => z.number().int().min(least).max(most);

/** A request's body. What is not read here has no influence, but for what `unsupported-parameters.ts` refuses. */
export const chatBody = z.object({
  model: z.string(),
  messages: z.array(message).min(1),
  tools: z.array(tool).nullish(),
  tool_choice: toolChoice.nullish(),
  parallel_tool_calls: z.boolean().nullish(),
  response_format: responseFormat.nullish(),
  max_tokens: wholeNumber(1, 1_000_000).nullish(),
  max_completion_tokens: wholeNumber(1, 1_000_000).nullish(),
  temperature: z.number().min(0).max(2).nullish(),
  top_p: z.number().gt(0).max(1).nullish(),
  seed: z.number().int().nullish(),
  stream: z.boolean().nullish(),
  stream_options: z.object({ include_usage: z.boolean().nullish() }).nullish(),
  logprobs: z.boolean().nullish(),
  top_logprobs: wholeNumber(0, 20).nullish(),
});

export type ChatBody = z.infer<typeof chatBody>;
export type ChatContent = z.infer<typeof content>;
export type ChatBodyMessage = ChatBody['messages'][number];
