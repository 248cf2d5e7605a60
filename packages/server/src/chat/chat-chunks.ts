import type { ToolStreamEvent } from '@tooltune/runtime';
import { AnswerEnd, type ChatFinishReason } from './answer-end.js';
import { type ChatAnswerHead, type ChatTimings, type ChatUsage, toTimings, toUsage } from './chat-completion.js';
import { type ChatTokenLogprob, toLogprob } from './log-probabilities.js';

/** What a chunk adds to the answer. */
export interface ChatDelta {
  role?: 'assistant';
  content?: string;
  tool_calls?: {
    index: number;
    id?: string;
    type?: 'function';
    function: { name?: string; arguments: string };
  }[];
}

/** A piece of an answer. */
export interface ChatCompletionChunk extends ChatAnswerHead {
  object: 'chat.completion.chunk';
  choices: {
    index: 0;
    delta: ChatDelta;
    logprobs: { content: ChatTokenLogprob[]; refusal: null } | null;
    finish_reason: ChatFinishReason | null;
  }[];
  usage?: ChatUsage | null;
  timings?: ChatTimings;
}

/**
 * An answer's events as chunks. A call's first chunk comes with its name, its arguments as they are written.
 * @throws ApiError for an answer that is aborted, and for a call that turns out to be none; what the stream throws
 */
export async function* toChatChunks(
  events: AsyncIterable<ToolStreamEvent>,
  head: ChatAnswerHead,
  { includeUsage }: { includeUsage: boolean },
): AsyncGenerator<ChatCompletionChunk, void, void> {
  const chunk = (
    delta: ChatDelta,
    more: { token?: ChatTokenLogprob; finishReason?: ChatFinishReason } = {},
  ): ChatCompletionChunk => ({
    ...head,
    object: 'chat.completion.chunk',
    choices: [
      {
        ...{ index: 0, delta },
        logprobs: more.token === undefined ? null : { content: [more.token], refusal: null },
        finish_reason: more.finishReason ?? null,
      },
    ],
    ...(includeUsage ? { usage: null } : {}),
  });
  const end = new AnswerEnd();
  yield chunk({ role: 'assistant', content: '' });
  for await (const event of events) {
    end.add(event);
    switch (event.type) {
      case 'token':
        yield chunk({}, { token: toLogprob(event) });
        break;
      case 'text-delta':
        yield chunk({ content: event.text });
        break;
      case 'tool-call-start': {
        const { index, id, name } = event;
        yield chunk({ tool_calls: [{ index, id, type: 'function', function: { name, arguments: '' } }] });
        break;
      }
      case 'arguments-delta':
        yield chunk({ tool_calls: [{ index: event.index, function: { arguments: event.text } }] });
        break;
      case 'finish':
        yield chunk({}, { finishReason: end.result().reason });
        if (!includeUsage) break;
        yield { ...chunk({}), choices: [], usage: toUsage(event), timings: toTimings(event) };
    }
  }
}
