import type { FinishEvent, ToolStreamEvent } from '@tooltune/runtime';
import { AnswerEnd, type ChatFinishReason } from './answer-end.js';
import { type ChatTokenLogprob, toLogprob } from './log-probabilities.js';

/** Tokens of a request. */
export interface ChatUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details: { cached_tokens: number };
  /** An extension: tokens that the constraint knew, so that the model was not asked. */
  completion_tokens_details: { forced_tokens: number };
}

/** An extension: milliseconds of a request. */
export interface ChatTimings {
  queue_ms: number;
  prompt_ms: number;
  first_token_ms: number | null;
  total_ms: number;
}

/** What every answer says of itself. */
export interface ChatAnswerHead {
  id: string;
  model: string;
  /** Seconds since 1970. */
  created: number;
  system_fingerprint: string;
}

interface ChatToolCall {
  id: string;
  type: 'function';
  function: { name: string; arguments: string };
}

/** A whole answer. */
export interface ChatCompletion extends ChatAnswerHead {
  object: 'chat.completion';
  choices: [
    {
      index: 0;
      message: { role: 'assistant'; content: string | null; refusal: null; tool_calls?: ChatToolCall[] };
      logprobs: { content: ChatTokenLogprob[]; refusal: null } | null;
      finish_reason: ChatFinishReason;
    },
  ];
  usage: ChatUsage;
  timings: ChatTimings;
}

/**
 * Reads an answer to its end.
 * @throws ApiError for an answer that is aborted or not valid, and what the stream throws
 */
export async function toChatCompletion(
  events: AsyncIterable<ToolStreamEvent>,
  head: ChatAnswerHead,
  { logprobs }: { logprobs: boolean },
): Promise<ChatCompletion> {
  let content = '';
  const calls: ChatToolCall[] = [];
  const texts = new Map<number, string>();
  const tokens: ChatTokenLogprob[] = [];
  const end = new AnswerEnd();
  for await (const event of events) {
    end.add(event);
    switch (event.type) {
      case 'token':
        tokens.push(toLogprob(event));
        break;
      case 'text-delta':
        content += event.text;
        break;
      case 'arguments-delta':
        texts.set(event.index, (texts.get(event.index) ?? '') + event.text);
        break;
      case 'tool-call':
        calls.push({
          ...{ id: event.id, type: 'function' },
          function: { name: event.name, arguments: texts.get(event.index) ?? JSON.stringify(event.arguments) },
        });
    }
  }
  const { finish, reason } = end.result();
  return {
    ...head,
    object: 'chat.completion',
    choices: [
      {
        index: 0,
        message: {
          role: 'assistant',
          content: content === '' && calls.length > 0 ? null : content,
          refusal: null,
          ...(calls.length === 0 ? {} : { tool_calls: calls }),
        },
        logprobs: logprobs ? { content: tokens, refusal: null } : null,
        finish_reason: reason,
      },
    ],
    usage: toUsage(finish),
    timings: toTimings(finish),
  };
}

export function toUsage({ usage }: FinishEvent): ChatUsage {
  const { promptTokens, cachedPromptTokens, completionTokens, forcedTokens } = usage;
  return {
    prompt_tokens: promptTokens,
    completion_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    prompt_tokens_details: { cached_tokens: cachedPromptTokens },
    completion_tokens_details: { forced_tokens: forcedTokens },
  };
}

export function toTimings({ timings: { queueMs, promptMs, firstTokenMs, totalMs } }: FinishEvent): ChatTimings {
  const rounded = (ms: number) => Math.round(ms * 100) / 100;
  return {
    queue_ms: rounded(queueMs),
    prompt_ms: rounded(promptMs),
    first_token_ms: firstTokenMs === null ? null : rounded(firstTokenMs),
    total_ms: rounded(totalMs),
  };
}
