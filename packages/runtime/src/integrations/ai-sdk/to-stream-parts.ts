import type {
  JSONObject,
  LanguageModelV3FinishReason,
  LanguageModelV3StreamPart,
  LanguageModelV3Usage,
} from '@ai-sdk/provider';
import type { FinishEvent, ToolCallErrorEvent, ToolStreamEvent } from '../../stream/index.js';

/**
 * Events as parts of a stream of the AI SDK. A call that is refused is given with what was written, as the SDK tells its
 * caller, or repairs it; where it has no name or is no JSON, as an error part.
 * @throws the signal's reason when the answer was aborted
 */
export async function* toStreamParts(
  events: AsyncIterable<ToolStreamEvent>,
  signal: AbortSignal | undefined,
): AsyncGenerator<LanguageModelV3StreamPart, void, void> {
  let textId: string | undefined;
  let texts = 0;
  let hasError = false;
  let call: { id: string; name: string; text: string } | undefined;
  const endText = (): LanguageModelV3StreamPart[] => {
    const id = textId;
    textId = undefined;
    return id === undefined ? [] : [{ type: 'text-end', id }];
  };
  for await (const event of events) {
    switch (event.type) {
      case 'text-delta':
        if (textId === undefined) {
          textId = `text-${texts++}`;
          yield { type: 'text-start', id: textId };
        }
        yield { type: 'text-delta', id: textId, delta: event.text };
        break;
      case 'tool-call-start':
        yield* endText();
        call = { id: event.id, name: event.name, text: '' };
        yield { type: 'tool-input-start', id: event.id, toolName: event.name };
        break;
      case 'arguments-delta':
        call!.text += event.text;
        yield { type: 'tool-input-delta', id: call!.id, delta: event.text };
        break;
      case 'tool-call':
        yield { type: 'tool-input-end', id: event.id };
        yield { type: 'tool-call', toolCallId: event.id, toolName: event.name, input: call!.text };
        call = undefined;
        break;
      case 'tool-call-error':
        if (call !== undefined) yield { type: 'tool-input-end', id: call.id };
        if (event.code === 'invalid-arguments' && event.name !== null) {
          yield { type: 'tool-call', toolCallId: event.id, toolName: event.name, input: call?.text ?? '' };
        } else if (event.code !== 'incomplete') {
          hasError = true;
          yield { type: 'error', error: new Error(errorText(event)) };
        }
        call = undefined;
        break;
      case 'finish':
        if (event.reason === 'aborted') signal?.throwIfAborted();
        yield* endText();
        yield {
          type: 'finish',
          finishReason: finishReasonOf(event, hasError),
          usage: usageOf(event),
          providerMetadata: { tooltune: { ...event.timings, forcedTokens: event.usage.forcedTokens } },
        };
    }
  }
}

function errorText({ name, message }: ToolCallErrorEvent): string {
  return name === null ? message : `${name}: ${message}`;
}

function finishReasonOf({ reason }: FinishEvent, hasError: boolean): LanguageModelV3FinishReason {
  if (hasError && reason === 'stop') return { unified: 'error', raw: reason };
  return { unified: reason === 'aborted' ? 'other' : reason, raw: reason };
}

function usageOf({ usage }: FinishEvent): LanguageModelV3Usage {
  const { promptTokens, cachedPromptTokens, completionTokens } = usage;
  return {
    inputTokens: {
      total: promptTokens,
      noCache: promptTokens - cachedPromptTokens,
      cacheRead: cachedPromptTokens,
      cacheWrite: undefined,
    },
    outputTokens: { total: completionTokens, text: undefined, reasoning: undefined },
    raw: { ...usage } as JSONObject,
  };
}
