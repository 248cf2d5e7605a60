import { RemoteError } from './remote-error.js';

/** An object, or an empty one for anything else. */
export function objectOf(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}

/** A number, or undefined for anything else. */
export function numberOf(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** @throws RemoteError `remote/server-error` where an event of a stream tells an error */
export function checkNoError(event: Record<string, unknown>): void {
  if (event.error === undefined || event.error === null) return;
  const { message, code } = typeof event.error === 'string' ? { message: event.error } : objectOf(event.error);
  const status = numberOf(code);
  throw new RemoteError(
    'remote/server-error',
    `the server broke off with an error: ${message ?? 'it does not say which'}`,
    {
      status,
      cause: event.error,
    },
  );
}

/** @throws RemoteError always */
export function brokenOff(): never {
  throw new RemoteError('remote/incomplete', 'the stream ended before the answer did');
}

/** The reason of an answer that ended as it should. @throws RemoteError for others */
export function readFinishReason(reason: unknown): 'stop' | 'length' {
  switch (reason) {
    case 'stop':
    case 'tool_calls':
    case 'function_call':
      return 'stop';
    case 'length':
      return 'length';
    default:
      throw new RemoteError('remote/server-error', `the server gave up: finish_reason ${JSON.stringify(reason)}`);
  }
}

/** Usage as OpenAI's protocol has it; vLLM and SGLang too. */
export function readUsage(value: unknown) {
  const usage = objectOf(value);
  return {
    promptTokens: numberOf(usage.prompt_tokens),
    completionTokens: numberOf(usage.completion_tokens),
    cachedPromptTokens: numberOf(objectOf(usage.prompt_tokens_details).cached_tokens),
  };
}
