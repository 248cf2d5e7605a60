import { AIMessageChunk, type AIMessageChunkFields, type UsageMetadata } from '@langchain/core/messages';
import { ChatGenerationChunk } from '@langchain/core/outputs';
import { RuntimeError } from '../../runtime-error.js';
import type { FinishEvent, ToolCallErrorEvent, ToolStreamEvent } from '../../stream/index.js';

/**
 * Events as chunks of a message; joined they are the whole of it.
 * @throws RuntimeError `runtime/invalid-answer` for a call that is refused; the signal's reason when the answer was aborted
 */
export async function* toChunks(
  events: AsyncIterable<ToolStreamEvent>,
  signal: AbortSignal | undefined,
): AsyncGenerator<ChatGenerationChunk, void, void> {
  for await (const event of events) {
    switch (event.type) {
      case 'text-delta':
        yield chunk({ content: event.text }, event.text);
        break;
      case 'tool-call-start': {
        const { id, index, name } = event;
        yield chunk({ content: '', tool_call_chunks: [{ type: 'tool_call_chunk', id, index, name, args: '' }] });
        break;
      }
      case 'arguments-delta': {
        const { index, text: args } = event;
        yield chunk({ content: '', tool_call_chunks: [{ type: 'tool_call_chunk', index, args }] });
        break;
      }
      case 'tool-call-error':
        signal?.throwIfAborted();
        // Pieces of the call may be out, and LangChain would make a call of them: it mends JSON that is cut off.
        throw new RuntimeError('runtime/invalid-answer', refusalOf(event));
      case 'finish':
        if (event.reason === 'aborted') signal?.throwIfAborted();
        yield chunk({
          content: '',
          // LangChain's type of this is never under exactOptionalPropertyTypes.
          usage_metadata: usageOf(event) as never,
          response_metadata: { finish_reason: event.reason.replace('-', '_'), timings: event.timings },
        });
    }
  }
}

function chunk(fields: AIMessageChunkFields, text = ''): ChatGenerationChunk {
  return new ChatGenerationChunk({ text, message: new AIMessageChunk(fields) });
}

function usageOf({ usage }: FinishEvent): UsageMetadata {
  const { promptTokens, cachedPromptTokens, completionTokens } = usage;
  return {
    input_tokens: promptTokens,
    output_tokens: completionTokens,
    total_tokens: promptTokens + completionTokens,
    input_token_details: { cache_read: cachedPromptTokens },
  };
}

function refusalOf({ name, message, text }: ToolCallErrorEvent): string {
  return `${name === null ? 'no call' : `no call of ${name}`}: ${message}; the model wrote ${text}`;
}
