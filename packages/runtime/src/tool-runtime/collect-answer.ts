import type { ToolCallerAnswer } from '@tooltune/sdk';
import type { ToolStreamEvent } from '../stream/index.js';

/**
 * Reads a stream to its end.
 * @throws the signal's reason when the answer was aborted, and what the stream throws
 */
export async function collectAnswer(
  events: AsyncIterable<ToolStreamEvent>,
  signal?: AbortSignal,
): Promise<ToolCallerAnswer> {
  const answer: ToolCallerAnswer = {
    calls: [],
    content: '',
    malformed: false,
    promptTokens: 0,
    completionTokens: 0,
    timeToFirstTokenMs: 0,
    durationMs: 0,
  };
  for await (const event of events) {
    switch (event.type) {
      case 'tool-call':
        answer.calls.push({ id: event.id, name: event.name, arguments: event.arguments });
        break;
      case 'tool-call-error':
        answer.malformed = true;
        break;
      case 'text-delta':
        answer.content += event.text;
        break;
      case 'finish':
        if (event.reason === 'aborted') signal?.throwIfAborted();
        answer.promptTokens = event.usage.promptTokens;
        answer.completionTokens = event.usage.completionTokens;
        answer.timeToFirstTokenMs = event.timings.firstTokenMs ?? event.timings.totalMs;
        answer.durationMs = event.timings.totalMs;
        break;
    }
  }
  return answer;
}
