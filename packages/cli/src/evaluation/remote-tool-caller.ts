import {
  chatCompletionMessages,
  chatCompletionTool,
  createCallValidator,
  type JsonObject,
  type ToolCall,
  type ToolCaller,
  type Toolset,
  TooltuneError,
} from '@tooltune/sdk';
import type { OpenAI } from 'openai';

/** A model behind an OpenAI-compatible endpoint. */
export interface RemoteModel {
  /** Base URL, such as that which ends in /v1. */
  url: string;
  model: string;
  /** Left out for servers that want none. */
  apiKey?: string | undefined;
  /** Milliseconds until an answer is given up. Default 120,000. */
  timeoutMs?: number | undefined;
  /** How often a request that failed for load, time or the network is sent again, ever later. Default 4. */
  maxRetries?: number | undefined;
  /** Members of the request's body besides ours, or in their place; null takes one out. */
  body?: JsonObject | undefined;
}

/** A call as it comes in pieces. */
interface PartialCall {
  id?: string;
  name: string;
  arguments: string;
}

/** Markers of calls that a server has passed on as words, since it could not read them. */
const unreadCall = /<tool_call>|<function[=_ ]|\[TOOL_CALLS\]|<\|python_tag\|>|<\|tool_call/;

/**
 * Asks a remote model, the tools passed natively, at temperature 0. Calls are held to their schemas here: one that is not
 * valid, or that the server could not read, makes the answer malformed.
 * @throws TooltuneError `remote/failed`, `remote/unreachable`, `remote/no-usage`; the signal's reason when it is aborted
 */
export async function createRemoteCaller(
  remote: RemoteModel,
  { toolset, maxTokens }: { toolset: Toolset; maxTokens: number },
): Promise<ToolCaller> {
  const { OpenAI: Client } = await import('openai');
  const client = new Client({
    baseURL: remote.url,
    // The client insists on a key; servers that want none do not read it.
    apiKey: remote.apiKey ?? 'none',
    timeout: remote.timeoutMs ?? 120_000,
    maxRetries: remote.maxRetries ?? 4,
    organization: null,
    project: null,
  });
  const validate = createCallValidator(toolset);
  const tools = toolset.tools.map(chatCompletionTool);
  return {
    async call(messages, { signal } = {}) {
      const body = withoutNulls({
        model: remote.model,
        messages: chatCompletionMessages(messages),
        ...(tools.length === 0 ? {} : { tools }),
        temperature: 0,
        max_tokens: maxTokens,
        stream: true,
        stream_options: { include_usage: true },
        ...remote.body,
      }) as unknown as OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming;
      const started = performance.now();
      const answer = await collect(client, body, signal).catch((error: unknown) => {
        signal?.throwIfAborted();
        throw remoteError(error, remote);
      });
      const durationMs = performance.now() - started;
      if (answer.usage === undefined) {
        const message = `${remote.url} tells no usage, so that tokens cannot be counted; ask a server that does (stream_options.include_usage)`;
        throw new TooltuneError('remote/no-usage', message);
      }
      const calls = answer.calls.map((call) => readCall(call, validate));
      const valid = calls.filter((call) => call !== undefined);
      return {
        calls: valid,
        content: answer.content,
        malformed: valid.length < calls.length || unreadCall.test(answer.content),
        promptTokens: answer.usage.prompt_tokens,
        completionTokens: answer.usage.completion_tokens,
        timeToFirstTokenMs: (answer.firstToken ?? performance.now()) - started,
        durationMs,
      };
    },
  };
}

async function collect(
  client: OpenAI,
  body: OpenAI.Chat.Completions.ChatCompletionCreateParamsStreaming,
  signal: AbortSignal | undefined,
) {
  // The client leaves its listener on a signal; each request has one of its own.
  const own = signal === undefined ? {} : { signal: AbortSignal.any([signal]) };
  const stream = await client.chat.completions.create(body, own);
  const calls: PartialCall[] = [];
  let content = '';
  let firstToken: number | undefined;
  let usage: OpenAI.CompletionUsage | undefined;
  for await (const chunk of stream) {
    // Some servers tell it with every chunk.
    usage = chunk.usage ?? usage;
    const delta = chunk.choices[0]?.delta;
    if (delta === undefined) continue;
    if (delta.content || delta.tool_calls !== undefined) firstToken ??= performance.now();
    content += delta.content ?? '';
    for (const piece of delta.tool_calls ?? []) {
      const call = (calls[piece.index] ??= { name: '', arguments: '' });
      if (piece.id) call.id = piece.id;
      call.name += piece.function?.name ?? '';
      call.arguments += piece.function?.arguments ?? '';
    }
  }
  // The client ends without a word where a stream is aborted.
  signal?.throwIfAborted();
  return { calls: calls.filter((call) => call !== undefined), content, firstToken, usage };
}

/** A call that is valid, or undefined. */
function readCall(call: PartialCall, validate: ReturnType<typeof createCallValidator>): ToolCall | undefined {
  let values: unknown;
  try {
    // No arguments at all is how some models call a tool that has none.
    values = JSON.parse(call.arguments.trim() === '' ? '{}' : call.arguments);
  } catch {
    return undefined;
  }
  if (typeof values !== 'object' || values === null || Array.isArray(values)) return undefined;
  const read = { name: call.name, arguments: values as JsonObject };
  if (validate(read).length > 0) return undefined;
  return { ...(call.id === undefined ? {} : { id: call.id }), ...read };
}

function withoutNulls(body: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

/** What the client throws, with what to do about it. */
function remoteError(error: unknown, { url, model }: RemoteModel): unknown {
  if (TooltuneError.isInstance(error) || !(error instanceof Error)) return error;
  const { status } = error as { status?: number };
  if (status === undefined) {
    const message = `${url} cannot be reached, or gave no answer in time (${reasonOf(error)}); check --remote-url and --remote-timeout`;
    return new TooltuneError('remote/unreachable', message, { cause: error });
  }
  const advice =
    status === 401 || status === 403
      ? 'check the key, and --remote-key-env'
      : status === 404
        ? 'check --remote-url, which mostly ends in /v1, and --remote-model'
        : status === 400 || status === 422
          ? 'what the model does not take can be left out or replaced with --remote-body'
          : 'try again later';
  return new TooltuneError('remote/failed', `${url} refuses ${model}: ${error.message}; ${advice}`, { cause: error });
}

function reasonOf(error: Error): string {
  return error.cause instanceof Error && error.cause.message !== ''
    ? `${error.message} ${error.cause.message}`
    : error.message;
}
